// Postgres without a server: many connections over one session, several processes over one folder.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { boundRepository, sampleChange, sampleScope } from "./sample.ts";

let folder: string;
let embedded: EmbeddedPostgres;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-embedded-"));
  embedded = await startEmbeddedPostgres(folder, { lasting: true });
  await Promise.all([migrateStore(embedded.url), migrateStore(embedded.url)]);
  store = await connectStore({ url: embedded.url, connectionsMax: 3 });
});
afterAll(async () => {
  await store.close();
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs code in another process, with the embedded database's functions in reach. */
function otherProcess(code: string): ChildProcess {
  const source = new URL("../../src/store/", import.meta.url);
  const script = `
    import { startEmbeddedPostgres } from "${source}embedded.ts";
    import { connectStore } from "${source}connect.ts";
    import { migrateStore } from "${source}migrate.ts";
    ${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The process has no output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("The process said nothing");
}

test("statements and transactions of many connections at once do not mix", async () => {
  const pool = new Pool({ connectionString: embedded.url, max: 6 });
  onTestFinished(() => pool.end());
  const plain = async (value: number) => {
    // Different numbers of parameters, so that a statement which met another's would be refused.
    if (value % 2 === 0) return (await pool.query("select $1::int as value", [value])).rows[0].value;
    return (await pool.query("select $2::int as value, $1::text as text", ["text", value])).rows[0].value;
  };
  const inTransaction = async (value: number) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query("select set_config('bifrost.test', $1, true)", [`${value}`]);
      if (value % 3 === 0) {
        await expect(client.query("select 1 / $1::int", [0])).rejects.toThrow("division by zero");
        await client.query("rollback");
        return value;
      }
      const { rows } = await client.query("select current_setting('bifrost.test') as value");
      await client.query("commit");
      return Number(rows[0].value);
    } finally {
      client.release();
    }
  };
  const values = Array.from({ length: 200 }, (_, index) => index);
  expect(await Promise.all(values.map(plain))).toEqual(values);
  expect(await Promise.all(values.map((value) => (value % 2 ? plain(value) : inTransaction(value))))).toEqual(values);
});

test("a connection that goes away inside a transaction leaves nothing of it and keeps nobody waiting", async () => {
  const pool = new Pool({ connectionString: embedded.url, max: 1 });
  onTestFinished(() => pool.end());
  const client = await pool.connect();
  await client.query("begin");
  await client.query("create table left_over (id int)");
  client.release(true);
  await expect(store.transaction(({ sql }) => sql.executeSql("select * from left_over"))).rejects.toMatchObject({
    code: "store-outdated",
  });
});

test("the store works on the embedded Postgres, with concurrent syncs of one scope", async () => {
  const granted = await sampleScope(store);
  const [one, other] = [await boundRepository(store, granted), await boundRepository(store, granted)];
  await Promise.all([
    store.applySync(granted, sampleChange(one.id, { "a.ts": "1", "same.ts": "1" })),
    store.applySync(granted, sampleChange(other.id, { "b.ts": "1", "same.ts": "2" })),
  ]);
  const last = await store.applySync(granted, sampleChange(one.id, { "a.ts": "2" }));
  expect(last.revision).toBe(3);
  expect((await store.filesAt(granted, 2)).map(({ path }) => path)).toEqual(["a.ts", "b.ts", "same.ts"]);
  expect(await store.repositories()).toMatchObject([{ state: "bound" }, { state: "bound" }]);
});

test("another process joins the one that has the folder open", async () => {
  const child = otherProcess(`
    const embedded = await startEmbeddedPostgres(${JSON.stringify(folder)});
    const store = await connectStore({ url: embedded.url, connectionsMax: 1 });
    await store.createOrganization("from-elsewhere", "Elsewhere", "test");
    await store.close();
    await embedded.close();`);
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(await store.findScope("from-elsewhere")).toMatchObject({ slug: "from-elsewhere" });
});

test("a process that was killed leaves its data and no lock", async () => {
  // Long enough that the socket cannot lie in the folder itself.
  const parent = await mkdtemp(join(tmpdir(), "bifrost-embedded-"));
  const own = join(parent, "x".repeat(100), "postgres");
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const child = otherProcess(`
    const embedded = await startEmbeddedPostgres(${JSON.stringify(own)});
    await migrateStore(embedded.url);
    const store = await connectStore({ url: embedded.url, connectionsMax: 1 });
    await store.createOrganization("kept", "Kept", "test");
    console.log("ready");`);
  expect(await firstLine(child)).toBe("ready");
  const joined = await startEmbeddedPostgres(own);
  const elsewhere = await connectStore({ url: joined.url, connectionsMax: 1 });
  expect(await elsewhere.findScope("kept")).toMatchObject({ slug: "kept" });
  await elsewhere.close();
  child.kill("SIGKILL");
  await once(child, "exit");

  const reopened = await startEmbeddedPostgres(own);
  const again = await connectStore({ url: reopened.url, connectionsMax: 1 });
  onTestFinished(async () => {
    await again.close();
    await reopened.close();
  });
  expect(await again.findScope("kept")).toMatchObject({ slug: "kept" });
});

test("a lasting process does not join a command, and takes over when that ends", async () => {
  const own = await mkdtemp(join(tmpdir(), "bifrost-embedded-"));
  onTestFinished(() => rm(own, { recursive: true, force: true }));
  const command = await startEmbeddedPostgres(own);
  const beside = await startEmbeddedPostgres(own);
  expect(beside.url).toBe(command.url);
  let isServing = false;
  const serving = startEmbeddedPostgres(own, { lasting: true }).then((server) => {
    isServing = true;
    return server;
  });
  // It has had the time to look more than once by the time that this connection has been used.
  const pool = new Pool({ connectionString: beside.url, max: 1 });
  await pool.query("select 1");
  expect(isServing).toBe(false);
  await pool.end();
  await command.close();
  const server = await serving;
  const later = await startEmbeddedPostgres(own);
  expect(later.url).toBe(server.url);
  await server.close();
});

test("startEmbeddedPostgres() says that a file is where its folder should be", async () => {
  const home = await mkdtemp(join(tmpdir(), "bifrost-embedded-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await writeFile(join(home, "data"), "");
  await expect(startEmbeddedPostgres(join(home, "data"))).rejects.toMatchObject({
    code: "store-unavailable",
    message: expect.stringMatching(/data: it is a file$/),
  });
  await expect(startEmbeddedPostgres(join(home, "data/postgres"))).rejects.toMatchObject({
    message: expect.stringMatching(/a part of the path is a file$/),
    remedy: expect.stringContaining("BIFROST_DATABASE_URL"),
  });
});
