// What keeps a push from taking away what others stand on: the hold of large deletes, paths that belong to another
// repository, and an operator's purge as the one way to take out what a detached repository brought.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { operate, operateAsProcess, shown } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

/** `count` modules by path, from `shared/0.ts` on, or the deletes of them. */
function modules(count: number, content: string | null = "export {};", from = 0): Record<string, string | null> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`shared/${from + index}.ts`, content]));
}

/** The paths that Postgres and Redis hold of a scope, which are the same in both. */
async function stored(scope: Scope): Promise<string[]> {
  const files = [...(await world.app.store.snapshot(grantOperator(scope))).files.keys()].sort();
  const served = (await world.redis.redis.hkeys(`bifrost:index:{${scopeKey(scope)}}`)).sort();
  expect(served).toEqual(files);
  return files;
}

async function push(repository: Repository, files: Record<string, string | null>) {
  const { sha } = await repository.push({ message: "A change", files });
  await world.settled();
  return { sha, run: checkRun(repository, sha, "bifrost/sync") };
}

const plain = (markdown: string | null) => (markdown ?? "").replaceAll("\\", "");

describe("a push that deletes much of a scope", () => {
  let acme: Scope;
  let repository: Repository;
  let held: string;
  beforeAll(async () => {
    acme = await world.organization("acme");
    repository = await world.boundRepository("acme-inc", acme, modules(50) as Record<string, string>);
  });

  test("is held: nothing is written, and its check run says how much it would delete and who lets it", async () => {
    const { sha, run } = await push(repository, { ...modules(21, null), "shared/new.ts": "export {};" });
    held = sha;
    expect(run).toMatchObject({
      conclusion: "action_required",
      title: "Held: it would delete 21 of the 50 files of acme",
    });
    expect(plain(run.summary)).toContain(`bifrost repo approve acme-inc/bifrost-modules --commit ${sha.slice(0, 12)}`);
    expect(run.summary).toContain("`shared/0.ts`");
    expect(run.summary).toContain("and 1 more");
    expect(await stored(acme)).toHaveLength(50);
    expect(await world.app.store.repository(repository.id)).toMatchObject({
      state: "held",
      hold: { commit: sha, deletes: 21, live: 50, since: expect.any(Date), approvedBy: null },
    });
  });

  test("stays held however often it is synced, since the same moment and with one check run", async () => {
    const before = await world.app.store.repository(repository.id);
    await world.app.jobs.enqueue({ kind: "sync", repositoryId: repository.id });
    await world.settled();
    expect((await world.app.store.repository(repository.id))?.hold).toEqual(before?.hold);
    expect(repository.checkRuns(held).filter(({ name }) => name === "bifrost/sync")).toHaveLength(1);
  });

  test("is not let through by an approval of a commit that came before it", async () => {
    const { sha, run } = await push(repository, modules(1, null, 21));
    expect(run.title).toBe("Held: it would delete 22 of the 50 files of acme");
    const refused = await operate(world, "repo", "approve", "acme-inc/bifrost-modules", "--commit", held);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(sha.slice(0, 12));
    await world.settled();
    expect(await stored(acme)).toHaveLength(50);
    held = sha;
  });

  test("is synced after an operator approves it, and says so on the same commit", async () => {
    const approved = await operate(world, "repo", "approve", "acme-inc/bifrost-modules", "--json");
    expect(JSON.parse(approved.stdout)).toEqual({
      ok: true,
      repository: "acme-inc/bifrost-modules",
      commit: held,
      deletes: 22,
      live: 50,
      queued: true,
    });
    await world.settled();
    expect(await stored(acme)).toHaveLength(29);
    expect(checkRun(repository, held, "bifrost/sync")).toMatchObject({
      conclusion: "success",
      title: "acme is at revision 2: 1 file written, 22 deleted",
    });
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "bound", hold: null });
    expect((await operate(world, "repo", "approve", "acme-inc/bifrost-modules")).code).toBe(2);
  });

  test("is held again when a later commit deletes as much, and goes through once the files are back", async () => {
    expect((await push(repository, modules(22, null, 22))).run.conclusion).toBe("action_required");
    expect(await stored(acme)).toHaveLength(29);
    expect((await push(repository, modules(22, "export {};", 22))).run.conclusion).toBe("success");
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "bound", hold: null });
    expect(await stored(acme)).toHaveLength(29);
  });

  test("is held also where the files went by a change of the root folder", async () => {
    await repository.push({ message: "A folder", files: { "elsewhere/a.ts": "export {};" } });
    const { run } = await push(repository, { ".github/bifrost.yml": "scope: acme\nroot: elsewhere\n" });
    expect(run.title).toMatch(/^Held: it would delete \d+ of the \d+ files of acme$/);
    await push(repository, { ".github/bifrost.yml": "scope: acme\n" });
  });
});

