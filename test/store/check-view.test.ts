// What a check reads of the store: a scope and the layers below it at one moment, with whose each file is.
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

test("gives a scope and global with the repository of each file", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(repository.id, { "shared/a.ts": "export {};" }));
  const [own, below] = await store.ownedSnapshots(granted);
  expect(own).toMatchObject({
    scope: granted.scope,
    revision: 1,
    files: [{ path: "shared/a.ts", repositoryId: repository.id, owner: `${repository.owner}/${repository.name}` }],
  });
  expect(below).toMatchObject({ scope: { kind: "global" }, revision: 0, files: [] });
});

test("never mixes two revisions while syncs go on", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const writing = (async () => {
    for (let turn = 1; turn <= 20; turn += 1) {
      await store.applySync(granted, sampleChange(repository.id, { "shared/turn.ts": "x".repeat(turn) }));
    }
  })();
  for (let read = 0; read < 40; read += 1) {
    const [own] = await store.ownedSnapshots(granted);
    expect(own?.files[0]?.sizeBytes ?? 0).toBe(own?.revision);
  }
  await writing;
});
