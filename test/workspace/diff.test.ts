import { expect, test } from "vitest";
import { diffTree as diffTreeWith, type TreeDiff, type WantedFile } from "../../src/workspace/diff.ts";
import type { EntityType, StoredFile } from "../../src/workspace/file.ts";
import type { ContentHash } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";

const wanted = (path: string, gitSha: string, entityType: EntityType = "module"): WantedFile => ({
  path: path as WorkspacePath,
  entityType,
  gitSha,
});
const stored = (path: string, gitSha: string, entityType: EntityType = "module"): StoredFile => ({
  ...wanted(path, gitSha, entityType),
  hash: `hash-${gitSha}` as ContentHash,
  sizeBytes: 1,
  repositoryId: 1,
});

const diffTree = (tree: readonly WantedFile[], files: readonly StoredFile[]): TreeDiff =>
  diffTreeWith(tree, new Map(files.map((file) => [file.path, file])));

test("diffTree() upserts what is new or differs, deletes what is gone and counts the rest", () => {
  const diff = diffTree(
    [wanted("same", "1"), wanted("changed", "2"), wanted("new", "3"), wanted("kind", "4", "workflow")],
    [stored("same", "1"), stored("changed", "1"), stored("kind", "4"), stored("gone", "5")],
  );
  expect(diff.upserts.map(({ path }) => path)).toEqual(["changed", "new", "kind"]);
  expect(diff.deletes.map(({ path }) => path)).toEqual(["gone"]);
  expect(diff.unchanged).toBe(1);
});

test("diffTree() takes a renamed file for one deleted and one new", () => {
  const diff = diffTree([wanted("b", "1")], [stored("a", "1")]);
  expect([diff.upserts.length, diff.deletes.length, diff.unchanged]).toEqual([1, 1, 0]);
});

test("diffTree() of a tree with itself, and of nothing with nothing, changes nothing", () => {
  expect(diffTree([wanted("a", "1")], [stored("a", "1")])).toEqual({ upserts: [], deletes: [], unchanged: 1 });
  expect(diffTree([], [])).toEqual({ upserts: [], deletes: [], unchanged: 0 });
});

test("diffTree() of an empty tree deletes everything", () => {
  expect(diffTree([], [stored("a", "1"), stored("b", "2")]).deletes).toHaveLength(2);
});
