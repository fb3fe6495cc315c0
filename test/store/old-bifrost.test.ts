// A Bifrost from before there were organisations, with files in Postgres and modules in Redis: it is migrated by the
// command, also by one that is killed half-way, and then fed by a repository.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { contentHash } from "../../src/digest.ts";
import { migrate } from "../../src/main.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { startCuttingProxy } from "../faults/cutting-proxy.ts";
import { createRedisFramer } from "../faults/redis-steps.ts";
import { startWorld } from "../journeys/world.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { claimRedis, type TestRedis } from "../support/redis.ts";

// A few batches of the move in Redis, so that there is a half of it.
const moduleCount = 1_500;
const pathOf = (index: number) => `shared/f${index % 50}/m${index}.ts`;
const contentOf = (index: number) => `export const n = ${index};\n`;

interface OldBifrost {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
}

async function oldBifrost(count: number): Promise<OldBifrost> {
  const [database, redis] = await Promise.all([createTestDatabase({ empty: true }), claimRedis()]);
  await database.query(`
    create table workspace_files (
      id uuid primary key default gen_random_uuid(),
      path varchar(1000) not null unique,
      content text not null,
      content_hash varchar(64),
      entity_type varchar(20) not null default 'module',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`);
  await database.query(
    `insert into workspace_files (path, content, created_at)
      select 'shared/f' || n % 50 || '/m' || n || '.ts', 'export const n = ' || n || E';\\n', '2025-01-01'
      from generate_series(0, $1::int - 1) as n`,
    [count],
  );
  const pipeline = redis.redis.pipeline();
  for (let index = 0; index < count; index += 1) {
    const [path, content] = [pathOf(index), contentOf(index)];
    pipeline.set(`bifrost:module:${path}`, JSON.stringify({ content, path, hash: "old" }));
    pipeline.sadd("bifrost:module:index", path);
  }
  await pipeline.exec();
  return { database, redis };
}

