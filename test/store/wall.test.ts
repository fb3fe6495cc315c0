// The wall in the database: what each kind of session finds and changes of each owner's rows, whatever its statement says.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import { createOrm } from "../../src/store/orm.ts";
import { readSnapshot, registrySession, type Session, scopedSession } from "../../src/store/session.ts";
import { wallTables } from "../../src/store/wall-tables.ts";
import { grantOperator, grantRun } from "../../src/workspace/grant.ts";
import { type OrganizationId, scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { fillTables, insertOf, type Owner, rowsOf, sessionsOn } from "./wall-rows.ts";

/** What a session may do with rows of a table: whose it finds, adds, changes and deletes. `-`: it is refused the table. */
interface May {
  readonly select: string;
  readonly insert: string;
  readonly update: string;
  readonly delete: string;
}

const nothing: May = { select: "-", insert: "-", update: "-", delete: "-" };
const reading = (select: string, rest: Partial<May> = {}): May => ({ ...nothing, select, ...rest });
const writing = (select: string, own: string): May => ({ select, insert: own, update: own, delete: own });

// Spelled out once more, and by session, so that a slip in `wall-tables.ts` is seen.
const expected: Readonly<Record<string, Readonly<Record<string, May>>>> = {
  "registry's": {
    revisions: reading("global"),
    audit: { ...nothing, insert: "own other global nobody" },
    repositories: { ...writing("own other global nobody", "own other global nobody"), delete: "-" },
    organizations: { ...writing("own other", "own other"), delete: "-" },
  },
  "reader's of an organisation": {
    workspace_files: reading("own global", { insert: "", update: "", delete: "" }),
    workspace_file_history: reading("own global", { insert: "", delete: "" }),
    revisions: reading("own global", { insert: "", update: "" }),
    pins: reading("own", { insert: "", update: "", delete: "" }),
    rollbacks: reading("own", { insert: "", update: "", delete: "" }),
    check_reports: reading("own"),
    audit: reading("own"),
    repositories: reading("own global", { update: "" }),
    organizations: reading("own"),
  },
  "writer's of an organisation": {
    workspace_files: writing("own global", "own"),
    workspace_file_history: { ...writing("own global", "own"), update: "-" },
    revisions: { ...writing("own global", "own"), delete: "-" },
    pins: writing("own", "own"),
    rollbacks: writing("own", "own"),
    check_reports: reading("own"),
    audit: reading("own"),
    repositories: reading("own global", { update: "own" }),
    organizations: reading("own"),
  },
  "reader's of global": {
    workspace_files: reading("global", { insert: "", update: "", delete: "" }),
    workspace_file_history: reading("global", { insert: "", delete: "" }),
    revisions: reading("global", { insert: "", update: "" }),
    pins: reading("", { insert: "", update: "", delete: "" }),
    rollbacks: reading("global", { insert: "", update: "", delete: "" }),
    check_reports: reading("global"),
    audit: reading("global"),
    repositories: reading("global", { update: "" }),
    organizations: reading(""),
  },
  "writer's of global": {
    workspace_files: writing("global", "global"),
    workspace_file_history: { ...writing("global", "global"), update: "-" },
    revisions: { ...writing("global", "global"), delete: "-" },
    pins: writing("", ""),
    rollbacks: writing("global", "global"),
    check_reports: reading("global"),
    audit: reading("global"),
    repositories: reading("global", { update: "global" }),
    organizations: reading(""),
  },
  "unscoped reader's": {
    workspace_files: reading("", { insert: "", update: "", delete: "" }),
    workspace_file_history: reading("", { insert: "", delete: "" }),
    revisions: reading("", { insert: "", update: "" }),
    pins: reading("", { insert: "", update: "", delete: "" }),
    rollbacks: reading("", { insert: "", update: "", delete: "" }),
    check_reports: reading("nobody"),
    audit: reading(""),
    repositories: reading("nobody", { update: "" }),
    organizations: reading(""),
  },
};

/** A database of each kind that the product runs on, empty of rows, with the role that logs in. */
interface Place {
  readonly url: string;
  /** Runs SQL as the owner of the tables. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

async function embeddedPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "bifrost-wall-"));
  const embedded = await startEmbeddedPostgres(folder, { lasting: true });
  await migrateStore(embedded.url);
  return {
    url: embedded.url,
    query: (text, values) => queryOn(embedded.url, text, values),
    close: async () => {
      await embedded.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function superuserPlace(): Promise<Place> {
  const { url, query, drop } = await createTestDatabase();
  return { url, query, close: drop };
}

/** As on a hosted server: the owner of the tables is no superuser and has every right that an operator can give. */
async function plainPlace(): Promise<Place> {
  // Whoever migrated first has made the roles.
  const { drop: dropOther } = await createTestDatabase();
  const database = await createTestDatabase({ empty: true });
  const login = `bifrost_test_${new URL(database.url).pathname.slice(-12)}`;
  await database.query(`create role ${login} login`);
  await database.query(`grant bifrost_scoped, bifrost_registry to ${login}`);
  await database.query(`grant all on schema public to ${login}`);
  const url = new URL(database.url);
  url.username = login;
  await migrateStore(url.href);
  return {
    url: url.href,
    query: (text, values) => queryOn(url.href, text, values),
    close: async () => {
      await database.query(`drop owned by ${login} cascade`);
      await database.query(`drop role ${login}`);
      await Promise.all([database.drop(), dropOther()]);
    },
  };
}

async function queryOn(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

describe.for([
  ["a superuser", superuserPlace],
  ["an owner who is no superuser", plainPlace],
  ["the embedded Postgres", embeddedPlace],
] as const)("as %s", ([, open]) => {
  let place: Place;
  let ids: Readonly<Record<Owner, string | null>>;
  beforeAll(async () => {
    place = await open();
    ids = await fillTables(place.query);
  });
  afterAll(() => place.close());

  test.for(Object.entries(expected))("a %s session finds and changes what it may, and no more", async ([kind, may]) => {
    const { orm, kinds } = sessionsOn(place.url, ids);
    const open = kinds[kind as keyof typeof kinds];
    const found: Record<string, May> = {};
    for (const table of Object.keys(rowsOf)) {
      found[table] = await orm.em.fork().transactional((manager) => attempts(open(manager), table, ids));
    }
    const denied = Object.fromEntries(Object.keys(rowsOf).map((table) => [table, nothing]));
    expect(found).toEqual({ ...denied, ...may });
  });

  test("a session of every scope finds and changes all", async () => {
    const { orm, kinds } = sessionsOn(place.url, ids);
    const session = kinds["session of every scope"](orm.em.fork());
    for (const [table, { owner, change, owners }] of Object.entries(rowsOf)) {
      const statements = [`select (${owner})::text as owner from ${table}`];
      if (table !== "audit") statements.push(`update ${table} set ${change} returning (${owner})::text as owner`);
      for (const statement of statements) {
        const rows = await session.query<{ owner: string | null }>(statement);
        expect([statement, new Set(rows.map((row) => row.owner))]).toEqual([
          statement,
          new Set(owners.map((one) => (one === "nobody" ? "nobody" : ids[one]))),
        ]);
      }
    }
  });

  test("a statement that says nothing of its scope finds and changes that scope alone", async () => {
    const orm = createOrm(place.url, 1);
    onTestFinished(() => orm.close(true));
    const scope = scopeOf({ id: String(ids.own) as OrganizationId, slug: "own" });
    const session = scopedSession(orm.em, grantOperator(scope));
    const others =
      "select count(*)::int as rows from workspace_files where organization_id = $1 and content = 'marked'";

    const all = await session.query("select distinct organization_id from workspace_files order by 1");
    expect(all).toEqual([{ organization_id: ids.own }, { organization_id: null }]);
    const changed = await session.query("update workspace_files set content = 'changed' returning organization_id");
    expect(changed).toEqual([{ organization_id: ids.own }]);
    expect(await session.query("delete from workspace_files returning organization_id")).toEqual(changed);
    expect(await place.query(others, [ids.other])).toEqual([{ rows: 1 }]);
    await place.query(...insertOf("workspace_files", ids, "own"));

    // A row is not handed over, either.
    await expect(session.query("update workspace_files set organization_id = $1::uuid", [ids.other])).rejects.toThrow(
      "row-level security",
    );
    // And a reader writes nothing in its own scope.
    expect(await scopedSession(orm.em, grantRun(scope)).query("delete from workspace_files returning path")).toEqual(
      [],
    );
  });

  test("text that ends up in a statement of a scope brings nothing of others", async () => {
    const orm = createOrm(place.url, 1);
    onTestFinished(() => orm.close(true));
    const scope = scopeOf({ id: String(ids.own) as OrganizationId, slug: "own" });
    const session = scopedSession(orm.em, grantRun(scope));
    const careless = (path: string) =>
      session.query<{ organization_id: string | null }>(
        `select organization_id from workspace_files where organization_id = $1::uuid and path = '${path}'`,
        [ids.own],
      );
    const owners = async (path: string) => new Set((await careless(path)).map((row) => row.organization_id));

    const [others] = await place.query("select path from workspace_files where organization_id = $1", [ids.other]);
    expect(await owners(`x' or path = '${others?.path}`)).toEqual(new Set());
    expect(await owners("x' or true --$1")).toEqual(new Set([ids.own, null]));
    expect(await owners("x' union all select organization_id from workspace_file_history --")).toEqual(
      new Set([ids.own, null]),
    );
    expect(await owners("x' union all select organization_id from repositories --")).toEqual(new Set([ids.own, null]));
    expect(await owners("x' union all select id from organizations --")).toEqual(new Set([ids.own]));
    for (const table of ["grants", "deliveries", "session_renewals", "check_blasts", "checks", "sync_progress"]) {
      await expect(careless(`x' union all select null from ${table} --`)).rejects.toThrow("permission denied");
    }
    await expect(careless("x'; update workspace_files set content = '' --")).rejects.toThrow("multiple commands");
    await expect(careless("x' union all select lo_import('/etc/passwd')::text::uuid --")).rejects.toThrow();
  });

  test("nothing of a reach is left on a connection, nor of a session that changed it", async () => {
    const orm = createOrm(place.url, 1);
    onTestFinished(() => orm.close(true));
    const scope = scopeOf({ id: String(ids.own) as OrganizationId, slug: "own" });
    const scoped = scopedSession(orm.em, grantRun(scope));
    const seen = "select count(distinct organization_id)::int as organizations from workspace_files";
    expect(await scoped.query(seen)).toEqual([{ organizations: 1 }]);
    await expect(registrySession(orm.em).query(seen)).rejects.toThrow("permission denied");
    await scoped.query(
      "select set_config('bifrost.access', 'every', false), set_config('role', 'none', false), set_config($1, $2, false)",
      ["bifrost.organizations", `{${ids.other}}`],
    );
    expect(await scoped.query(seen)).toEqual([{ organizations: 1 }]);
    await expect(registrySession(orm.em).query(seen)).rejects.toThrow("permission denied");
    // Statements of different reach take turns in a transaction, also after one that failed in a savepoint.
    await orm.em.fork().transactional(async (manager) => {
      const inner = scopedSession(manager, grantRun(scope));
      await manager
        .transactional((deeper) => registrySession(deeper).query(seen))
        .catch((error: unknown) => expect(String(error)).toContain("permission denied"));
      expect(await inner.query(seen)).toEqual([{ organizations: 1 }]);
      expect(await inner.registry.query("select count(*)::int as all from organizations")).toEqual([{ all: 2 }]);
      expect(await inner.query(seen)).toEqual([{ organizations: 1 }]);
    });
    expect(await readSnapshot(orm, grantOperator(scope), (snapshot) => snapshot.query(seen))).toEqual([
      { organizations: 1 },
    ]);
  });
});

test("of every table of the store it is decided who finds which rows of it", async () => {
  const database: TestDatabase = await createTestDatabase();
  onTestFinished(() => database.drop());
  const rows = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1");
  expect(rows.map((row) => row.tablename)).toEqual(Object.keys(wallTables).sort());
});

// What a policy holds back, which an insert is told and the others are not.
const heldBack: { owner: string | null }[] = [];

/** Tries everything on each owner's rows, and takes it back. */
async function attempts(session: Session, table: string, ids: Readonly<Record<Owner, string | null>>): Promise<May> {
  const { owner, change, owners } = rowsOf[table] ?? {};
  const named = (rows: readonly { readonly owner: string | null }[] | undefined) => {
    if (rows === undefined) return "-";
    const values = new Set(rows.map((row) => row.owner));
    return (owners ?? []).filter((one) => values.has(one === "nobody" ? "nobody" : ids[one])).join(" ");
  };
  const returning = `returning (${owner})::text as owner`;
  const tried = async (text: string, values?: unknown[]) => {
    await session.query("savepoint attempt");
    try {
      return await session.query<{ owner: string | null }>(text, values);
    } catch (error) {
      if (/permission denied|only ever added to/.test(String(error))) return undefined;
      if (/row-level security/.test(String(error))) return heldBack;
      // It would be added, were it not there already: policies come before constraints.
      if (/duplicate key/.test(String(error))) return [{ owner: null }];
      throw error;
    } finally {
      await session.query("rollback to savepoint attempt");
    }
  };
  const added = new Map<Owner, boolean | undefined>();
  for (const one of owners ?? []) {
    const rows = await tried(...insertOf(table, ids, one));
    added.set(one, rows && rows !== heldBack);
  }
  return {
    select: named(await tried(`select (${owner})::text as owner from ${table}`)),
    insert: [...added.values()].includes(undefined)
      ? "-"
      : [...added].flatMap(([one, is]) => (is ? [one] : [])).join(" "),
    update: named(await tried(`update ${table} set ${change} ${returning}`)),
    delete: named(await tried(`delete from ${table} ${returning}`)),
  };
}
