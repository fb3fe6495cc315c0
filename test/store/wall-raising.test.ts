// How the wall is raised: on a server that has never seen the product, in many databases at once, by logins with few rights, and
// again after something of it was lost. Roles are of the whole server, so these tests have one of their own.
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { judgeWall } from "../../src/doctor/stores.ts";
import { connectStore } from "../../src/store/connect.ts";
import { inspectDatabase } from "../../src/store/inspect.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import { createOrm } from "../../src/store/orm.ts";
import { registrySession } from "../../src/store/session.ts";
import { startThrowawayPostgres, type ThrowawayPostgres } from "../support/postgres-server.ts";
import { boundRepository, path, sampleChange, sampleScope } from "./sample.ts";

let server: ThrowawayPostgres;
beforeAll(async () => {
  server = await startThrowawayPostgres();
});
afterAll(() => server.stop());

async function run(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const results = await client.query(text);
    return Array.isArray(results) ? [] : results.rows;
  } finally {
    await client.end();
  }
}

/** A database that a login owns who has these rights; a superuser's where none are given. */
async function databaseOf(
  rights?: string,
): Promise<{ readonly url: string; readonly superuserUrl: string; readonly login: string }> {
  const name = `wall_${randomUUID().slice(0, 8)}`;
  const login = rights === undefined ? "postgres" : `${name}_owner`;
  if (rights !== undefined) await run(server.url, `create role ${login} login ${rights}`);
  await run(server.url, `create database ${name} owner ${login}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const superuserUrl = url.href;
  url.username = login;
  return { url: url.href, superuserUrl, login };
}

/** Whether the registry is kept from files, which is how the wall shows. */
async function stands(url: string): Promise<boolean> {
  const orm = createOrm(url, 1);
  try {
    return await registrySession(orm.em)
      .query("select from workspace_files")
      .then(
        () => false,
        () => true,
      );
  } finally {
    await orm.close(true);
  }
}

async function roundTrip(url: string): Promise<unknown> {
  const store = await connectStore({ url });
  try {
    await store.ready();
    const granted = await sampleScope(store);
    const repository = await boundRepository(store, granted);
    await store.applySync(granted, sampleChange(repository.id, { "a.ts": "1" }));
    return (await store.contents(granted, [path("a.ts")])).get(path("a.ts"))?.content;
  } finally {
    await store.close();
  }
}

test("a login without the right to create roles works without the wall, and doctor says how to raise it", async () => {
  // The first of all tests, as the roles stay.
  const { url, superuserUrl, login } = await databaseOf("nocreaterole");
  await migrateStore(url);
  expect(await roundTrip(url)).toBe("1");
  expect(await stands(url)).toBe(false);

  const facts = await inspectDatabase(url);
  expect(facts.wall).toEqual({
    login,
    mayCreateRoles: false,
    missingRoles: ["bifrost_scoped", "bifrost_registry"],
    refusedRoles: [],
    isWhole: false,
    stands: false,
  });
  const [finding] = judgeWall(facts).findings;
  expect(finding?.what).toContain(`and ${login} may not create it`);
  const statements = /has run: (.*;)$/.exec(finding?.remedy ?? "")?.[1] ?? "";
  await run(superuserUrl, statements);
  await migrateStore(url);
  expect(judgeWall(await inspectDatabase(url)).state).toBe("ok");
  expect(await stands(url)).toBe(true);
  expect(await roundTrip(url)).toBe("1");
  for (const role of ["bifrost_scoped", "bifrost_registry"])
    await run(superuserUrl, `drop owned by ${role}; drop role ${role}`);
});

test("many databases of one server raise it at once, each by processes that start together", async () => {
  const rights = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? undefined : "createrole"));
  const databases = await Promise.all(rights.map(databaseOf));
  await Promise.all(databases.flatMap(({ url }) => [migrateStore(url), migrateStore(url)]));
  for (const [index, { url }] of databases.entries()) {
    // Since version 16, a role is given away by whoever made it and by superusers alone.
    const { majorVersion, wall } = await inspectDatabase(url);
    if (majorVersion >= 16 && rights[index] !== undefined && wall.refusedRoles.length > 0) continue;
    expect([index, judgeWall({ wall, majorVersion }).state, await stands(url)]).toEqual([index, "ok", true]);
    expect(await roundTrip(url)).toBe("1");
  }
});

test("an older process goes on while a newer one has migrated, and a login that may not step down is told", async () => {
  const { url, superuserUrl, login } = await databaseOf("nocreaterole");
  await migrateStore(url);
  const older = new Client({ connectionString: url });
  await older.connect();
  onTestFinished(() => older.end());
  await older.query("insert into organizations (slug, name) values ('acme', 'Acme')");
  const facts = await inspectDatabase(url);
  expect(facts.wall).toMatchObject({
    missingRoles: [],
    refusedRoles: ["bifrost_scoped", "bifrost_registry"],
    isWhole: true,
  });
  const [finding] = judgeWall(facts).findings;
  expect(finding?.what).toBe(`The role "${login}" may not step down to "bifrost_scoped" and "bifrost_registry"`);
  await run(superuserUrl, /has run: (.*;)$/.exec(finding?.remedy ?? "")?.[1] ?? "");
  await migrateStore(url);
  expect(await stands(url)).toBe(true);
  // It sets nothing and steps down to nobody: what it could do, it can.
  await older.query(`insert into workspace_files (organization_id, path, content, entity_type, content_hash, size_bytes, revision)
    select id, 'a.ts', '', 'module', '', 0, 1 from organizations`);
  expect((await older.query("select path from workspace_files")).rows).toEqual([{ path: "a.ts" }]);
});

test("what was altered or lost is found, and raised again by the next migration", async () => {
  const { url } = await databaseOf();
  await migrateStore(url);
  for (const loss of [
    "alter table workspace_files disable row level security",
    "drop policy wall_scoped_select on revisions",
    "alter policy wall_scoped_select on pins using (true)",
    "revoke select on check_reports from bifrost_scoped",
    "grant select on workspace_files to bifrost_registry",
    "drop owned by bifrost_scoped, bifrost_registry",
  ]) {
    await run(url, loss);
    const { findings } = judgeWall(await inspectDatabase(url));
    expect([loss, findings[0]?.remedy]).toEqual([loss, 'Run "bifrost migrate" as the owner of the tables']);
    await migrateStore(url);
    expect([loss, judgeWall(await inspectDatabase(url)).state, await stands(url)]).toEqual([loss, "ok", true]);
  }
  expect(await roundTrip(url)).toBe("1");
});

test("a process that loses the roles says what to do, and goes on once it is done", async () => {
  const { url } = await databaseOf();
  await migrateStore(url);
  const store = await connectStore({ url });
  onTestFinished(() => store.close());
  await store.organizations();
  for (const role of ["bifrost_scoped", "bifrost_registry"])
    await run(url, `alter role ${role} rename to ${role}_lost`);
  expect(judgeWall(await inspectDatabase(url)).findings[0]?.remedy).toContain('Run "bifrost migrate"');
  await expect(store.organizations()).rejects.toMatchObject({
    code: "store-outdated",
    remedy: 'Run "bifrost migrate"',
  });
  await migrateStore(url);
  expect(await store.organizations()).toEqual([]);
});

test("a dump of the owner's can be taken, with every row in it", async () => {
  const { url, login } = await databaseOf("nocreaterole");
  await migrateStore(url);
  await roundTrip(url);
  // What pg_dump does first: it would rather fail than leave rows out.
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("set row_security = off");
  expect((await client.query("select path from workspace_files")).rows).toEqual([{ path: "a.ts" }]);
  expect(login).toContain("owner");
});
