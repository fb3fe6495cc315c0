import { beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, type Scope, scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let store: Store;
let acme: Scope;
let globex: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  acme = scopeOf(await store.createOrganization("acme", "Acme Health", "test"));
  globex = scopeOf(await store.createOrganization("globex", "Globex", "test"));
  await store.saveInstallation({
    id: 1,
    accountId: 1,
    accountLogin: "one",
    accountType: "Organization",
    suspended: false,
  });
  const facts = {
    installationId: 1,
    accountId: 1,
    owner: "one",
    defaultBranch: "main",
    private: true,
    archived: false,
  };
  await store.saveRepositories([11, 12].map((id) => ({ ...facts, id, name: `r${id}` })));
  for (const id of [11, 12]) await store.bindRepository(id, grantOperator(acme), { by: "test", commit: "c0ffee" });
  await store.detachRepositories([12]);
  for (const [scope, numbers] of [
    [acme, [1, 2, 3]],
    [globalScope, [1]],
  ] as const) {
    for (const number of numbers) {
      await database.query("insert into revisions (organization_id, number, upserts, deletes) values ($1, $2, 1, 0)", [
        scope.kind === "global" ? null : scope.id,
        number,
      ]);
    }
  }
  return async () => {
    await store.close();
    await database.drop();
  };
});

const all = { search: "", limit: 10, offset: 0 };
const slugs = async (asked: Parameters<Store["scopeFacts"]>[0]) =>
  (await store.scopeFacts(asked)).items.map(({ name }) => name);

test("scopeFacts() tells of each scope where it is and how its repositories stand", async () => {
  const { items, total } = await store.scopeFacts(all);
  expect(total).toBe(3);
  expect(items).toMatchObject([
    { scope: globalScope, name: "Global", revision: 1, repositories: 0, changedAt: expect.any(Date) },
    { scope: acme, revision: 3, repositories: 2, stuck: 1, pin: null, rolledBackTo: null },
    { scope: globex, revision: 0, repositories: 0, changedAt: null },
  ]);
});

test("scopeFacts() tells of those that are named and of no other", async () => {
  expect(await slugs({ ...all, of: [globex] })).toEqual(["Globex"]);
  expect(await slugs({ ...all, of: [globalScope] })).toEqual(["Global"]);
  expect(await store.scopeFacts({ ...all, of: [] })).toEqual({ items: [], total: 0 });
});

test("scopeFacts() finds text in slugs and names, and takes none of it for a pattern", async () => {
  expect(await slugs({ ...all, search: "HEALTH" })).toEqual(["Acme Health"]);
  expect(await slugs({ ...all, search: "glo" })).toEqual(["Global", "Globex"]);
  expect(await slugs({ ...all, search: "%" })).toEqual([]);
});

test("scopeFacts() gives a page, and counts all of them", async () => {
  const page = await store.scopeFacts({ ...all, limit: 1, offset: 1 });
  expect([page.items.map(({ name }) => name), page.total]).toEqual([["Acme Health"], 3]);
  expect(await store.scopeFacts({ ...all, offset: 50 })).toEqual({ items: [], total: 3 });
});
