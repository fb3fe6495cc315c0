// The store as it would be if every statement of it forgot which scope it is about: another organisation holds marked rows, and
// no method that takes a grant for one scope gives a mark or changes a marked row. Without the wall nearly all of them do.
import { expect, onTestFinished, test, vi } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { ScopeReader, Store } from "../../src/store/store.ts";
import { reportToStore } from "../../src/workspace/full-report.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, path, sampleChange, sampleScope } from "./sample.ts";

const forgetful = vi.hoisted(() => ({ isOn: false }));

vi.mock(import("../../src/store/walled-client.ts"), async (original) => {
  const { WalledClient } = await original();
  return {
    WalledClient: class extends WalledClient {
      override query(text: unknown, values?: unknown, ...others: unknown[]): never {
        return super.query(forgetful.isOn ? withoutConditions(String(text)) : text, values, ...others);
      }
    },
  };
});

/** Conditions on the organisation hold for every row. */
function withoutConditions(text: string): string {
  return text
    .replaceAll(/(?:\w+\.)?organization_id (?:=|is not distinct from) (\$\d)(?:::uuid)?/g, "($1::uuid is null or true)")
    .replaceAll("organization_id::text = $2", "($2::text is null or true)")
    .replaceAll(/(?:\w+\.)?organization_id is null|\bid = any\(\$1::uuid\[\]\)/g, "true");
}

// What is marked says so, or has a number that high.
const mark = /secret|7000\d{3}/;
const shared = path("shared/both.ts");
const secret = path("shared/secret.ts");

interface Scene {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly own: WritableScope;
  readonly other: WritableScope;
  readonly repositories: { readonly own: number; readonly other: number };
}

async function startScene(): Promise<Scene> {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  onTestFinished(async () => {
    forgetful.isOn = false;
    await store.close();
    await database.drop();
  });
  const global = grantOperator(globalScope);
  const own = await sampleScope(store);
  const other = grantOperator(scopeOf(await store.createOrganization("secret-org", "A secret", "test")));
  const ofGlobal = await boundRepository(store, global);
  const ofOwn = await boundRepository(store, own);
  const ofOther = await boundRepository(store, other, { owner: "secret-inc" });
  await store.applySync(global, sampleChange(ofGlobal.id, { [shared]: "global's" }));
  await store.applySync(own, sampleChange(ofOwn.id, { [shared]: "own", "own.ts": "1" }));
  await store.applySync(own, sampleChange(ofOwn.id, { "own.ts": "2" }));
  for (const content of ["secret 1", "secret 2"]) {
    await store.applySync(other, {
      ...sampleChange(ofOther.id, { [shared]: content, [secret]: content }),
      author: "secret author",
      pin: { revision: 1, release: null, until: null },
    });
  }
  await store.saveReport(
    { repositoryId: ofOther.id, subject: "secret", headSha: "secret" },
    other.scope,
    reportToStore({ conclusion: "failure", title: "secret" }, { words: ["secret"] }),
  );
  // More than retention leaves alone.
  await database.query(
    "insert into revisions (organization_id, number, upserts, deletes) select o.id, n, 0, 0 from organizations o, generate_series(3, 30) n",
  );
  return { database, store, own, other, repositories: { own: ofOwn.id, other: ofOther.id } };
}

/** Rolls the other organisation back, and marks its numbers. */
async function markNumbers({ database, store, other, repositories }: Scene): Promise<void> {
  await store.transaction((transaction) => transaction.rollBack(other, 1, "secret"));
  const diagnostics = JSON.stringify({ diagnostics: [{ code: "path-conflict" }] });
  await database.query("update repositories set last_sync = $1::jsonb, id = 7000001, state = 'bound' where id = $2", [
    diagnostics,
    repositories.other,
  ]);
  for (const change of [
    "workspace_files set revision = revision + 7000000, repository_id = 7000001",
    `workspace_file_history set valid_from = valid_from + 7000000, valid_until = valid_until + 7000000,
      repository_id = 7000001`,
    "revisions set number = number + 7000000, repository_id = 7000001, author = 'secret'",
    "check_reports set repository_id = 7000001",
    "pins set by = 'secret'",
  ]) {
    await database.query(`update ${change} where organization_id = $1`, [idOf(other)]);
  }
}

const idOf = ({ scope }: WritableScope) => (scope.kind === "organization" ? scope.id : null);

type Reading = (store: Store, granted: WritableScope) => Promise<unknown>;

