import { expect, test } from "vitest";
import { frameRuns, framesOf } from "../../src/workspace/frames.ts";

const runs = (stack: string) => frameRuns(stack.split("")).map(({ frames, times }) => [frames.join(""), times]);

test.each([
  ["", []],
  [
    "ab",
    [
      ["a", 1],
      ["b", 1],
    ],
  ],
  [
    "aab",
    [
      ["a", 1],
      ["a", 1],
      ["b", 1],
    ],
  ],
  [
    "xaaaab",
    [
      ["x", 1],
      ["a", 4],
      ["b", 1],
    ],
  ],
  // Two that call each other, and what is left of the circle.
  [
    "xabababa",
    [
      ["x", 1],
      ["ab", 3],
      ["a", 1],
    ],
  ],
  [
    "abcabcabcz",
    [
      ["abc", 3],
      ["z", 1],
    ],
  ],
])("frameRuns() says of %j once what repeats", (stack, expected) => {
  expect(runs(stack)).toEqual(expected);
});

test("framesOf() writes frames as V8 does, with names where there are any", () => {
  expect(framesOf({ stack: ["bifrost://a/b.ts:1:2", "bifrost://a/c.ts:3:4"], functions: ["f", null] })).toEqual([
    "f (bifrost://a/b.ts:1:2)",
    "bifrost://a/c.ts:3:4",
  ]);
  expect(framesOf({ stack: ["bifrost://a/b.ts:1:2"] })).toEqual(["bifrost://a/b.ts:1:2"]);
  expect(framesOf({})).toEqual([]);
});
