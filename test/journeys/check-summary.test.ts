// The summary of a check, as its author reads it: what changes, how much of it, and what the sync after the merge will do.
import { afterAll, beforeAll, expect, test } from "vitest";
import { globalScope } from "../../src/workspace/scope.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.boundRepository("platform", globalScope, {
    "shared/halopsa.ts": "export const client = 'global';\nexport const ticket = 1;\nexport const old = 1;\n",
    "shared/text.ts": "export const text = 1;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

async function answer(slug: string, stored: TreeChanges, files: TreeChanges, settings = ""): Promise<string> {
  const repository = await world.boundRepository(`${slug}-inc`, await world.organization(slug), stored, settings);
  const pull = await repository.openPullRequest({ branch: "topic", files });
  await world.settled();
  return checkRun(repository, pull.headSha, "bifrost").summary ?? "";
}

test("counts the lines of what it adds, changes, removes and overrides, and names the revision to come", async () => {
  const summary = await answer(
    "acme",
    {
      "shared/rules.ts": "export const limit = 3;\nexport const most = 4;\n",
      "shared/text.ts": "export const text = 2;\n",
      "shared/gone.ts": "1;\n2;\n3;\n",
    },
    {
      "shared/halopsa.ts": "export const client = 'acme';\nexport const ticket = 1;\n",
      "shared/rules.ts": "export const limit = 3;\nexport const most = 5;\nexport const least = 1;\n",
      "shared/more.ts": "export {};\n",
      "shared/text.ts": null,
      "shared/gone.ts": null,
    },
  );
  for (const line of [
    "- adds `shared/halopsa.ts`: **now overrides** `global/shared/halopsa.ts`, +1 −2",
    "- adds `shared/more.ts`, 1 line",
    "- changes `shared/rules.ts`, +2 −1",
    "- removes `shared/gone.ts`, 3 lines",
    "- removes `shared/text.ts`, 1 line: imports **fall through** to `global/shared/text.ts`",
    "The next sync writes 3 files and deletes 2 files: `acme` goes to revision 2.",
  ]) {
    expect(summary.split("\n")).toContain(line);
  }
  expect(summary).toMatch(/_Linked and run in [\d.]+ m?s\._$/);
});

test("says that the sync will be held where it deletes too much, and that it waits for the gate", async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`shared/m${index}.ts`, "export {};\n"]));
  const none = Object.fromEntries(Object.keys(many).map((path) => [path, null]));
  expect(await answer("many", many, none)).toContain(
    "**The next sync will be held**: it would delete 30 of the 30 files of `many`, and somebody has to approve that.",
  );
  const gated = await answer("gated", many, { "shared/n.ts": "export {};\n" }, "gate: true\n");
  expect(gated).toContain("`gated` goes to revision 2, once the check of that commit has passed.");
});

test("says that nothing changes where nothing does, and why nothing is said of Python", async () => {
  const stored = { "shared/a.ts": "export {};\n", "shared/b.py": "b = 1\n", "workflows/c.py": "print(1)\n" };
  const summary = await answer("same", stored, { "README.md": "Notes\n" });
  expect(summary).toMatch(/^\*\*Everything links; no workflow is affected\.\*\* No workflows; /);
  expect(summary.match(/.*2 Python files are stored for executors.*/g)).toHaveLength(1);
  expect(summary).toContain("The next sync changes nothing in `same`: it stays at revision 1.");
  expect(summary).not.toContain("What it changes");
});

test("names the files that are left out, but for those that were before", async () => {
  const summary = await answer(
    "leaving",
    { "shared/a.ts": "export {};\n", "README.md": "# Modules\n", "docs/old.md": "Old\n" },
    { "shared/a.ts": "export const a = 1;\n", "docs/new.md": "New\n" },
  );
  expect(summary).toContain("- `docs/new.md`: ");
  expect(summary).not.toMatch(/README\.md|old\.md/);
});
