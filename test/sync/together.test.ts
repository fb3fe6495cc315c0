import { expect, test } from "vitest";
import { together } from "../../src/sync/together.ts";

test("together() gives the results in the order of the works", async () => {
  const [one, two, three] = await together(Promise.resolve(1), "two", Promise.resolve(null));
  expect([one, two, three]).toEqual([1, "two", null]);
});

test("together() throws only after everything has ended", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let hasEnded = false;
  const slow = promise.then(() => {
    hasEnded = true;
  });
  const both = together(Promise.reject(new Error("first")), slow, Promise.reject(new Error("second")));
  resolve();
  await expect(both).rejects.toThrow("first");
  expect(hasEnded).toBe(true);
});
