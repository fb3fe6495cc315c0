// How much a sync may delete by itself.
import { expect, test } from "vitest";
import { mayNeedApproval, needsApproval } from "../../src/workspace/guard.ts";

test.each([
  [20, 20, false],
  [21, 21, true],
  [21, 70, false],
  [22, 70, true],
  [300, 1000, false],
  [301, 1000, true],
  [0, 0, false],
])("%i deletes of %i live files need approval: %s", (deletes, live, needed) => {
  expect(needsApproval(deletes, live)).toBe(needed);
  if (needed) expect(mayNeedApproval(deletes)).toBe(true);
});