test("an approval given while the held commit is looked at again is not lost", async () => {
  const scope = await world.organization("race");
  const repository = await world.boundRepository("race-inc", scope, modules(30) as Record<string, string>);
  await push(repository, modules(30, null));
  const known = await world.app.store.repository(repository.id);
  if (!known?.hold || !known.lastSync) throw new Error("The push was not held");
  await world.app.store.approveHold(repository.id, known.hold.commit, "ada");
  // What a sync records that had read the repository before the approval.
  const stop = { state: "held", requestedScope: "race", report: known.lastSync, hold: known.hold } as const;
  await world.app.store.recordStop(repository.id, stop);
  await world.app.jobs.enqueue({ kind: "sync", repositoryId: repository.id });
  await world.settled();
  expect(await stored(scope)).toEqual([]);
});

test("a held repository that is purged has nothing left to approve", async () => {
  const scope = await world.organization("emptied");
  const repository = await world.boundRepository("emptied-inc", scope, modules(30) as Record<string, string>);
  await push(repository, modules(29, null));
  await operate(world, "repo", "purge", "emptied-inc/bifrost-modules");
  expect((await operate(world, "repo", "approve", "emptied-inc/bifrost-modules")).code).toBe(2);
  await operate(world, "repo", "sync", "emptied-inc/bifrost-modules");
  await world.settled();
  expect(await stored(scope)).toEqual(["shared/29.ts"]);
  expect(await shown(world, "emptied-inc/bifrost-modules")).toMatchObject({ status: "well", hold: null });
});

describe("a path that two repositories of a scope bring", () => {
  test("belongs to the first in either direction, and to the second once the first deleted it", async () => {
    const scope = await world.organization("shared");
    const first = await world.boundRepository("first-inc", scope, { "shared/a.ts": "export const first = 1;" });
    const second = await world.boundRepository("second-inc", scope, { "shared/b.ts": "export const second = 1;" });

    const taken = await push(second, { "shared/a.ts": "export const second = 2;" });
    expect(taken.run).toMatchObject({ conclusion: "failure" });
    expect(plain(taken.run.summary)).toContain("first-inc/bifrost-modules");
    const back = await push(first, { "shared/b.ts": "export const first = 2;" });
    expect(back.run).toMatchObject({ conclusion: "failure" });
    expect(plain(back.run.summary)).toContain("second-inc/bifrost-modules");
    expect(await shown(world, "second-inc/bifrost-modules")).toMatchObject({ status: "conflicting" });

    await push(first, { "shared/a.ts": null });
    await operate(world, "repo", "sync", "second-inc/bifrost-modules");
    await world.settled();
    const contents = await world.app.store.filesAt(grantOperator(scope), 4);
    expect(contents.map(({ path, content }) => [path, content])).toEqual([
      ["shared/a.ts", "export const second = 2;"],
      ["shared/b.ts", "export const second = 1;"],
    ]);
    expect(await shown(world, "second-inc/bifrost-modules")).toMatchObject({ status: "well" });
  });
});

