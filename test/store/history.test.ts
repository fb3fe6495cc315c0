// Any past revision of a scope reads back exactly, whatever was pushed since, and a cache can follow from any of them.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
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

// Few paths and contents, so that pushes meet: files come back, change owner, and return to what they were.
const paths = ["a.ts", "b.ts", "shared/a.ts", "shared/c.ts"];
const push = fc.record({
  repository: fc.integer({ min: 0, max: 1 }),
  upserts: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"), { noNullPrototype: true }),
  deletes: fc.subarray(paths),
});

interface ModelFile {
  readonly content: string;
  readonly repositoryId: number;
}

test("filesAt() and changesSince() agree with a plain model of any sequence of pushes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(push, { minLength: 1, maxLength: 8 }), async (pushes) => {
      const granted = await sampleScope(store);
      const repositories = [await boundRepository(store, granted), await boundRepository(store, granted)];
      let live = new Map<string, ModelFile>();
      const states = [live];
      for (const { repository, upserts, deletes } of pushes) {
        const repositoryId = repositories[repository]?.id ?? 0;
        const next = new Map(live);
        for (const at of deletes) if (next.get(at)?.repositoryId === repositoryId) next.delete(at);
        for (const [at, content] of Object.entries(upserts)) {
          const before = live.get(at);
          if (before === undefined || before.repositoryId === repositoryId) next.set(at, { content, repositoryId });
          else next.set(at, before);
        }
        const outcome = await store.applySync(granted, sampleChange(repositoryId, upserts, deletes));
        const changed = JSON.stringify([...next].sort()) !== JSON.stringify([...live].sort());
        expect(outcome.changed).toBe(changed);
        live = next;
        if (changed) states.push(live);
        expect(outcome.revision).toBe(states.length - 1);
      }
      for (const [revision, state] of states.entries()) {
        const files = await store.filesAt(granted, revision);
        const read = files.map(({ path, content, repositoryId }) => [path, { content, repositoryId }]);
        expect(new Map(read as [string, ModelFile][])).toEqual(state);
        expect(files).toHaveLength(state.size);
        const followed = new Map([...state].map(([at, { content }]) => [at, content]));
        const changes = await store.changesSince(granted, revision);
        for (const at of changes.deletes) followed.delete(at);
        for (const { path: at, content } of changes.upserts) followed.set(at, content);
        expect(changes.revision).toBe(states.length - 1);
        expect(followed).toEqual(new Map([...live].map(([at, { content }]) => [at, content])));
      }
      const all = await store.changesSince(granted, undefined);
      expect(all.upserts.map(({ path }) => path).sort()).toEqual([...live.keys()].sort());
    }),
    { numRuns: 25 },
  );
}, 60_000);

test("the history grows by what changes, not by what is there", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m/${index}.ts`, "1"]));
  await store.applySync(granted, sampleChange(repository.id, files));
  await store.applySync(granted, sampleChange(repository.id, { ...files, "m/7.ts": "2" }));
  const [kept] = await database.query(
    "select count(*)::int as count from workspace_file_history where repository_id = $1",
    [repository.id],
  );
  expect(kept).toEqual({ count: 1 });
  expect(await store.filesAt(granted, 1)).toHaveLength(100);
});
