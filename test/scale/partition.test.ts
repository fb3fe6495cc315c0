// A database whose tables of files were divided by deploy/partition.sql: the same files and constraints, behind the same wall.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { type GrantedScope, grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { boundRepository, path, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase } from "../support/postgres.ts";

const sql = readFileSync(new URL("../../deploy/partition.sql", import.meta.url), "utf8");

async function read(store: Store, granted: GrantedScope, revision?: number): Promise<Record<string, string>> {
  const found = await store.contents(granted, ["a.ts", "b.ts", "c.ts"].map(path), revision);
  return Object.fromEntries([...found].map(([name, { content }]) => [name, content]));
}

test("tables of files that are divided in place keep every row, the constraint, history and the wall", async () => {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const scopes = [grantOperator(globalScope), await sampleScope(store), await sampleScope(store)];
  const repositories = new Map<GrantedScope, number>();
  for (const granted of scopes) {
    const { id } = await boundRepository(store, granted);
    repositories.set(granted, id);
    await store.applySync(granted, sampleChange(id, { "a.ts": "1", "b.ts": "1" }));
    await store.applySync(granted, sampleChange(id, { "a.ts": "2" }, ["b.ts"]));
  }

  const reader = `reader_${randomUUID()}`;
  await database.query(`create role "${reader}"; grant select on workspace_files to "${reader}" with grant option;
    grant select (path, content) on workspace_file_history to "${reader}"`);
  onTestFinished(async () => {
    await database.query(`drop owned by "${reader}"; drop role "${reader}"`);
  });

  // As psql --single-transaction sends it.
  await database.query(`begin; ${sql} commit;`);
  expect(await migrateStore(database.url)).toEqual({ applied: [], isWalled: true });

  const kinds = await database.query(
    "select relkind::text from pg_class where relname in ('workspace_files', 'workspace_file_history')",
  );
  expect(kinds).toEqual([{ relkind: "p" }, { relkind: "p" }]);
  const [may] = await database.query(
    `select has_table_privilege($1, 'workspace_files', 'select with grant option') as files,
      has_column_privilege($1, 'workspace_file_history', 'content', 'select') as content,
      has_column_privilege($1, 'workspace_file_history', 'path', 'select') as path,
      has_table_privilege($1, 'workspace_file_history', 'select') as history`,
    [reader],
  );
  expect(may).toEqual({ files: true, content: true, path: true, history: false });
  for (const granted of scopes) {
    expect(await read(store, granted)).toEqual({ "a.ts": "2" });
    expect(await read(store, granted, 1)).toEqual({ "a.ts": "1", "b.ts": "1" });
    const change = sampleChange(repositories.get(granted) ?? 0, { "a.ts": "3", "c.ts": "3" });
    expect(await store.applySync(granted, change)).toMatchObject({ revision: 3, upserts: ["a.ts", "c.ts"] });
    expect(await read(store, granted)).toEqual({ "a.ts": "3", "c.ts": "3" });
    expect(await read(store, granted, 2)).toEqual({ "a.ts": "2" });
  }
  const where = await database.query(
    "select count(distinct tableoid)::int as partitions from workspace_files where organization_id is null",
  );
  expect(where).toEqual([{ partitions: 1 }]);
  const twice = `insert into workspace_files select (f).* from (select f from workspace_files f where organization_id is null) x`;
  await expect(database.query(twice)).rejects.toThrow(/unique/);
});
