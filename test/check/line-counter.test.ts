// Lines counted for people, with a bound on what counting them takes.
import { expect, test } from "vitest";
import { createLineCounter } from "../../src/check/line-counter.ts";

const letters = (count: number, step: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => String.fromCharCode(97 + (step(index) % 26))).join("\n");

test("counts what is added and removed, and texts far apart as replaced", async () => {
  const count = createLineCounter();
  expect(await count("one\ntwo\n", "one\nthree\nfour\n")).toEqual({ added: 2, removed: 1 });
  const [was, now] = [letters(5000, (index) => index * 7), letters(5000, (index) => index * index)];
  expect(await count(was, now)).toEqual({ added: 5000, removed: 5000 });
});

test("counts nothing of texts that nobody reads, or once its time is up", async () => {
  expect(await createLineCounter()("x".repeat(300_000), "y")).toBeUndefined();
  const count = createLineCounter(0.000_001);
  expect(await count("one\n", "two\n")).toEqual({ added: 1, removed: 1 });
  expect(await count("one\n", "two\n")).toBeUndefined();
});
