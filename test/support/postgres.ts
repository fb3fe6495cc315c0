// A fresh, migrated database for a test file, copied from a template that is migrated once per server and state of the
// migrations. Never a mock: what passes here passes on the server that people run.
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { Client } from "pg";
import { migrateJobs } from "../../src/jobs/migrate.ts";
import { migrateStore } from "../../src/store/migrate.ts";

/** A database of a test's own. `drop` ends every connection to it. */
export interface TestDatabase {
  readonly url: string;
  /** Runs SQL on a connection of its own and gives the rows. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** Makes a database with the schema of the store and the queue, or an empty one. */
export async function createTestDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const template = options.empty ? "template0" : await templateName();
  const name = `bifrost_test_${randomUUID().replaceAll("-", "")}`;
  if (!options.empty) await ensureTemplate(template);
  await query(serverUrl(), `create database ${name} template ${template}`);
  const url = databaseUrl(name);
  return {
    url,
    query: (text, values) => query(url, text, values),
    drop: async () => {
      await query(serverUrl(), `drop database if exists ${name} with (force)`);
    },
  };
}

/** The server that the run's global set-up started, or the one that the environment names. */
function serverUrl(): string {
  const url = process.env.BIFROST_TEST_DATABASE_URL;
  if (!url) throw new Error("Cannot find Postgres as BIFROST_TEST_DATABASE_URL is not set: the global set-up sets it");
  return url;
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** Named after everything that decides its content, so that a changed migration never meets an old template. */
async function templateName(): Promise<string> {
  const folders = ["../../src/store", "../../src/store/migrations", "../../src/jobs"];
  const hash = createHash("sha256");
  for (const folder of folders) {
    const base = new URL(`${folder}/`, import.meta.url);
    for (const file of (await readdir(base)).sort()) {
      if (file.endsWith(".ts")) hash.update(await readFile(new URL(file, base)));
    }
  }
  hash.update(await readFile(new URL("../../package-lock.json", import.meta.url)));
  return `bifrost_template_${hash.digest("hex").slice(0, 16)}`;
}

async function ensureTemplate(template: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    // Test files run in several processes: one of them builds, the others wait for it here.
    await client.query("select pg_advisory_lock(hashtext('bifrost test template'))");
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [template]);
    if (rowCount !== 0) return;
    // Built under another name and renamed, so that a half-built template is never copied.
    const building = `${template}_building`;
    await client.query(`drop database if exists ${building} with (force)`);
    await client.query(`create database ${building} template template0`);
    await migrateStore(databaseUrl(building));
    await migrateJobs(databaseUrl(building));
    await client.query(`alter database ${building} rename to ${template}`);
  } finally {
    await client.end();
  }
}

async function query(url: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
