// Organisations, accounts, repositories, grants and records, by their ids.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { globalScope, scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleChange, sampleRepository, sampleScope } from "./sample.ts";

/** Who bound a repository, and by which commit. */
const binding = { by: "Ada", commit: "b".repeat(40) };

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

test("findScope() finds a scope by slug, by id in any case, and global", async () => {
  const organization = await store.createOrganization("acme", "Acme Inc.", "test");
  expect(await store.findScope("acme")).toEqual(scopeOf(organization));
  expect(await store.findScope(organization.id.toUpperCase())).toEqual(scopeOf(organization));
  expect(await store.findScope("global")).toEqual(globalScope);
  expect(await store.findScope("nobody")).toBeUndefined();
  expect(await store.findScope(randomUUID())).toBeUndefined();
  await expect(store.createOrganization("acme", "Other", "test")).rejects.toMatchObject({
    code: "organization-exists",
  });
});

test("a grant is added once, found by repository and by account, and removed once", async () => {
  const { scope } = await sampleScope(store);
  const byRepository = { kind: "repository", scope, repositoryId: 7_000_000_001 } as const;
  const byAccount = { kind: "account", scope: globalScope, accountId: 7_000_000_002 } as const;
  expect(await store.addGrant(byRepository, "ada")).toBe(true);
  expect(await store.addGrant(byRepository, "bob")).toBe(false);
  expect(await store.addGrant(byAccount, "ada")).toBe(true);
  expect(await store.addGrant(byAccount, "ada")).toBe(false);
  expect(await store.grantsFor({ id: 7_000_000_001, accountId: 7_000_000_002 })).toEqual([byRepository, byAccount]);
  expect(await store.grantsFor({ id: 7_000_000_001, accountId: 1 })).toEqual([byRepository]);
  expect(await store.grantsFor({ id: 1, accountId: 7_000_000_001 })).toEqual([]);
  expect(await store.removeGrant({ ...byRepository, scope: globalScope }, "test")).toBe(false);
  expect(await store.removeGrant(byRepository, "test")).toBe(true);
  expect(await store.removeGrant(byRepository, "test")).toBe(false);
  expect(await store.grants()).toContainEqual(byAccount);
});

test("accountId() knows accounts that have or had the app, whatever the case", async () => {
  await store.saveInstallation({
    id: 31,
    accountId: 310,
    accountLogin: "Old-Inc",
    accountType: "User",
    suspended: false,
  });
  expect(await store.accountId("old-INC")).toBe(310);
  await store.removeInstallation(31);
  expect(await store.accountId("old-inc")).toBe(310);
  expect((await store.installations()).map(({ id }) => id)).not.toContain(31);
  // Somebody else takes the login over.
  await store.saveInstallation({
    id: 30,
    accountId: 300,
    accountLogin: "old-inc",
    accountType: "User",
    suspended: false,
  });
  expect(await store.accountId("old-inc")).toBe(300);
  expect(await store.accountId("nobody-inc")).toBeUndefined();
});

test("saveRepositories() follows GitHub's names and keeps the binding", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.saveRepositories([{ ...repository, owner: "Renamed", name: "Modules", defaultBranch: "trunk" }]);
  expect(await store.repositoryByName("renamed", "modules")).toMatchObject({
    id: repository.id,
    defaultBranch: "trunk",
    state: "bound",
    scope: granted.scope,
    requestedScope: granted.scope.kind === "organization" ? granted.scope.slug : "",
  });
  expect(await store.repositoryByName(repository.owner, repository.name)).toBeUndefined();
});

test("a repository that was detached and comes back keeps its scope, and is bound by its next sync only", async () => {
  const granted = await sampleScope(store);
  const installation = { id: 41, accountId: 410, accountLogin: "back", accountType: "User", suspended: false } as const;
  await store.saveInstallation(installation);
  const repository = await boundRepository(store, granted, { installationId: 41, accountId: 410 });
  await store.removeInstallation(41);
  expect(await store.repository(repository.id)).toMatchObject({ state: "detached", scope: granted.scope });
  await store.saveInstallation({ ...installation, id: 42, suspended: true });
  await store.saveRepositories([{ ...repository, installationId: 42 }]);
  expect(await store.repository(repository.id)).toMatchObject({
    state: "unbound",
    scope: granted.scope,
    installationSuspended: true,
  });
});