test("a path that differs in case alone from another repository's is refused by name, until that one is gone", async () => {
  const scope = await world.organization("twins");
  const first = await world.boundRepository("small-inc", scope, { "shared/a.ts": "1", "shared/é.ts": "1" });
  const second = await world.boundRepository("large-inc", scope, { "shared/own.ts": "1" });
  const files = { "shared/A.ts": "2", "Shared/É.ts": "2", "shared/OWN.ts": "2" };
  const pull = await second.openPullRequest({ branch: "twins", files });
  await world.settled();
  const check = checkRun(second, pull.headSha, "bifrost");
  expect(check).toMatchObject({ conclusion: "failure" });
  expect(check.summary).toContain(
    'shared/A.ts of "twins" differs in case alone from shared/a.ts of small-inc/bifrost-modules, which was there first: this file would not be stored',
  );
  await pull.merge();
  await world.settled();
  const run = checkRun(second, await second.head(), "bifrost/sync");
  expect(run.title).toContain("2 paths refused");
  expect(run.annotations.map(({ path, title }) => [path, title])).toEqual([
    ["Shared/É.ts", "path-conflict"],
    ["shared/A.ts", "path-conflict"],
  ]);
  // Its own twins are its own affair: one of them is kept.
  expect(await stored(scope)).toEqual(["shared/a.ts", "shared/own.ts", "shared/é.ts"]);
  // Known to be refused, and looked at anew each time.
  await push(second, { "shared/own.ts": "3" });
  expect(await shown(world, "large-inc/bifrost-modules")).toMatchObject({ status: "conflicting" });
  await push(first, { "shared/a.ts": null, "shared/é.ts": null });
  await world.settled();
  expect(await stored(scope)).toEqual(["Shared/É.ts", "shared/A.ts", "shared/own.ts"]);
});

test("what is refused is fetched once, however often it is synced, until its path is free", async () => {
  const scope = await world.organization("crowded");
  const first = await world.boundRepository("owner-inc", scope, modules(12) as Record<string, string>);
  const second = await world.boundRepository("late-inc", scope, { "shared/own.ts": "1" });
  const fetched = async (repository: Repository, files: Record<string, string | null>) => {
    const start = world.github.requests.length;
    const { run } = await push(repository, files);
    const blobs = world.github.requests.slice(start).filter(({ operationId }) => operationId === "git/get-blob");
    return { title: run.title, blobs: blobs.length };
  };
  const other = Object.fromEntries(Object.keys(modules(12)).map((path, index) => [path, `export const n = ${index};`]));
  expect(await fetched(second, other)).toMatchObject({ title: expect.stringContaining("12 paths refused"), blobs: 12 });
  expect(await fetched(second, { "shared/own.ts": "2" })).toEqual({
    title: "crowded is at revision 3: 1 file written, 12 paths refused",
    blobs: 1,
  });
  await push(first, { "shared/0.ts": null });
  await world.settled();
  expect(await shown(world, "late-inc/bifrost-modules")).toMatchObject({
    status: "conflicting",
    lastSync: { upserts: ["shared/0.ts"], counts: { refused: 11 } },
  });
});

