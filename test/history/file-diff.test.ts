// What is printed is what git takes: applied to the old tree, a diff gives the new one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffFile, patchText } from "../../src/history/file-diff.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { applied, type Tree } from "./git-apply.ts";

function side(tree: Tree, path: string | undefined) {
  return path === undefined || tree[path] === undefined
    ? undefined
    : { path: path as WorkspacePath, content: tree[path] };
}

const line = fc.constantFrom("a", "b", "}", "", "-- x", "++ y", "\\ No newline", "  é", "\tz\r");
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ends]) => lines.join("\n") + (ends && lines.length > 0 ? "\n" : ""));
const paths = ["a.ts", "shared/with space.ts", 'shared/quo"te.ts', "shared/é.js", "b/c/index.mjs"];
const trees = fc.dictionary(fc.constantFrom(...paths), text, { noNullPrototype: true });

test("patchText() of every file, given to git apply, makes the old tree the new one", () => {
  fc.assert(
    fc.property(trees, trees, (before, after) => {
      const all = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      const differing = all.filter((path) => before[path] !== after[path]);
      const patch = differing.map((path) => patchText(diffFile(side(before, path), side(after, path)))).join("");
      expect(applied(before, patch)).toEqual(after);
    }),
    { numRuns: 40 },
  );
}, 120_000);

describe("patchText()", () => {
  test.each([
    ["as it is", "1\n2\n", "1\n2\n"],
    ["changed", "1\n2\n3\n", "1\n2\n4\n"],
  ])("renames a file whose content is %s", (_, before, after) => {
    const [from, to] = ["shared/x y.ts", "shared/x y.js"];
    const diff = diffFile(side({ [from]: before }, from), side({ [to]: after }, to));
    expect(diff.kind).toBe("renamed");
    expect(applied({ [from]: before }, patchText(diff))).toEqual({ [to]: after });
  });

  test("has the headers of git", () => {
    const path = "m/a.ts" as WorkspacePath;
    expect(patchText(diffFile(undefined, { path, content: "1" }))).toBe(
      "diff --git a/m/a.ts b/m/a.ts\nnew file mode 100644\n--- /dev/null\n+++ b/m/a.ts\n@@ -0,0 +1,1 @@\n+1\n\\ No newline at end of file\n",
    );
    expect(patchText(diffFile({ path, content: "1\n" }, undefined))).toBe(
      "diff --git a/m/a.ts b/m/a.ts\ndeleted file mode 100644\n--- a/m/a.ts\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-1\n",
    );
  });

  test.each(["", "\n"])("replaces texts that have next to nothing in common as a whole (%j at the end)", (end) => {
    const numbered = (from: number) => Array.from({ length: 3000 }, (_, index) => `${from + index}`).join("\n") + end;
    const [before, after] = [{ "a.ts": numbered(0) }, { "a.ts": numbered(10_000) }];
    const diff = diffFile(side(before, "a.ts"), side(after, "a.ts"));
    expect(diff).toMatchObject({ kind: "changed", added: 3000, removed: 3000 });
    expect(diff.hunks).toHaveLength(1);
    expect(applied(before, patchText(diff))).toEqual(after);
  });
});