test("a repository that moves to another account is not bound until it is synced anew", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.saveRepositories([{ ...repository, accountId: repository.accountId + 1 }]);
  expect(await store.repository(repository.id)).toMatchObject({ state: "unbound", scope: granted.scope });
  await store.bindRepository(repository.id, granted, binding);
  expect(await store.repository(repository.id)).toMatchObject({ state: "bound" });
});

test("bindRepository() throws binding-changed where the repository is bound to another scope", async () => {
  const [granted, other] = [await sampleScope(store), await sampleScope(store)];
  const repository = await boundRepository(store, granted);
  await expect(store.bindRepository(repository.id, other, binding)).rejects.toMatchObject({ code: "binding-changed" });
  await expect(store.bindRepository(sampleRepository().id, other, binding)).rejects.toMatchObject({
    code: "binding-changed",
  });
  expect(await store.repository(repository.id)).toMatchObject({ scope: granted.scope });
});

test("rebindRepository() binds a repository elsewhere and leaves what it brought where it is", async () => {
  const [granted, other] = [await sampleScope(store), await sampleScope(store)];
  const repository = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(repository.id, { "a.ts": "1" }));
  expect(await store.rebindRepository(repository.id, other, "test")).toBe(true);
  expect(await store.rebindRepository(sampleRepository().id, other, "test")).toBe(false);
  expect(await store.repository(repository.id)).toMatchObject({ state: "bound", scope: other.scope, syncedSha: null });
  expect((await store.snapshot(granted)).files.size).toBe(1);
  await expect(store.applySync(granted, sampleChange(repository.id, {}))).rejects.toMatchObject({
    code: "binding-changed",
  });
  expect(await store.applySync(other, sampleChange(repository.id, { "a.ts": "1" }))).toMatchObject({ revision: 1 });
});

test("recordStop() keeps the scope and the synced commit and says why", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const report = {
    commit: "c",
    state: "refused",
    scope: null,
    revision: null,
    counts: { upserts: 0, deletes: 0, skipped: 0, refused: 0 },
    upserts: [],
    deletes: [],
    unchanged: 0,
    skipped: [],
    diagnostics: [],
  } as const;
  await store.recordStop(repository.id, { state: "refused", requestedScope: "other", report });
  await store.recordReported(repository.id, "c");
  expect(await store.repository(repository.id)).toMatchObject({
    state: "refused",
    scope: granted.scope,
    requestedScope: "other",
    lastSync: report,
    reportedSha: "c",
  });
  await store.recordReported(repository.id, null);
  expect(await store.repository(repository.id)).toMatchObject({ reportedSha: null });
});

const sampleCheck = (repositoryId: number, number: number) => ({
  repositoryId,
  subject: { kind: "pull", number } as const,
  headSha: "head",
  checkRunId: 6_000_000_000,
  conclusion: null,
  leaseUntil: new Date("2026-01-01T00:00:00Z"),
  awaits: null,
  runAllowedBy: null,
});

test("saveCheck() keeps one answer for a subject at a commit and finds everything that was checked at a commit", async () => {
  const check = sampleCheck(5_100_000_000, 4);
  const commit = { ...check, subject: { kind: "commit" } as const };
  const answered = { ...check, conclusion: "success", leaseUntil: null };
  for (const each of [check, answered, sampleCheck(5_100_000_000, 2), commit]) await store.saveCheck(each);
  expect(await store.check(5_100_000_000, check.subject, "head")).toEqual(answered);
  expect(await store.check(5_100_000_000, check.subject, "other")).toBeUndefined();
  expect((await store.checksAt(5_100_000_000, "head")).map(({ subject }) => subject)).toEqual([
    { kind: "commit" },
    { kind: "pull", number: 2 },
    { kind: "pull", number: 4 },
  ]);
  expect(await store.openChecks(5_100_000_000, { kind: "commit" })).toEqual([commit]);
  const heads = [2, 3, 4].map((number) => ({ number, headSha: "head" }));
  expect(await store.unansweredPulls(5_100_000_000, heads)).toEqual([3]);
});

