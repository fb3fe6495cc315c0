// What changes a scope beside pushes: pins, rollbacks and their end, purges, retention, tags. Cut at each statement in turn, each
// leaves everything as it was or everything as it should be; and a process that does all of them, killed at random moments,
// leaves whole revisions.
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isWorthRetrying } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { boundRepository, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { isLongForm, patienceMs } from "./long-form.ts";
import type { OperatingSettings } from "./operating-process.ts";
import { createPostgresFramer } from "./postgres-steps.ts";
import { seededRandom } from "./random.ts";

let database: TestDatabase;
let store: Store;
let proxy: CuttingProxy;
let cut: Store;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  const url = new URL(database.url);
  proxy = await startCuttingProxy(Number(url.port), createPostgresFramer);
  url.port = `${proxy.port}`;
  cut = await connectStore({ url: url.href, connectionsMax: 1 });
});
afterAll(async () => {
  await Promise.all([store.close(), cut.close()]);
  await proxy.close();
  await database.drop();
});

interface Stage {
  readonly global: WritableScope;
  readonly acme: WritableScope;
  /** One that feeds global, and two that feed the organisation. */
  readonly repositories: readonly [number, number, number];
}

const cutAlready = new Set<string>();

const commitOf = (nth: number) => createHash("sha1").update(`${nth}`).digest("hex");

/** Global at revision 3, and an organisation at revision 5 that two repositories feed; nothing else in the database. */
async function setStage(): Promise<Stage> {
  await database.query(
    "truncate workspace_files, workspace_file_history, revisions, pins, releases, synced_commits, rollbacks, repositories",
  );
  const [global, acme] = [grantOperator(globalScope), await sampleScope(store)];
  const bound = [global, acme, acme].map((granted) => boundRepository(store, granted));
  const [platform, first, second] = (await Promise.all(bound)).map(({ id }) => id);
  const repositories = [platform ?? 0, first ?? 0, second ?? 0] as const;
  const push = (granted: WritableScope, index: 0 | 1 | 2, nth: number, files: Record<string, string>) =>
    store.applySync(granted, { ...sampleChange(repositories[index], files), commit: commitOf(nth) });
  for (const nth of [1, 2, 3]) await push(global, 0, nth, { "g.ts": `${nth}`, [`only-${nth}.ts`]: "1" });
  for (const nth of [1, 2, 3]) await push(acme, 1, 10 + nth, { "a.ts": `${nth}`, [`m${nth}.ts`]: "1" });
  for (const nth of [1, 2]) await push(acme, 2, 40 + nth, { "b.ts": `${nth}` });
  return { global, acme, repositories };
}

/** Everything that is stored, without what is another each time: ids and times. */
async function everything({ acme, repositories }: Stage): Promise<string> {
  const id = scopeKey(acme.scope);
  const tables: Record<string, string> = {
    files: "select organization_id, path, content_hash, repository_id, revision from workspace_files",
    history:
      "select organization_id, path, content_hash, repository_id, valid_from, valid_until from workspace_file_history",
    revisions: `select organization_id, number, kind, repository_id, commit_sha, upserts, deletes, copy_of,
      dropped_at is not null as dropped, pin -> 'revision' as pin, pin -> 'repositoryId' as pinner from revisions`,
    pins: "select organization_id, revision, release, repository_id, by from pins",
    rollbacks: "select organization_id, target, revision, by, purged from rollbacks",
    releases: "select name, repository_id, commit_sha, revision, gone from releases",
    commits: "select repository_id, commit_sha, revision from synced_commits",
    repositories: "select id, state, synced_sha, hold is not null as held from repositories",
    audit: `select act, organization_id, repository_id, by, details from audit
      where organization_id = '${id}' or repository_id = any('{${repositories.join(",")}}')`,
  };
  const parts = Object.entries(tables).map(
    ([name, select]) =>
      `'${name}', (select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]') from (${select}) t)`,
  );
  const [row] = await database.query(`select jsonb_build_object(${parts.join(", ")})::text as stored`);
  const names = new Map<string, string>([
    [id, "ACME"],
    ...repositories.map((one, index) => [`${one}`, `R${index}`] as const),
  ]);
  return [...names].reduce((text, [from, to]) => text.replaceAll(from, to), `${row?.stored}`);
}

