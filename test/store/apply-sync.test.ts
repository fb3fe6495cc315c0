// Writing files: by scope, by owner, one revision a sync, all or nothing.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, grantRun, readableLayers } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, path, sampleChange, sampleRepository, sampleScope } from "./sample.ts";

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

test("two organisations and global hold the same path, and a grant reads its own scope alone", async () => {
  const [one, other, third] = [await sampleScope(store), await sampleScope(store), await sampleScope(store)];
  const global = grantOperator(globalScope);
  for (const [granted, content] of [
    [one, "export default 1"],
    [other, "export default 2"],
    [global, "export default 0"],
  ] as const) {
    const repository = await boundRepository(store, granted);
    await store.applySync(granted, sampleChange(repository.id, { "shared/rate.ts": content }));
  }
  const read = async (granted: typeof one) =>
    (await store.contents(granted, [path("shared/rate.ts")])).get(path("shared/rate.ts"))?.content;
  expect(await read(one)).toBe("export default 1");
  expect(await read(other)).toBe("export default 2");
  expect(await read(global)).toBe("export default 0");
  expect(await read(third)).toBeUndefined();
  expect((await store.snapshot(third)).files.size).toBe(0);
  // A run of the third organisation reads its own layer and then global, which is where it finds the path.
  const layers = await Promise.all(
    readableLayers(grantRun(third.scope), null).map((granted) => store.snapshot(granted)),
  );
  expect(layers.map(({ files }) => files.has(path("shared/rate.ts")))).toEqual([false, true]);
});

test("applySync() makes one revision when something changed and none when nothing did", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const files = { "a.ts": "1", "b.ts": "2" };
  const first = await store.applySync(granted, sampleChange(repository.id, files));
  expect(first).toMatchObject({ revision: 1, changed: true, upserts: ["a.ts", "b.ts"], deletes: [] });
  const same = await store.applySync(granted, sampleChange(repository.id, files));
  expect(same).toMatchObject({ revision: 1, changed: false, upserts: [] });
  const second = await store.applySync(
    granted,
    sampleChange(repository.id, { ...files, "a.ts": "3" }, ["b.ts", "c.ts"]),
  );
  // A path that is both written and deleted is written.
  expect(second).toMatchObject({ revision: 2, upserts: ["a.ts"], deletes: [] });
  const third = await store.applySync(granted, sampleChange(repository.id, {}, ["b.ts", "never.ts"]));
  expect(third).toMatchObject({ revision: 3, upserts: [], deletes: ["b.ts"] });
  const revisions = await store.revisions(granted, 10);
  expect(revisions.map(({ number, upserts, deletes }) => [number, upserts, deletes])).toEqual([
    [3, 0, 1],
    [2, 1, 0],
    [1, 2, 0],
  ]);
  expect(revisions[0]).toMatchObject({ repositoryId: repository.id, author: "Ada" });
  expect(revisions[0]?.committedAt?.toISOString()).toBe("2026-03-01T12:00:00.000Z");
});

test("applySync() keeps content as it is, whatever characters it holds", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const content = '\ufeffconst a = "\\ \' {NULL,} $1 ? 😀";\r\n\t// 日本\n';
  await store.applySync(
    granted,
    sampleChange(repository.id, { "weird/ünï {name}.ts": content, NULL: "NULL", "empty.ts": "" }),
  );
  const contents = await store.contents(granted, [path("weird/ünï {name}.ts"), path("NULL"), path("empty.ts")]);
  expect([...contents.values()].map((file) => file.content).sort()).toEqual(["", "NULL", content].sort());
});

test("applySync() refuses paths that another repository brought first, by its name, and writes the rest", async () => {
  const granted = await sampleScope(store);
  const first = await boundRepository(store, granted, { owner: "acme-inc", name: "core" });
  const second = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(first.id, { "shared/a.ts": "first" }));
  const outcome = await store.applySync(
    granted,
    sampleChange(second.id, { "shared/a.ts": "second", "shared/b.ts": "second" }, ["shared/a.ts"]),
  );
  expect(outcome.conflicts).toEqual([{ path: "shared/a.ts", owner: "acme-inc/core" }]);
  expect(outcome.upserts).toEqual(["shared/b.ts"]);
  const contents = await store.contents(granted, [path("shared/a.ts"), path("shared/b.ts")]);
  expect(contents.get(path("shared/a.ts"))?.content).toBe("first");
  expect(contents.get(path("shared/b.ts"))?.content).toBe("second");
  const unowned = await store.applySync(granted, sampleChange(second.id, {}, ["shared/a.ts"]));
  expect(unowned).toMatchObject({ changed: false, deletes: [] });
  expect([...(await store.filesOfRepository(granted, second.id)).keys()]).toEqual(["shared/b.ts"]);
});

test("applySync() lets the first repository take over files that belong to none", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(repository.id, { "old.ts": "1" }));
  await database.query("update workspace_files set repository_id = null, git_sha = null where organization_id = $1", [
    granted.scope.kind === "organization" && granted.scope.id,
  ]);
  const untouched = await store.applySync(granted, sampleChange(repository.id, {}, ["old.ts"]));
  expect(untouched.deletes).toEqual([]);
  const outcome = await store.applySync(granted, sampleChange(repository.id, { "old.ts": "1" }));
  expect(outcome).toMatchObject({ upserts: ["old.ts"], conflicts: [] });
  expect((await store.filesOfRepository(granted, repository.id)).size).toBe(1);
});