test("awaitingChecks() gives what waits for a name or an earlier revision, unless its subject was answered since", async () => {
  const waiting = (number: number, awaits: string | null, headSha = "head") =>
    store.saveCheck({ ...sampleCheck(5_300_000_000, number), headSha, conclusion: "failure", awaits });
  await waiting(1, "release:v1");
  await waiting(2, "revision:7");
  await waiting(3, "release:revision:1");
  await waiting(4, "release:v1");
  await waiting(4, null, "newer");
  const numbers = async (names: readonly string[], revision: number, limit = 10) =>
    (await store.awaitingChecks({ names, revision }, limit)).map(({ subject }) => subject);
  expect(await numbers(["release:v1"], 6)).toEqual([{ kind: "pull", number: 1 }]);
  expect(await numbers([], 7)).toEqual([{ kind: "pull", number: 2 }]);
  expect(await numbers(["release:v1"], 7, 1)).toEqual([{ kind: "pull", number: 2 }]);
  expect(await numbers(["release:v2"], 6)).toEqual([]);
});

test("allowRun() outlives what a check saves that began before it", async () => {
  const check = sampleCheck(5_200_000_000, 1);
  expect(await store.allowRun(check, "ada")).toBe(false);
  await store.saveCheck(check);
  expect(await store.allowRun(check, "ada")).toBe(true);
  await store.saveCheck({ ...check, conclusion: "success" });
  expect(await store.check(check.repositoryId, check.subject, check.headSha)).toMatchObject({ runAllowedBy: "ada" });
  const acts = await store.audit({ scope: null, limit: 1000 });
  const source = { from: "github", login: "ada" };
  expect(acts).toContainEqual(
    expect.objectContaining({ act: "run-allowed", repositoryId: check.repositoryId, source }),
  );
});

test("abandonedChecks() gives what nobody works on any more, where the app can still answer", async () => {
  const repository = sampleRepository();
  await store.saveRepositories([repository]);
  const check = sampleCheck(repository.id, 1);
  await store.saveCheck(check);
  const abandoned = async () =>
    (await store.abandonedChecks(new Date("2026-01-02T00:00:00Z"), 1000)).some(
      ({ repositoryId }) => repositoryId === repository.id,
    );
  expect(await abandoned()).toBe(true);
  await store.renewCheck(check, new Date("2026-01-03T00:00:00Z"));
  expect(await abandoned()).toBe(false);
  await store.renewCheck(check, new Date("2026-01-01T00:00:00Z"));
  await store.detachRepositories([repository.id]);
  expect(await abandoned()).toBe(false);
});

test("a merge group that is over stays over", async () => {
  const group = { repositoryId: 5_300_000_000, headSha: "head", baseSha: "base", baseBranch: "main", isOver: true };
  await store.saveMergeGroup(group);
  await store.saveMergeGroup({ ...group, isOver: false });
  expect(await store.mergeGroup(group.repositoryId, "head")).toEqual(group);
});

test("recordDelivery() counts a redelivery as a further attempt, and what was taken in stays taken in", async () => {
  const delivery = { guid: randomUUID(), event: "push", action: null, installationId: 1, repositoryId: 5_000_000_000 };
  const rows = () => database.query("select attempts, state, outcome from deliveries where guid = $1", [delivery.guid]);
  await store.recordDelivery({ ...delivery, state: "received", outcome: "internal" });
  expect(await store.wasTakenIn(delivery.guid)).toBe(false);
  await store.recordDelivery({ ...delivery, state: "queued", outcome: "queued sync" });
  expect(await store.wasTakenIn(delivery.guid)).toBe(true);
  expect(await rows()).toEqual([{ attempts: 2, state: "queued", outcome: "queued sync" }]);
  await store.recordDelivery({ ...delivery, state: "received", outcome: "internal" });
  expect(await rows()).toEqual([{ attempts: 3, state: "queued", outcome: "internal" }]);
});

test("transaction() sees its own writes and commits the rows of another library with its own", async () => {
  const repository = sampleRepository();
  await store.transaction(async (transaction) => {
    await transaction.saveRepositories([repository]);
    expect(await transaction.repository(repository.id)).toMatchObject({ archived: false });
    await transaction.saveRepositories([{ ...repository, archived: true }]);
    expect(await transaction.repository(repository.id)).toMatchObject({ archived: true });
    await transaction.sql.executeSql("insert into grants (account_id, granted_by) values ($1, $2)", [77, "? $1"]);
  });
  expect(await store.grants()).toContainEqual({ kind: "account", scope: globalScope, accountId: 77 });
});