type Act = (on: Store, stage: Stage) => Promise<unknown>;
const pin = { revision: 2, release: null, until: null };
const rollBack: Act = (on, { acme }) => on.transaction((inner) => inner.rollBack(acme, 2, "test"));
const future = new Date("2100-01-01T00:00:00Z");

const acts: Record<string, { readonly before?: Act; readonly act: Act }> = {
  "a sync that sets a pin": {
    act: (on, { acme, repositories }) =>
      on.applySync(acme, { ...sampleChange(repositories[1], { "a.ts": "next" }), commit: commitOf(90), pin }),
  },
  "a sync that ends one": {
    before: (on, { acme, repositories }) =>
      on.applySync(acme, { ...sampleChange(repositories[1], {}), commit: commitOf(89), pin }),
    act: (on, { acme, repositories }) =>
      on.applySync(acme, { ...sampleChange(repositories[1], {}, ["a.ts"]), commit: commitOf(90), pin: null }),
  },
  "a rollback": { act: rollBack },
  "the end of a rollback": {
    before: async (on, stage) => {
      await rollBack(on, stage);
      await on.detachRepositories([stage.repositories[2]]);
    },
    act: (on, { acme }) => on.transaction((inner) => inner.endRollback(acme, "test")),
  },
  "a purge": {
    act: (on, { acme, repositories }) =>
      on.transaction((inner) => inner.purgeRepository(acme, repositories[1], "test")),
  },
  retention: {
    before: async (on, { acme, repositories }) => {
      // Of the newest twenty, none is dropped.
      for (let nth = 1; nth <= 18; nth += 1) {
        await on.applySync(acme, {
          ...sampleChange(repositories[1], { "a.ts": `more ${nth}` }),
          commit: commitOf(100 + nth),
        });
      }
    },
    act: (on, { acme }) => on.transaction((inner) => inner.dropHistory(acme, future)),
  },
  "tags that come and move": {
    before: (on, { repositories }) =>
      on.saveTags(repositories[0], [{ name: "v1", commit: commitOf(1) }], { isComplete: true }),
    act: (on, { repositories }) =>
      on.saveTags(
        repositories[0],
        [
          { name: "v1", commit: commitOf(2) },
          { name: "v2", commit: commitOf(3) },
        ],
        { isComplete: true },
      ),
  },
};

describe("cut at any statement, all or nothing is done, and the next try ends the same:", () => {
  test.each(Object.entries(acts))(
    "%s",
    async (_, { before, act }) => {
      const prepare = async () => {
        const stage = await setStage();
        await before?.(store, stage);
        // A connection that was cut is replaced before it counts.
        await cut.organizations();
        return stage;
      };
      const clean = await prepare();
      proxy.watch();
      await act(cut, clean);
      const done = await everything(clean);
      const statements = [...proxy.steps];
      expect(statements).toContain("commit");
      let undone = 0;
      for (const [at, text] of statements.entries()) {
        // In the short form a statement that was cut at in another act is not cut at again.
        if (!isLongForm && text !== "commit" && cutAlready.has(text)) continue;
        cutAlready.add(text);
        // To the server, the end of a statement inside a transaction is the same as the moment before the next one.
        for (const what of text === "commit" || isLongForm ? (["before", "after"] as const) : (["before"] as const)) {
          const stage = await prepare();
          const start = await everything(stage);
          expect(start).not.toBe(done);
          proxy.watch({ at, what });
          const error = await act(cut, stage).catch((reason: unknown) => reason);
          expect(await proxy.met(), `${what} ${text}`).toBe(true);
          if (error instanceof Error) expect(isWorthRetrying(error), `${what} ${text}: ${error}`).toBe(true);
          const left = await everything(stage);
          expect([start, done], `${what} ${text}`).toContain(left);
          if (left === done) continue;
          undone += 1;
          await act(store, stage);
          expect(await everything(stage), `${what} ${text}`).toBe(done);
        }
      }
      expect(undone).toBeGreaterThan(0);
    },
    patienceMs,
  );
});

