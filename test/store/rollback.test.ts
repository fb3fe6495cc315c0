// A rollback and its end, with what an operator does in between.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import type { RepositoryFacts } from "../../src/workspace/repository.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleChange, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  const global = grantOperator(globalScope);
  const { id } = await boundRepository(store, global);
  for (const content of ["1", "2"]) await store.applySync(global, sampleChange(id, { "g.ts": content }));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

let granted: WritableScope;
let stays: RepositoryFacts;
let leaves: RepositoryFacts;

/** An organisation at revision 3: `leaves` brought its file in the second one. */
beforeEach(async () => {
  granted = await sampleScope(store);
  stays = await boundRepository(store, granted);
  leaves = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(stays.id, { "a.ts": "1" }));
  await store.applySync(granted, sampleChange(leaves.id, { "secret.ts": "a leaked key" }));
  await store.applySync(granted, sampleChange(stays.id, { "a.ts": "2" }));
});

const rollBack = (target: number) => store.transaction((inner) => inner.rollBack(granted, target, "test"));
const release = () => store.transaction((inner) => inner.endRollback(granted, "test"));
const paths = async () => [...(await store.snapshot(granted)).files.keys()].sort();

/** The app is taken off the repository, and an operator takes out what it brought. */
async function purge({ id }: RepositoryFacts) {
  await store.detachRepositories([id]);
  return store.transaction((inner) => inner.purgeRepository(granted, id, "test"));
}

describe("the end of a rollback", () => {
  test("brings back what nobody feeds any more", async () => {
    await rollBack(1);
    await store.detachRepositories([leaves.id]);
    expect(await paths()).toEqual(["a.ts"]);
    await release();
    expect(await paths()).toEqual(["a.ts", "secret.ts"]);
  });

  test("does not bring back files that were purged meanwhile", async () => {
    await rollBack(2);
    expect((await purge(leaves)).deletes).toEqual(["secret.ts"]);
    await release();
    expect(await paths()).toEqual(["a.ts"]);
  });

  test("nor where the rollback had taken them out already, so that there was nothing to delete", async () => {
    await rollBack(1);
    expect(await store.served(leaves.id)).toEqual([{ scope: granted.scope, files: 0, pins: false, returns: true }]);
    const { revision, deletes } = await purge(leaves);
    expect({ revision, deletes }).toEqual({ revision: 4, deletes: [] });
    expect(await store.served(leaves.id)).toEqual([]);
    const [act] = await store.audit({ scope: granted.scope, limit: 1 });
    expect(act).toMatchObject({ act: "purged", repositoryId: leaves.id, details: { revision: 4, files: 0 } });
    await release();
    expect(await paths()).toEqual(["a.ts"]);
  });

  test("nor where it was rolled back once more after the purge", async () => {
    await rollBack(1);
    await purge(leaves);
    await rollBack(2);
    expect(await paths()).toEqual(["a.ts", "secret.ts"]);
    await release();
    expect(await paths()).toEqual(["a.ts"]);
  });

  test("leaves a path to whoever has it, where it was a purged repository's before", async () => {
    const other = await boundRepository(store, granted);
    await purge(leaves);
    await store.applySync(granted, sampleChange(other.id, { "secret.ts": "another's" }));
    await rollBack(3);
    await store.detachRepositories([other.id]);
    await release();
    const [file] = (await store.filesAt(granted, (await store.snapshot(granted)).revision)).filter(
      ({ path }) => path === "secret.ts",
    );
    expect(file).toMatchObject({ content: "another's", repositoryId: other.id });
  });
});

describe("a pin that a purged repository had set", () => {
  const pin = { revision: 1, release: null, until: null };

  test.each([
    ["stays ended, whether the rollback kept it", 5],
    ["or had ended it already", 1],
  ])("%s", async (_, target) => {
    await store.applySync(granted, { ...sampleChange(leaves.id, {}), pin });
    await store.applySync(granted, sampleChange(stays.id, { "a.ts": "3" }));
    await rollBack(target);
    expect((await store.pinOf(granted))?.revision).toBe(target === 5 ? 1 : undefined);
    await purge(leaves);
    expect(await store.pinOf(granted)).toBeNull();
    await release();
    expect(await store.pinOf(granted)).toBeNull();
    expect(await paths()).toEqual(["a.ts"]);
  });

  test("that nobody purged comes back", async () => {
    await store.applySync(granted, { ...sampleChange(leaves.id, {}), pin });
    await rollBack(1);
    await store.detachRepositories([leaves.id]);
    await release();
    expect(await store.pinOf(granted)).toMatchObject({ revision: 1, repositoryId: leaves.id });
  });
});
