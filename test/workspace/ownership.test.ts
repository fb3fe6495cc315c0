// Whose a path is, when several repositories feed one scope.
import { describe, expect, test } from "vitest";
import { conflictDiagnostic, findTaker } from "../../src/workspace/ownership.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";

const [ours, theirs] = [1, 2];
const stored = (
  [
    ["shared/ours.ts", ours],
    ["shared/theirs.ts", theirs],
    ["shared/nobodys.ts", null],
    ["shared/É/straße.ts", theirs],
    // Both were stored before there was a rule.
    ["shared/both.ts", theirs],
    ["shared/Both.ts", ours],
  ] as const
).map(([path, repositoryId]) => ({ path: path as WorkspacePath, repositoryId }));

describe("findTaker()", () => {
  test.each([
    ["a path of our own", "shared/ours.ts", undefined],
    ["our own path in another case", "shared/OURS.ts", undefined],
    ["a path that nobody brought", "shared/nobodys.ts", undefined],
    ["what nobody brought, in another case", "shared/Nobodys.ts", undefined],
    ["a new path", "shared/new.ts", undefined],
    ["a path of another repository", "shared/theirs.ts", "shared/theirs.ts"],
    ["another's path in another case", "Shared/Theirs.TS", "shared/theirs.ts"],
    ["another's path in another case beyond ASCII", "shared/é/STRAßE.ts", "shared/É/straße.ts"],
    ["our half of twins that are both stored", "shared/Both.ts", undefined],
    ["the other half of them", "shared/both.ts", "shared/both.ts"],
  ])("%s", (_, path, taker) => {
    expect(findTaker(stored, ours)(path as WorkspacePath)?.path).toBe(taker);
  });
});

describe("conflictDiagnostic()", () => {
  const where = { scope: "acme", root: "modules", outcome: "this file was not stored" };
  const path = "shared/A.ts" as WorkspacePath;

  test("names the repository that brought the path, at the file that tried to take it", () => {
    expect(conflictDiagnostic({ path, owner: "acme-inc/core" }, where)).toMatchObject({
      code: "path-conflict",
      path: "modules/shared/A.ts",
      line: 1,
      message: 'shared/A.ts of "acme" belongs to acme-inc/core, which brought it first: this file was not stored',
      remedy: "Rename the file here, or delete it in acme-inc/core",
    });
  });

  test("names the other spelling where only case differs", () => {
    const twin = "shared/a.ts" as WorkspacePath;
    expect(conflictDiagnostic({ path, owner: "acme-inc/core", twin }, { ...where, root: "" })).toMatchObject({
      path: "shared/A.ts",
      message:
        'shared/A.ts of "acme" differs in case alone from shared/a.ts of acme-inc/core, which was there first: this file was not stored',
      remedy: "Rename the file here, or rename shared/a.ts in acme-inc/core",
    });
  });
});
