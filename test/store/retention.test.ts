// Every past revision reads back as the tree of its time, whatever happened since: pushes, purges, rollbacks, pins. And one
// that retention dropped says so, while those that somebody needs stay.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleChange, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const future = new Date("2100-01-01T00:00:00Z");
const paths = ["a.ts", "b.ts", "shared/a.ts"];
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      repository: fc.integer({ min: 0, max: 1 }),
      upserts: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"), { noNullPrototype: true }),
      deletes: fc.subarray(paths),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("purge" as const), repository: fc.integer({ min: 0, max: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), back: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const) }) },
);

type Tree = Record<string, readonly [content: string, repositoryId: number | null]>;

async function treeAt(granted: WritableScope, revision: number): Promise<Tree> {
  const files = await store.filesAt(granted, revision);
  return Object.fromEntries(files.map(({ path, content, repositoryId }) => [path, [content, repositoryId]]));
}

test("every revision that is kept reads back as the tree of its time, and one that was dropped says so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const granted = await sampleScope(store);
      const repositories = [await boundRepository(store, granted), await boundRepository(store, granted)];
      const idOf = (index: number) => repositories[index]?.id ?? 0;
      const trees = new Map<number, Tree>();
      for (const taken of steps) {
        if (taken.kind === "push") {
          await store.applySync(granted, sampleChange(idOf(taken.repository), taken.upserts, taken.deletes));
        } else if (taken.kind === "purge") {
          await store.transaction((inner) => inner.purgeRepository(granted, idOf(taken.repository), "test"));
        } else if (taken.kind === "drop") {
          await store.transaction((inner) => inner.dropHistory(granted, future));
        } else {
          const latest = (await store.snapshot(granted)).revision;
          const target = latest - taken.back;
          if (target < 1) continue;
          const outcome = await store.transaction((inner) => inner.rollBack(granted, target, "test"));
          expect(await treeAt(granted, outcome.revision)).toEqual(trees.get(target));
          await store.transaction((inner) => inner.endRollback(granted, "test"));
        }
        const { revision } = await store.snapshot(granted);
        const tree = await treeAt(granted, revision);
        // A revision that did not change is the same tree.
        if (trees.has(revision)) expect(tree).toEqual(trees.get(revision));
        trees.set(revision, tree);
      }
      for (const { number, droppedAt } of await store.revisions(granted, 100)) {
        if (droppedAt !== null) {
          await expect(store.filesAt(granted, number)).rejects.toMatchObject({ code: "revision-dropped" });
        } else if (trees.has(number)) expect(await treeAt(granted, number)).toEqual(trees.get(number));
      }
    }),
    { numRuns: 15 },
  );
}, 120_000);

test("retention keeps the newest revisions, and those that a pin, a release or a rollback needs", async () => {
  const global = grantOperator(globalScope);
  const repository = await boundRepository(store, global);
  for (let turn = 1; turn <= 40; turn += 1) {
    await store.applySync(global, sampleChange(repository.id, { "m.ts": `${turn}` }));
  }
  const organization = await sampleScope(store);
  const pinner = await boundRepository(store, organization);
  const wanted = { revision: 3, release: null, until: null };
  await store.applySync(organization, { ...sampleChange(pinner.id, { "o.ts": "1" }), pin: wanted });
  await store.saveTags(repository.id, [{ name: "v1", commit: (await store.revision(global, 5))?.commit ?? "" }], {
    isComplete: true,
  });
  await store.transaction((inner) => inner.rollBack(global, 7, "test"));

  expect(await store.transaction((inner) => inner.dropHistory(global, new Date(0)))).toBe(0);
  await store.transaction((inner) => inner.dropHistory(global, future));
  const kept = (await store.revisions(global, 100)).filter(({ droppedAt }) => droppedAt === null);
  expect(kept.map(({ number }) => number).reverse()).toEqual([
    3,
    5,
    7,
    ...Array.from({ length: 20 }, (_, i) => i + 22),
  ]);
  for (const number of [3, 5, 7, 30])
    expect(await treeAt(global, number)).toEqual({ "m.ts": [`${number}`, repository.id] });
  await expect(store.filesAt(global, 4)).rejects.toMatchObject({ code: "revision-dropped" });
  await expect(store.filesAt(global, 99)).rejects.toMatchObject({ code: "unknown-revision" });
  // A cache that is far behind is given everything, as what was deleted since is not known any more.
  expect(await store.changesSince(global, 4)).toMatchObject({ from: undefined });
  expect(await store.changesSince(global, 30)).toMatchObject({ from: 30 });
  const late = { ...sampleChange(pinner.id, {}), pin: { ...wanted, revision: 4 } };
  await expect(store.applySync(organization, late)).rejects.toMatchObject({ code: "sync-overtaken" });
});