test("a path that is freed while another repository is refused it is not forgotten", async () => {
  const scope = await world.organization("freed");
  const granted = grantOperator(scope);
  const first = await world.boundRepository("giving-inc", scope, { "shared/a.ts": "first" });
  const second = await world.boundRepository("taking-inc", scope, { "shared/b.ts": "2" });
  await push(second, { "shared/a.ts": "second" });
  const { store } = world.app;
  const known = await store.repository(second.id);
  if (!known?.lastSync) throw new Error("The push was not synced");
  const { lastSync } = known;
  const change = { commit: lastSync.commit, author: "a", committedAt: new Date(), upserts: [], deletes: [] };
  const refused = await store.pathsOfOthers(granted, second.id, ["shared/a.ts", "shared/b.ts"] as WorkspacePath[]);
  expect(refused).toEqual(["shared/a.ts"]);
  const again = { ...change, repositoryId: second.id, refused, report: () => lastSync };
  expect((await store.applySync(granted, again)).conflicts).toEqual([
    { path: "shared/a.ts", owner: "giving-inc/bifrost-modules" },
  ]);
  await store.transaction((inside) => inside.purgeRepository(granted, first.id, "journey"));
  await expect(store.applySync(granted, again)).rejects.toMatchObject({ code: "sync-overtaken" });
});

describe("a purge", () => {
  test("takes what an uninstalled repository brought out of every scope that it fed, and the past keeps it", async () => {
    const [before, after] = [await world.organization("before"), await world.organization("after")];
    const repository = await world.boundRepository("gone-inc", before, { "shared/a.ts": "export {};" });
    await world.app.store.addGrant({ scope: after, kind: "repository", repositoryId: repository.id }, "journey");
    await operate(world, "repo", "rebind", "gone-inc/bifrost-modules", "after");
    await push(repository, { ".github/bifrost.yml": "scope: after\n" });
    await world.registered.installations.find(({ account }) => account === repository.owner)?.uninstall();
    await world.settled();
    expect(await stored(before)).toEqual(["shared/a.ts"]);
    expect(await stored(after)).toEqual(["shared/a.ts"]);
    expect((await shown(world, "gone-inc/bifrost-modules")).serves).toHaveLength(2);

    const purged = await operate(world, "repo", "purge", "gone-inc/bifrost-modules", "--json");
    expect(
      JSON.parse(purged.stdout).purged.toSorted((one: { scope: string }) => (one.scope === "after" ? -1 : 1)),
    ).toEqual([
      { scope: "after", files: 1, revision: 2 },
      { scope: "before", files: 1, revision: 2 },
    ]);
    await world.settled();
    expect(await stored(before)).toEqual([]);
    expect(await stored(after)).toEqual([]);
    expect(await world.app.store.filesAt(grantOperator(before), 1)).toHaveLength(1);
    expect(await shown(world, "gone-inc/bifrost-modules")).toMatchObject({ status: "detached", serves: [] });
    expect((await operate(world, "repo", "purge", "gone-inc/bifrost-modules")).stdout).toContain("Nothing");
  });

  test("reaches the cache of an app that keeps it in process", async () => {
    const small = await startWorld({ redisUrl: null });
    onTestFinished(() => small.close());
    const scope = await small.organization("acme");
    await small.boundRepository("acme-inc", scope, { "shared/a.ts": "export {};" });
    const served = async () => [...((await small.cache.snapshot(grantOperator(scope)))?.files.keys() ?? [])];
    expect(await served()).toEqual(["shared/a.ts"]);
    // A process of its own, as an operator's is: the app learns of what it did by the queue.
    const purged = await operateAsProcess(small, "repo", "purge", "acme-inc/bifrost-modules");
    expect(purged).toMatchObject({ code: 0, stderr: "" });
    await small.settled();
    expect(await served()).toEqual([]);
  });

  test("of a repository that still has the app says that its next sync brings the files back", async () => {
    const scope = await world.organization("staying");
    const repository = await world.boundRepository("staying-inc", scope, { "shared/a.ts": "export {};" });
    const { stdout } = await operate(world, "repo", "purge", "staying-inc/bifrost-modules");
    expect(stdout).toContain("bifrost revoke staying staying-inc/bifrost-modules");
    await world.settled();
    expect(await stored(scope)).toEqual([]);
    expect(await shown(world, "staying-inc/bifrost-modules")).toMatchObject({ status: "out-of-step", serves: [] });
    await push(repository, { "shared/b.ts": "export {};" });
    expect(await stored(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
  });
});
