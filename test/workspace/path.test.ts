import fc from "fast-check";
import { expect, test } from "vitest";
import {
  baseName,
  folderOf,
  joinPath,
  moduleExtension,
  moduleName,
  parsePath,
  pathProblem,
} from "../../src/workspace/path.ts";

test.each([
  ["a.ts", undefined],
  ["a/b c/é.ts", undefined],
  ["", "is empty"],
  ["/a", "is absolute"],
  ["a//b", "contains an empty segment"],
  ["a/", "contains an empty segment"],
  ["./a", 'contains the segment "."'],
  ["a/../b", 'contains the segment ".."'],
  ["a\\b", "contains a backslash"],
  ["a\0b", "contains a control character"],
  ["a\nb", "contains a control character"],
  ["a\u0085b", "contains a control character"],
  ["a\ufffdb", "is not valid UTF-8"],
  ["e\u0301.ts", "is not in Unicode normalisation form C"],
  ["é".repeat(513), "is longer than 1024 bytes"],
  ["é".repeat(512), undefined],
])("pathProblem(%j) is %j", (text, problem) => {
  expect(pathProblem(text)).toBe(problem);
  expect(parsePath(text)).toBe(problem === undefined ? text : undefined);
});

test.each([
  ["", "a", "a"],
  ["a/b", "../c", "a/c"],
  ["a/b", "../../c", "c"],
  ["a/b", "../../../c", undefined],
  ["a", "..", ""],
  ["", "..", undefined],
  ["a", "./b/./c/", "a/b/c"],
  ["", "a//b", "a/b"],
  ["a", "b/../../../c", undefined],
])("joinPath(%j, %j) is %j", (folder, relative, expected) => {
  expect(joinPath(folder, relative)).toBe(expected);
});

test("joinPath() never leads above the root, whatever is asked for", () => {
  const segment = fc.constantFrom("..", ".", "", "a", "b");
  fc.assert(
    fc.property(fc.array(segment), fc.array(fc.constantFrom("x", "y")), (relative, folder) => {
      const joined = joinPath(folder.join("/"), relative.join("/"));
      return joined === undefined || joined === "" || pathProblem(joined) === undefined;
    }),
  );
});

test("folderOf() and baseName() are the two halves of a path", () => {
  expect([folderOf("a/b/c.ts"), baseName("a/b/c.ts")]).toEqual(["a/b", "c.ts"]);
  expect([folderOf("c.ts"), baseName("c.ts")]).toEqual(["", "c.ts"]);
});

test.each([
  ["a.ts", ".ts", "a"],
  ["a/b.mts", ".mts", "a/b"],
  ["a.js", ".js", "a"],
  ["a.mjs", ".mjs", "a"],
  ["a.json", ".json", "a"],
  ["a/index.ts", ".ts", "a"],
  ["a/index/index.js", ".js", "a/index"],
  ["index.ts", ".ts", "index"],
  ["a.b.ts", ".ts", "a.b"],
  ["a.d.ts", undefined, "a.d.ts"],
  ["a.d.mts", undefined, "a.d.mts"],
  ["a.py", undefined, "a.py"],
  ["a.tsx", undefined, "a.tsx"],
  ["a.cjs", undefined, "a.cjs"],
  ["a", undefined, "a"],
])("%s has the extension %s and goes by the name %s", (path, extension, name) => {
  expect(moduleExtension(path)).toBe(extension);
  expect(moduleName(path)).toBe(name);
});