describe("killed at random moments", () => {
  const killCount = isLongForm ? 60 : 3;
  const children = new Set<ChildProcess>();
  afterEach(async () => {
    for (const child of children) await kill(child);
  });

  async function start({ acme, global, repositories }: Stage, seed: number): Promise<ChildProcess> {
    const settings: OperatingSettings = {
      ...{ databaseUrl: database.url, seed, repositories },
      scopes: [scopeKey(global.scope), scopeKey(acme.scope)],
    };
    const child = fork(new URL("operating-process.ts", import.meta.url), {
      execArgv: [],
      env: { PATH: process.env.PATH, OPERATING_SETTINGS: JSON.stringify(settings) },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.add(child);
    const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (message !== "ready") throw new Error("The process ended before it was ready");
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  test(`${killCount} processes that do all of it leave whole revisions`, {
    timeout: Math.max(patienceMs, killCount * 10_000),
  }, async () => {
    const random = seededRandom(20_261_126);
    const stage = await setStage();
    const before = (await store.snapshot(stage.acme)).revision;
    for (let killed = 0; killed < killCount; killed += 1) {
      const child = await start(stage, killed);
      child.send("go");
      await delay(100 + random() * 300);
      expect(child.signalCode ?? child.exitCode, `process ${killed} ended by itself`).toBeNull();
      await kill(child);
      await expectWholeScope(stage.global);
      await expectWholeScope(stage.acme);
    }
    // Kills that all came before anything was done would have tested nothing.
    expect((await store.snapshot(stage.acme)).revision).toBeGreaterThan(before + killCount);
  });
});

/** Whether the live files, the pin, the rollback and every past revision of a scope belong together. */
async function expectWholeScope(granted: WritableScope): Promise<void> {
  const treeAt = async (revision: number) =>
    Object.fromEntries((await store.filesAt(granted, revision)).map(({ path, content }) => [path, content]));
  const { revision: latest, files, pin: pinned } = await store.snapshot(granted);
  const revisions = await store.revisions(granted, 100_000);
  expect(revisions.map(({ number }) => number)).toEqual(Array.from({ length: latest }, (_, index) => latest - index));
  expect(Object.keys(await treeAt(latest)).sort()).toEqual([...files.keys()].sort());
  expect(revisions[0]?.pin?.revision ?? null).toBe(pinned);
  const kept = new Set(revisions.filter(({ droppedAt }) => droppedAt === null).map(({ number }) => number));
  for (const { number, kind, copyOf, upserts, deletes } of revisions) {
    if (!kept.has(number)) continue;
    const tree = await treeAt(number);
    if (copyOf !== null && kept.has(copyOf)) expect(tree, `revision ${number}`).toEqual(await treeAt(copyOf));
    if (kind === "purge" || !kept.has(number - 1)) continue;
    // What a revision says that it changed is what lies between it and the one before.
    const earlier = await treeAt(number - 1);
    const gone = Object.keys(earlier).filter((path) => !(path in tree));
    const written = Object.keys(tree).filter((path) => tree[path] !== earlier[path]);
    expect(gone.length, `deletes of revision ${number}`).toBe(deletes);
    expect(written.length, `upserts of revision ${number}`).toBeLessThanOrEqual(upserts);
  }
  const rollback = await store.rollbackOf(granted);
  const repositories = (await store.repositories()).filter(
    ({ scope }) => scope && scopeKey(scope) === scopeKey(granted.scope),
  );
  for (const { state } of repositories) expect(state).toBe(rollback === null ? "bound" : "rolled-back");
  if (rollback !== null) expect(kept.has(rollback.target) && kept.has(rollback.revision - 1)).toBe(true);
}
