// What the store remembers of a repository's files is, whenever it is asked, what Postgres holds.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import type { WritableScope } from "../../src/workspace/grant.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleChange, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
let other: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  [store, other] = [await connectStore({ url: database.url }), await connectStore({ url: database.url })];
});
afterAll(async () => {
  await Promise.all([store.close(), other.close()]);
  await database.drop();
});

async function expectTrue(granted: WritableScope, repositoryId: number): Promise<void> {
  const files = await store.filesOfRepository(granted, repositoryId);
  const rows = await database.query(
    `select path, entity_type, content_hash, git_sha, size_bytes from workspace_files
    where organization_id = $1 and repository_id = $2`,
    [granted.scope.kind === "organization" ? granted.scope.id : null, repositoryId],
  );
  const told = [...files].map(([at, { path, entityType, hash, gitSha, sizeBytes }]) => {
    expect(path).toBe(at);
    return { path, entity_type: entityType, content_hash: hash, git_sha: gitSha, size_bytes: sizeBytes };
  });
  const byPath = (one: { path?: unknown }, two: { path?: unknown }) => (`${one.path}` < `${two.path}` ? -1 : 1);
  expect(told.sort(byPath)).toEqual(rows.sort(byPath));
}

const paths = ["a.ts", "b.ts", "shared/a.ts", "shared/c.ts"];
const step = fc.record({
  repository: fc.integer({ min: 0, max: 1 }),
  // Another worker's writes are remembered nowhere here.
  elsewhere: fc.boolean(),
  act: fc.oneof(
    fc.record({
      upserts: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"), { noNullPrototype: true }),
      deletes: fc.subarray(paths),
    }),
    fc.constant("purge" as const),
  ),
  asked: fc.boolean(),
});

test("filesOfRepository() follows pushes and purges of several repositories and workers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const granted = await sampleScope(store);
      const repositories = [await boundRepository(store, granted), await boundRepository(store, granted)];
      for (const { repository, elsewhere, act, asked } of steps) {
        const worker = elsewhere ? other : store;
        const id = repositories[repository]?.id ?? 0;
        if (act === "purge") await worker.transaction((inside) => inside.purgeRepository(granted, id, "test"));
        else await worker.applySync(granted, sampleChange(id, act.upserts, act.deletes));
        if (asked) for (const { id: each } of repositories) await expectTrue(granted, each);
      }
      for (const { id } of repositories) await expectTrue(granted, id);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("filesOfRepository() reads everything again where a row went without a revision, or the past is another", async () => {
  const granted = await sampleScope(store);
  const { id } = await boundRepository(store, granted);
  const organization = granted.scope.kind === "organization" ? granted.scope.id : null;
  await store.applySync(granted, sampleChange(id, { "a.ts": "1", "b.ts": "2" }));
  await expectTrue(granted, id);
  await database.query("delete from workspace_files where organization_id = $1 and path = 'a.ts'", [organization]);
  await expectTrue(granted, id);

  // As where the history is not kept for ever.
  await other.applySync(granted, sampleChange(id, { "c.ts": "1" }, ["b.ts"]));
  await database.query("delete from workspace_file_history where organization_id = $1", [organization]);
  await expectTrue(granted, id);

  // As after a backup was put back: the same numbers, and other files.
  for (const table of ["workspace_files", "workspace_file_history", "revisions"]) {
    await database.query(`delete from ${table} where organization_id = $1`, [organization]);
  }
  await other.applySync(granted, sampleChange(id, { "b.ts": "another" }));
  await expectTrue(granted, id);
});
