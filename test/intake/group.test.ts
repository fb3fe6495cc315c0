// Work that is done together: in the order of arrival, in pieces, and never more pieces at once than allowed.
import { expect, test } from "vitest";
import { createGroup } from "../../src/intake/group.ts";

test("what arrives in one turn, and what arrives while a piece is under way, goes together in the order of arrival", async () => {
  const pieces: (readonly number[])[] = [];
  const first = Promise.withResolvers<void>();
  const double = createGroup(
    async (items: readonly number[]) => {
      pieces.push(items);
      if (pieces.length === 1) await first.promise;
      return items.map((item) => item * 2);
    },
    { itemsMax: 3, atOnce: 1 },
  );
  const early = [double(1), double(2)];
  await new Promise(setImmediate);
  const late = [double(3), double(4), double(5), double(6)];
  await new Promise(setImmediate);
  expect(pieces).toEqual([[1, 2]]);
  first.resolve();
  expect(await Promise.all([...early, ...late])).toEqual([2, 4, 6, 8, 10, 12]);
  expect(pieces).toEqual([[1, 2], [3, 4, 5], [6]]);
});

test("a piece that fails fails its own items alone, and the next one goes on", async () => {
  const check = createGroup(
    async (items: readonly string[]) => {
      if (items.includes("bad")) throw new Error("no");
      return items;
    },
    { itemsMax: 2, atOnce: 2 },
  );
  const settled = await Promise.allSettled(["good", "bad", "fine", "better"].map((item) => check(item)));
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
});
