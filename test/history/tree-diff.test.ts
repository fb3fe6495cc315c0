// Differences of what is stored, as patches: git makes one state of the other with them.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileDiff } from "../../src/history/file-diff.ts";
import { patchText } from "../../src/history/file-diff.ts";
import { diffTrees, layeredTrees, scopeTree } from "../../src/history/tree-diff.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { visibleFiles } from "../../src/workspace/cascade.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { createLayer } from "../../src/workspace/layer.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { boundRepository, path, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { applied, type Tree } from "./git-apply.ts";

let database: TestDatabase;
let store: Store;
const everyone = grantOperator(globalScope);
let platform: number;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  platform = (await boundRepository(store, everyone)).id;
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

async function treeAt(granted: WritableScope, revision: number): Promise<Tree> {
  return Object.fromEntries((await store.filesAt(granted, revision)).map((file) => [file.path, file.content]));
}

async function collect(diffs: AsyncIterable<FileDiff>): Promise<FileDiff[]> {
  const all: FileDiff[] = [];
  for await (const diff of diffs) all.push(diff);
  return all;
}

const patchOf = (diffs: readonly FileDiff[]) => diffs.map(patchText).join("");

const paths = ["a.ts", "a.js", "m/b.ts", "m/b/index.mjs", "forms/c.yaml"];
const content = fc.constantFrom("1\n", "1\n2\n", "1\n2\n3", "x\n", "");
const push = fc.record({
  upserts: fc.dictionary(fc.constantFrom(...paths), content, { noNullPrototype: true }),
  deletes: fc.subarray(paths),
});

test("diffTrees() of two revisions, given to git apply, makes the first the second", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(push, { minLength: 2, maxLength: 5 }), async (pushes) => {
      const granted = await sampleScope(store);
      const { id } = await boundRepository(store, granted);
      for (const { upserts, deletes } of pushes) await store.applySync(granted, sampleChange(id, upserts, deletes));
      const { revision } = await store.snapshot(granted);
      for (const [from, to] of [
        [0, revision],
        [1, revision],
        [revision, 1],
      ] as const) {
        if (from > revision || to > revision) continue;
        const [before, after] = [await scopeTree({ store }, granted, from), await scopeTree({ store }, granted, to)];
        const diffs = await collect(diffTrees({ store }, before.files, after.files));
        expect(applied(await treeAt(granted, from), patchOf(diffs))).toEqual(await treeAt(granted, to));
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

test("diffTrees() of global and what an organisation sees makes the one the other", async () => {
  await fc.assert(
    fc.asyncProperty(push, push, async (own, below) => {
      const granted = await sampleScope(store);
      const { id } = await boundRepository(store, granted);
      await store.applySync(granted, sampleChange(id, own.upserts));
      await store.applySync(everyone, sampleChange(platform, below.upserts, paths));
      const { below: before, seen } = await layeredTrees({ store }, granted);
      const diffs = await collect(diffTrees({ store }, before, seen));
      const [mine, theirs] = [await store.snapshot(granted), await store.snapshot(everyone)];
      const layers = [mine, theirs].map(({ scope, files }) => createLayer(scope, files));
      const wanted = new Map(visibleFiles(layers).map((file) => [file.path, file]));
      const got = applied(await treeAt(everyone, theirs.revision), patchOf(diffs));
      expect(Object.keys(got).sort()).toEqual([...wanted.keys()].sort());
      const ownTree = await treeAt(granted, mine.revision);
      for (const [at, text] of Object.entries(got)) {
        if (wanted.get(path(at))?.scope.kind === "organization") expect(text).toBe(ownTree[at]);
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

describe("diffTrees()", () => {
  test("is narrowed to a file, a module by its name, or a folder", async () => {
    const granted = await sampleScope(store);
    const { id } = await boundRepository(store, granted);
    await store.applySync(granted, sampleChange(id, { "m/a.ts": "1", "m/ab.ts": "1", "n.ts": "1", "n/b.ts": "1" }));
    const { files } = await scopeTree({ store }, granted);
    const narrowed = async (only: string) =>
      (await collect(diffTrees({ store }, new Map(), files, only))).map(({ to }) => to);
    expect(await narrowed("m/a.ts")).toEqual(["m/a.ts"]);
    expect(await narrowed("m/a")).toEqual(["m/a.ts"]);
    expect(await narrowed("m")).toEqual(["m/a.ts", "m/ab.ts"]);
    expect(await narrowed("n")).toEqual(["n.ts", "n/b.ts"]);
    expect(await narrowed("o")).toEqual([]);
  });

  test("sees a module under another extension as renamed", async () => {
    const granted = await sampleScope(store);
    const { id } = await boundRepository(store, granted);
    await store.applySync(granted, sampleChange(id, { "m/a.ts": "1\n2\n3\n" }));
    await store.applySync(granted, sampleChange(id, { "m/a/index.js": "1\n2\n4\n" }, ["m/a.ts"]));
    const [before, after] = [await scopeTree({ store }, granted, 1), await scopeTree({ store }, granted, 2)];
    expect(await collect(diffTrees({ store }, before.files, after.files))).toEqual([
      {
        kind: "renamed",
        from: "m/a.ts",
        to: "m/a/index.js",
        added: 1,
        removed: 1,
        hunks: [{ fromLine: 1, fromLines: 3, toLine: 1, toLines: 3, lines: [" 1", " 2", "-3", "+4"] }],
      },
    ]);
  });
});