/** The command as a process, to be killed; through another way to Redis, where one is given. */
function startMigrate({ database, redis }: OldBifrost, redisUrl = redis.url): ChildProcess {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const env = { PATH: process.env.PATH, BIFROST_DATABASE_URL: database.url, BIFROST_REDIS_URL: redisUrl };
  return spawn(process.execPath, [main, "migrate", "--json"], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function migrated({ database, redis }: OldBifrost): Promise<readonly string[]> {
  const config = readConfig({ BIFROST_DATABASE_URL: database.url, BIFROST_REDIS_URL: redis.url });
  return (await migrate(config)).applied;
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

test("a migration that is killed in Postgres or in Redis is taken up again, and nothing is lost", async () => {
  const old = await oldBifrost(moduleCount);
  const { database, redis } = old;
  const proxy = await startCuttingProxy(Number(new URL(redis.url).port), createRedisFramer);
  onTestFinished(async () => {
    await Promise.all([database.drop(), redis.close(), proxy.close()]);
  });
  const ids = await database.query("select id from workspace_files order by id");

  // In the middle of the migration: it waits for a table that somebody holds, after it made others.
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  await holder.query("begin; lock table workspace_files in access share mode");
  const first = startMigrate(old);
  const waiting = "select from pg_locks where relation = 'workspace_files'::regclass and not granted";
  await expect.poll(async () => (await holder.query(waiting)).rowCount, { timeout: 20_000 }).toBeGreaterThan(0);
  await killed(first);
  await holder.end();
  const columns = await database.query(
    "select 1 from information_schema.columns where table_name = 'workspace_files' and column_name = 'organization_id'",
  );
  expect(columns).toEqual([]);

  // In the middle of the move in Redis, which comes last: before the second batch is put.
  const url = new URL(redis.url);
  url.port = `${proxy.port}`;
  const second = startMigrate(old, url.href);
  let batches = 0;
  proxy.watch({
    at: (name) => name === "exec" && ++batches === 2,
    what: () => killed(second),
  });
  await expect.poll(() => proxy.met(), { timeout: 20_000 }).toBe(true);
  const moved = await redis.redis.hlen("bifrost:index:{global}");
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(moduleCount);
  expect(await redis.redis.scard("bifrost:module:index")).toBe(moduleCount);

  expect(await migrated(old)).toEqual([expect.stringContaining("old keys in Redis")]);
  expect(await migrated(old)).toEqual([]);

  expect(await database.query("select id from workspace_files order by id")).toEqual(ids);
  const [counts] = await database.query(
    `select count(*)::int as files, count(organization_id)::int as owned, min(created_at)::text like '2025-01-01%' as dated
      from workspace_files`,
  );
  expect(counts).toEqual({ files: moduleCount, owned: 0, dated: true });
  expect(await redis.redis.exists("bifrost:module:index")).toBe(0);
  const index = await redis.redis.hgetall("bifrost:index:{global}");
  expect(Object.keys(index)).toHaveLength(moduleCount);
  const keys = new Set<string>();
  for await (const batch of redis.redis.scanStream({ match: "bifrost:module:*", count: 1000 }) as AsyncIterable<
    string[]
  >) {
    for (const key of batch) keys.add(key);
  }
  expect(keys.size).toBe(moduleCount);
  expect([...keys].every((key) => key.startsWith("bifrost:module:global:"))).toBe(true);
  for (const number of [0, 1, moduleCount - 1]) {
    const hash = contentHash(Buffer.from(contentOf(number)));
    expect(index[pathOf(number)]).toBe(hash);
    const value = await redis.redis.get(`bifrost:module:global:${pathOf(number)}`);
    expect(JSON.parse(value ?? "null")).toEqual({ content: contentOf(number), path: pathOf(number), hash });
  }
});

test.each([
  ["an empty database", 0],
  ["an old Bifrost's", moduleCount],
])(
  "ten that migrate at once, each on connections of its own, bring up %s and run each migration once",
  async (_, count) => {
    const old = await oldBifrost(count);
    const { database, redis } = old;
    onTestFinished(async () => {
      await Promise.all([database.drop(), redis.close()]);
    });
    if (count === 0) await database.query("drop table workspace_files");
    const ids = count === 0 ? [] : await database.query("select id from workspace_files order by id");

    const applied = (await Promise.all(Array.from({ length: 10 }, () => migrated(old)))).flat();
    const names = applied.filter((name) => !name.includes("old keys"));
    const recorded = await database.query("select name from bifrost_migrations order by id");
    expect(recorded.map(({ name }) => name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
    expect(await migrated(old)).toEqual([]);

    expect(await database.query("select id from workspace_files order by id")).toEqual(ids);
    expect(await database.query("select count(*)::int as count from bifrost_jobs.version")).toEqual([{ count: 1 }]);
    expect(await redis.redis.hlen("bifrost:index:{global}")).toBe(count);
    expect(await redis.redis.exists("bifrost:module:index", `bifrost:module:${pathOf(0)}`)).toBe(0);
    expect(await redis.redis.exists(`bifrost:module:global:${pathOf(0)}`)).toBe(count === 0 ? 0 : 1);
  },
);

test("a migrated Bifrost is fed by a repository, which takes over what it brings and leaves the rest", async () => {
  const old = await oldBifrost(100);
  await migrated(old);
  const world = await startWorld(old);
  onTestFinished(() => world.close());
  expect(await old.redis.redis.get("bifrost:revision:{global}")).toBe("1");

  const repository = await world.boundRepository("global-inc", globalScope, {
    [pathOf(0)]: contentOf(0),
    [pathOf(1)]: "export const n = 'changed';\n",
    "shared/new.ts": "export {};",
  });
  const rows = await world.database.query(
    "select path, content, repository_id::int as repository, git_sha is not null as hashed from workspace_files order by path",
  );
  expect(rows).toHaveLength(101);
  const byPath = new Map(rows.map((row) => [row.path, row]));
  expect(byPath.get(pathOf(0))).toMatchObject({ content: contentOf(0), repository: repository.id, hashed: true });
  expect(byPath.get(pathOf(1))).toMatchObject({ content: "export const n = 'changed';\n", repository: repository.id });
  expect(byPath.get(pathOf(2))).toMatchObject({ content: contentOf(2), repository: null, hashed: false });

  await repository.push({ files: { [pathOf(1)]: null } });
  await world.settled();
  const index = await old.redis.redis.hgetall("bifrost:index:{global}");
  expect(Object.keys(index)).toHaveLength(100);
  expect(index[pathOf(1)]).toBeUndefined();
  expect(index[pathOf(2)]).toBe(contentHash(Buffer.from(contentOf(2))));
  expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "bound" });
});