const paths = [shared, secret];
// Every way to read a scope: one that is new does not compile before it is here.
const readings: { readonly [Name in keyof ScopeReader]: Reading } & Readonly<Record<string, Reading>> = {
  snapshot: (store, granted) => store.snapshot(granted),
  ownedSnapshots: (store, granted) => store.ownedSnapshots(granted),
  layersNow: (store, granted) => store.layersNow(granted),
  listLayer: (store, granted) => store.listLayer(granted, 7_000_002),
  revisionsNumbered: (store, granted) => store.revisionsNumbered(granted, [1, 7_000_001]),
  layersAt: (store, granted) => store.layersAt(granted),
  rollbackOf: (store, granted) => store.rollbackOf(granted),
  pinOf: (store, granted) => store.pinOf(granted),
  contents: (store, granted) => store.contents(granted, paths),
  pathsOfOthers: (store, granted) => store.pathsOfOthers(granted, 1, paths),
  // Own and global's are four in all.
  countFiles: async (store, granted) => ((await store.countFiles(granted)) > 4 ? "secret" : ""),
  filesOfRepository: (store, granted) => store.filesOfRepository(granted, 7_000_001),
  changesSince: (store, granted) => store.changesSince(granted, undefined),
  revisions: (store, granted) => store.revisions(granted, 10),
  filesAt: (store, granted) => store.filesAt(granted, 7_000_001),
  revision: (store, granted) => store.revision(granted, 7_000_001),
  revisionAt: (store, granted) => store.revisionAt(granted, new Date("2999-01-01")),
  versions: (store, granted) => store.versions(granted, paths),
  contentsAt: (store, granted) => store.contentsAt(granted, [{ path: secret, revision: 7_000_002 }]),
  overrideVersions: (store, granted) => store.overrideVersions(granted),
  report: (store, granted) => store.report(granted, { repositoryId: 7_000_001, subject: "secret", headSha: "secret" }),
  reports: (store, granted) => store.reports(granted, { limit: 10, offset: 0 }),
  repositoriesOf: (store, granted) => store.repositoriesOf(granted),
  conflicted: (store, granted) => store.conflicted(granted),
  audit: (store, granted) => store.audit({ scope: granted.scope, limit: 100 }),
  scopeFacts: (store, granted) => store.scopeFacts({ of: [granted.scope], search: "", limit: 10, offset: 0 }),
};

/** Which readings give something that is marked, or fail over it; a fault repeats the number that was asked for. */
async function leaks(store: Store, granted: WritableScope): Promise<string[]> {
  const found: string[] = [];
  forgetful.isOn = true;
  for (const [name, read] of Object.entries(readings)) {
    const answer = await read(store, granted).catch((error: unknown) => String(error).replaceAll(/\d+/g, ""));
    const text =
      JSON.stringify(answer, (_, value) => (value instanceof Map || value instanceof Set ? [...value] : value)) ?? "";
    if (mark.test(text)) found.push(name);
  }
  forgetful.isOn = false;
  return found;
}

type Writing = (scene: Scene) => Promise<unknown>;

const writings: Readonly<Record<string, Writing>> = {
  sync: ({ store, own, repositories }) =>
    store.applySync(own, {
      ...sampleChange(repositories.own, { [shared]: "3", [secret]: "3" }, ["own.ts"]),
      pin: { revision: 1, release: null, until: null },
    }),
  rollback: ({ store, own }) => store.transaction((transaction) => transaction.rollBack(own, 1, "test")),
  "end of a rollback": ({ store, own }) => store.transaction((transaction) => transaction.endRollback(own, "test")),
  retention: ({ store, own }) =>
    store.transaction((transaction) => transaction.dropHistory(own, new Date("2999-01-01"))),
  purge: ({ store, own, repositories }) =>
    store.transaction((transaction) => transaction.purgeRepository(own, repositories.other, "test")),
};

/** Everything that the other organisation has, as text. */
async function belongings({ database, other }: Scene): Promise<string> {
  const tables = ["workspace_files", "workspace_file_history", "revisions", "pins", "rollbacks", "check_reports"];
  const rows: unknown[] = [];
  for (const table of tables) {
    const text = `select * from ${table} t where organization_id = $1 order by t::text`;
    rows.push(await database.query(text, [idOf(other)]));
  }
  return JSON.stringify(rows);
}

/** Which writings change something of the other organisation. */
async function harms(scene: Scene): Promise<string[]> {
  const found: string[] = [];
  for (const [name, write] of Object.entries(writings)) {
    const before = await belongings(scene);
    forgetful.isOn = true;
    await write(scene).catch(() => {});
    forgetful.isOn = false;
    if ((await belongings(scene)) !== before) found.push(name);
  }
  return found;
}

/** The same database to a process that does not step down to the wall's roles. */
async function withoutWall(scene: Scene): Promise<Scene> {
  await scene.store.close();
  await scene.database.query("drop table bifrost_wall");
  const store = await connectStore({ url: scene.database.url });
  onTestFinished(() => store.close());
  return { ...scene, store };
}

test("nothing of another organisation is given out, though every statement forgets its scope", async () => {
  const scene = await startScene();
  await markNumbers(scene);
  expect(await leaks(scene.store, scene.own)).toEqual([]);
  expect(await leaks(scene.store, grantOperator(globalScope))).toEqual([]);
  // The marks are there to be found.
  expect(await leaks((await withoutWall(scene)).store, scene.own)).toEqual(Object.keys(readings));
});

test("nothing of another organisation is changed, though every statement forgets its scope", async () => {
  const scene = await startScene();
  expect(await harms(scene)).toEqual([]);
  // The others trip over what they find of it.
  const harmful = ["rollback", "retention", "purge"];
  expect(await harms(await withoutWall(scene))).toEqual(expect.arrayContaining(harmful));
});