test("concurrent syncs of one scope each make their own revision, without a gap", async () => {
  const granted = await sampleScope(store);
  const repositories = [];
  for (let index = 0; index < 8; index += 1) repositories.push(await boundRepository(store, granted));
  const outcomes = await Promise.all(
    repositories.map(({ id }, index) =>
      store.applySync(granted, sampleChange(id, { "same.ts": `${index}`, [`own-${index}.ts`]: "1" })),
    ),
  );
  expect(outcomes.map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  // Exactly one of them brought the path first.
  expect(outcomes.filter(({ conflicts }) => conflicts.length === 0)).toHaveLength(1);
  expect((await store.snapshot(granted)).files.size).toBe(9);
});

test("applySync() leaves nothing behind when its report fails", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(repository.id, { "a.ts": "1" }));
  const before = await store.snapshot(granted);
  const change = sampleChange(repository.id, { "a.ts": "2", "b.ts": "2" });
  const report = () => {
    throw new Error("no report");
  };
  await expect(store.applySync(granted, { ...change, report })).rejects.toThrow("no report");
  expect(await store.snapshot(granted)).toEqual(before);
  expect(await store.revisions(granted, 10)).toHaveLength(1);
  expect(await store.filesAt(granted, 1)).toHaveLength(1);
  const history = await database.query("select 1 from workspace_file_history where repository_id = $1", [
    repository.id,
  ]);
  expect(history).toEqual([]);
});

test("applySync() stores the commit, the report and the state together with the files", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const change = sampleChange(repository.id, { "a.ts": "1" });
  await store.applySync(granted, change);
  const stored = await store.repository(repository.id);
  expect(stored).toMatchObject({ state: "bound", scope: granted.scope, syncedSha: change.commit });
  expect(stored?.lastSync).toMatchObject({ commit: change.commit, revision: 1, upserts: ["a.ts"] });
  expect(Math.abs((stored?.syncedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
});

test("applySync() throws binding-changed for a repository that is bound elsewhere, to nothing, or detached", async () => {
  const [granted, elsewhere] = [await sampleScope(store), await sampleScope(store)];
  const bound = await boundRepository(store, elsewhere);
  const unbound = sampleRepository();
  await store.saveRepositories([unbound]);
  const detached = await boundRepository(store, granted);
  await store.detachRepositories([detached.id]);
  for (const { id } of [bound, unbound, detached, sampleRepository()]) {
    const writing = store.applySync(granted, sampleChange(id, { "a.ts": "1" }));
    await expect(writing).rejects.toMatchObject({ code: "binding-changed" });
  }
  expect((await store.snapshot(granted)).files.size).toBe(0);
});

test("applySync() writes 2,500 files in one revision", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const files = Object.fromEntries(
    Array.from({ length: 2500 }, (_, index) => [`m/${index}.ts`, `export default ${index}`]),
  );
  const outcome = await store.applySync(granted, sampleChange(repository.id, files));
  expect(outcome).toMatchObject({ revision: 1 });
  expect((await store.snapshot(granted)).files.size).toBe(2500);
});

test("purgeRepository() takes a detached repository's files out of the scope in one revision, and the past keeps them", async () => {
  const granted = await sampleScope(store);
  const [gone, staying] = [await boundRepository(store, granted), await boundRepository(store, granted)];
  await store.applySync(granted, sampleChange(gone.id, { "a.ts": "1", "b.ts": "1" }));
  await store.applySync(granted, sampleChange(staying.id, { "c.ts": "1" }));
  await store.detachRepositories([gone.id]);
  const purge = () => store.transaction((transaction) => transaction.purgeRepository(granted, gone.id, "ada"));
  expect(await purge()).toEqual({ revision: 3, deletes: ["a.ts", "b.ts"] });
  expect(await purge()).toEqual({ revision: 3, deletes: [] });
  expect([...(await store.snapshot(granted)).files.keys()]).toEqual(["c.ts"]);
  expect(await store.filesAt(granted, 2)).toHaveLength(3);
  expect(await store.changesSince(granted, 2)).toMatchObject({ revision: 3, upserts: [], deletes: ["a.ts", "b.ts"] });
  expect((await store.revisions(granted, 1))[0]).toMatchObject({ author: "ada", commit: null, deletes: 2 });
});

test("a report is kept with the first hundred of each list, and with how many there were", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const files = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`m/${index}.ts`, "1"]));
  await store.applySync(granted, sampleChange(repository.id, files));
  const { lastSync } = (await store.repository(repository.id)) ?? {};
  expect(lastSync?.counts).toMatchObject({ upserts: 150, deletes: 0 });
  expect(lastSync?.upserts).toHaveLength(100);
});

test("what cannot be stored is written with the sync that found it, in place of what was known", async () => {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  const blob = (digit: string) => ({ gitSha: digit.repeat(40), reason: "binary", detail: "Not text" }) as const;
  const change = (unreadable?: readonly ReturnType<typeof blob>[]) => ({
    ...sampleChange(repository.id, { "a.ts": "1" }),
    ...(unreadable && { unreadable }),
  });
  const known = async () => [...(await store.unreadableBlobs(repository.id)).values()];
  await store.applySync(granted, change([blob("1"), blob("1"), blob("2")]));
  expect(await known()).toEqual([blob("1"), blob("2")]);
  await store.applySync(granted, change());
  expect(await known()).toEqual([blob("1"), blob("2")]);
  await store.applySync(granted, change([blob("2"), blob("3")]));
  expect(await known()).toEqual([blob("2"), blob("3")]);
  const failing = { ...change([]), startedFrom: { syncedSha: "0", syncedAt: null, lastSync: null } };
  await expect(store.applySync(granted, failing)).rejects.toMatchObject({ code: "sync-overtaken" });
  expect(await known()).toEqual([blob("2"), blob("3")]);
});
