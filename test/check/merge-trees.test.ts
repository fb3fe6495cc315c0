import { expect, test } from "vitest";
import { mergeTrees } from "../../src/check/merge-trees.ts";
import type { TreeFile } from "../../src/workspace/file.ts";

const tree = (files: Record<string, string>): TreeFile[] =>
  Object.entries(files).map(([path, gitSha]) => ({ path, mode: "100644", gitSha, sizeBytes: 1 }));

const merge = (base: Record<string, string>, target: Record<string, string>, branch: Record<string, string>) => {
  const { tree: merged, conflicts } = mergeTrees(tree(base), tree(target), tree(branch));
  return { files: Object.fromEntries(merged.map(({ path, gitSha }) => [path, gitSha])), conflicts };
};

test.each([
  ["takes what only the branch changed", { a: "1" }, { a: "1", b: "1" }, { a: "2" }, { a: "2", b: "1" }, []],
  ["keeps what only the target changed", { a: "1" }, { a: "2" }, { a: "1", c: "1" }, { a: "2", c: "1" }, []],
  [
    "deletes what either side deleted",
    { a: "1", b: "1", c: "1" },
    { b: "1", c: "1" },
    { a: "1", c: "1" },
    { c: "1" },
    [],
  ],
  [
    "takes what both did alike once",
    { a: "1", b: "1" },
    { a: "2", c: "1" },
    { a: "2", c: "1" },
    { a: "2", c: "1" },
    [],
  ],
  ["names what both changed", { a: "1" }, { a: "2" }, { a: "3" }, { a: "3" }, ["a"]],
  ["names what one changed and the other deleted", { a: "1", b: "1" }, { a: "2" }, { b: "2" }, { b: "2" }, ["a", "b"]],
  ["names what both added", {}, { a: "1" }, { a: "2" }, { a: "2" }, ["a"]],
  ["names a file that the other side made a folder", {}, { "a/b": "1" }, { a: "1" }, { "a/b": "1", a: "1" }, ["a"]],
] as const)("mergeTrees() %s", (_, base, target, branch, files, conflicts) => {
  expect(merge(base, target, branch)).toEqual({ files, conflicts });
});

test("mergeTrees() sees a file that became executable as changed", () => {
  const [file] = tree({ a: "1" });
  if (file === undefined) throw new Error("There is no file");
  const executable = { ...file, mode: "100755" };
  expect(mergeTrees([file], [file], [executable])).toEqual({ tree: [executable], conflicts: [] });
});
