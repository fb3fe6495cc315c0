// Requests for a scope, refusals of them, and how far syncs have come.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { type GrantedScope, grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey, scopeSlug } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { sampleChange, sampleRepository, sampleScope } from "./sample.ts";

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

/** Records that a repository's file asks for a scope by this name. */
async function ask(
  repositoryId: number,
  requestedScope: string,
  fileSha: string,
  state: "pending" | "refused" = "pending",
) {
  const { report } = sampleChange(repositoryId, {});
  const outcome = { revision: 0, changed: false, upserts: [], deletes: [], conflicts: [] };
  const stopped = { ...report(outcome), state, commit: `commit of ${fileSha}` };
  await store.recordStop(repositoryId, { state, requestedScope, requestedSha: fileSha, report: stopped });
}

async function waiting() {
  const repository = sampleRepository();
  await store.saveRepositories([repository]);
  return repository;
}

const requestsFor = async ({ scope }: GrantedScope) =>
  (await store.grantRequests()).filter((request) => scopeKey(request.scope) === scopeKey(scope));

test("grantRequests() lists who asks for which scope, by slug, id or global, since when and by which commit", async () => {
  const org = await sampleScope(store);
  const [bySlug, byId, forGlobal, forNothing] = await Promise.all([waiting(), waiting(), waiting(), waiting()]);
  await ask(bySlug.id, scopeSlug(org.scope), "file-1");
  await ask(byId.id, scopeKey(org.scope).toUpperCase(), "file-2");
  await ask(forGlobal.id, "global", "file-3");
  await ask(forNothing.id, "nobody", "file-4");
  const requests = await requestsFor(org);
  expect(requests.map(({ repository }) => repository.id)).toEqual([bySlug.id, byId.id]);
  expect(requests[0]).toEqual({
    repository: { id: bySlug.id, owner: bySlug.owner, name: bySlug.name, private: true, defaultBranch: "main" },
    scope: org.scope,
    commit: "commit of file-1",
    since: expect.any(Date),
    refusal: null,
  });
  expect((await requestsFor(grantOperator(globalScope))).map(({ repository }) => repository.id)).toEqual([
    forGlobal.id,
  ]);
  const since = requests[0]?.since;
  // The same file looked at again has asked since the same moment.
  await ask(bySlug.id, scopeSlug(org.scope), "file-1");
  expect((await requestsFor(org))[0]?.since).toEqual(since);
  await ask(bySlug.id, scopeSlug(org.scope), "file-5");
  const again = (await requestsFor(org)).find(({ repository }) => repository.id === bySlug.id);
  expect(again?.since?.getTime()).toBeGreaterThan(since?.getTime() ?? Number.POSITIVE_INFINITY);
});

test("refuseGrant() says no to one file of one repository, is recorded, and ends with a grant", async () => {
  const [org, other] = [await sampleScope(store), await sampleScope(store)];
  const repository = await waiting();
  await ask(repository.id, scopeSlug(org.scope), "file-1");
  expect(await store.refuseGrant(other, repository.id, "dashboard:ada")).toBe(false);
  expect(await store.refuseGrant(grantOperator(globalScope), repository.id, "dashboard:ada")).toBe(false);
  expect(await store.refuseGrant(org, repository.id, "dashboard:ada")).toBe(true);
  expect(await store.refusalOf(repository.id, org.scope)).toEqual({
    fileSha: "file-1",
    by: "dashboard:ada",
    at: expect.any(Date),
  });
  expect(await store.refusalOf(repository.id, globalScope)).toBeUndefined();
  await ask(repository.id, scopeSlug(org.scope), "file-1", "refused");
  expect(await requestsFor(org)).toMatchObject([{ refusal: { by: "dashboard:ada" } }]);
  // What is decided is not decided again.
  expect(await store.refuseGrant(org, repository.id, "dashboard:bob")).toBe(false);
  await ask(repository.id, scopeSlug(org.scope), "file-2");
  expect(await requestsFor(org)).toMatchObject([{ refusal: null }]);

  expect((await store.audit({ scope: org.scope, limit: 1 }))[0]).toMatchObject({
    act: "grant-refused",
    repositoryId: repository.id,
    by: "dashboard:ada",
    source: { from: "dashboard", login: "ada" },
  });
  await store.addGrant({ kind: "account", scope: org.scope, accountId: repository.accountId }, "cli:ada@here");
  expect(await store.refusalOf(repository.id, org.scope)).toBeUndefined();
});

test("saveProgress() keeps the last of each repository until it is taken back", async () => {
  const [one, other] = [await waiting(), await waiting()];
  const progress = { commit: "c", phase: "files", done: 3, total: 10 } as const;
  await store.saveProgress(one.id, { ...progress, phase: "tree" });
  await store.saveProgress(one.id, progress);
  await store.saveProgress(other.id, { ...progress, done: 4 });
  expect(await store.progressOf(one.id)).toEqual(progress);
  await store.saveProgress(other.id, null);
  expect(await store.progressOf(other.id)).toBeUndefined();
  expect(await store.progressOf(one.id)).toEqual(progress);
});
