// The schema, from nothing and from a database in which every file was global.
import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import { migrations } from "../../src/store/migrations/list.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { boundRepository, path, sampleChange, sampleScope } from "./sample.ts";

async function emptyDatabase() {
  const database = await createTestDatabase({ empty: true });
  onTestFinished(() => database.drop());
  return database;
}

async function connect(url: string) {
  const store = await connectStore({ url });
  onTestFinished(() => store.close());
  return store;
}

// Ways in which a database without organisations can have made `path` unique.
const oldSchemas = {
  "a constraint, and columns of an application's own": `
    create type file_kind as enum ('workflow', 'module');
    create table workspace_files (
      id uuid primary key,
      path varchar(500) not null,
      content text not null,
      content_hash varchar(64) not null,
      entity_type file_kind,
      is_deleted boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint uq_workspace_files_path unique (path)
    );
    create index on workspace_files (path);
    insert into workspace_files (id, path, content, content_hash, entity_type) values
      (gen_random_uuid(), 'shared/halopsa.ts', 'export const a = "ä";', 'stale', 'module'),
      (gen_random_uuid(), 'workflows/close.ts', 'export default 1', 'stale', null)`,
  "a unique index, and hardly a column": `
    create table workspace_files (path text, content text);
    create unique index files_by_path on workspace_files (path);
    insert into workspace_files values
      ('shared/halopsa.ts', 'export const a = "ä";'), ('workflows/close.ts', 'export default 1')`,
  "the primary key": `
    create table workspace_files (path text primary key, content text not null);
    insert into workspace_files values
      ('shared/halopsa.ts', 'export const a = "ä";'), ('workflows/close.ts', 'export default 1')`,
};

test.for(Object.entries(oldSchemas))(
  "migrateStore() keeps every file of an old database, as global, where path was unique by %s",
  async ([, schema]) => {
    const database = await emptyDatabase();
    await database.query(schema);
    await migrateStore(database.url);
    const store = await connect(database.url);
    await store.ready();

    const global = grantOperator(globalScope);
    const hash = createHash("sha256").update('export const a = "ä";').digest("hex");
    const files = await store.filesAt(global, 1);
    expect(files.map((file) => [file.path, file.entityType, file.content, file.repositoryId])).toEqual([
      ["shared/halopsa.ts", "module", 'export const a = "ä";', null],
      ["workflows/close.ts", "workflow", "export default 1", null],
    ]);
    expect(files[0]).toMatchObject({ hash, sizeBytes: 22 });
    expect(await store.snapshot(global)).toMatchObject({ revision: 1 });
    expect(await store.revisions(global, 5)).toMatchObject([{ number: 1, repositoryId: null, upserts: 2 }]);

    // The constraint was swapped: an organisation holds the same path, global cannot hold it twice.
    const granted = await sampleScope(store);
    const repository = await boundRepository(store, granted);
    await store.applySync(granted, sampleChange(repository.id, { "shared/halopsa.ts": "export const a = 2" }));
    const contents = await store.contents(global, [path("shared/halopsa.ts")]);
    expect(contents.get(path("shared/halopsa.ts"))?.content).toBe('export const a = "ä";');
    await expect(
      database.query(`insert into workspace_files (path, content, entity_type, content_hash, size_bytes, revision)
        values ('shared/halopsa.ts', '', 'module', '', 0, 1)`),
    ).rejects.toThrow("workspace_files_organization_id_path_unique");

    // The first repository of global that brings an old file takes it over.
    const globalRepository = await boundRepository(store, global);
    const outcome = await store.applySync(
      global,
      sampleChange(globalRepository.id, { "shared/halopsa.ts": 'export const a = "ä";' }),
    );
    expect(outcome).toMatchObject({ revision: 2, upserts: ["shared/halopsa.ts"], conflicts: [] });
    expect((await store.filesAt(global, 1))[0]?.repositoryId).toBeNull();
  },
);

test("migrateStore() on an empty database leaves no revision and nothing to do again", async () => {
  const database = await emptyDatabase();
  expect((await migrateStore(database.url)).applied).toHaveLength(migrations.length);
  expect((await migrateStore(database.url)).applied).toEqual([]);
  const store = await connect(database.url);
  expect(await store.snapshot(grantOperator(globalScope))).toMatchObject({ revision: 0 });
});

test("ten processes may migrate at once, and each migration runs once", async () => {
  const database = await emptyDatabase();
  const results = await Promise.all(Array.from({ length: 10 }, () => migrateStore(database.url)));
  expect(results.flatMap(({ applied }) => applied)).toHaveLength(migrations.length);
});

test("ready() throws store-outdated before the migrations have run", async () => {
  const database = await emptyDatabase();
  const store = await connect(database.url);
  await expect(store.ready()).rejects.toMatchObject({ code: "store-outdated" });
  await migrateStore(database.url);
  await store.ready();
  await database.query("delete from bifrost_migrations");
  await expect(store.ready()).rejects.toMatchObject({ code: "store-outdated" });
});

test("migrateStore() counts what reports of before list, and shortens the lists", async () => {
  const database = await emptyDatabase();
  await migrateStore(database.url);
  const store = await connect(database.url);
  const repository = await boundRepository(store, await sampleScope(store));
  const paths = (count: number) => Array.from({ length: count }, (_, index) => `m/${index}.ts`);
  const before = {
    ...{ commit: "c", state: "bound", scope: "s", revision: 3, unchanged: 7 },
    ...{ upserts: paths(250), deletes: paths(2), skipped: [] },
    diagnostics: [{ code: "path-conflict" }, { code: "config-not-supported" }],
  };
  await database.query("update repositories set last_sync = $1::jsonb", [JSON.stringify(before)]);
  const name = "2026-11-26-report-counts";
  await database.query("delete from bifrost_migrations where name = $1", [name]);
  expect((await migrateStore(database.url)).applied).toEqual([name]);
  const { lastSync } = (await store.repository(repository.id)) ?? {};
  expect(lastSync).toEqual({
    ...before,
    upserts: paths(100),
    counts: { upserts: 250, deletes: 2, skipped: 0, refused: 1 },
  });
});
