// What docs/scaling.md counts with, measured on servers of its own: what a file takes in Postgres, whole and divided among
// partitions, and in Redis; how evenly a cluster's slots are filled; how long what goes through everything takes.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import slotOf from "cluster-key-slot";
import { Redis } from "ioredis";
import { Client } from "pg";
import { migrateStore } from "../src/store/migrate.ts";
import { startThrowawayPostgres } from "../test/support/postgres-server.ts";
import { startThrowawayRedis } from "../test/support/redis-server.ts";

const organizations = Number(process.argv[2] ?? 20_000);
const filesEach = 50;
const lookups = 2_000;

const number = (value: number, digits = 0) => value.toLocaleString("en", { maximumFractionDigits: digits });
const say = (what: string, figure: string) => process.stdout.write(`${what.padEnd(64)} ${figure}\n`);

/** Runs something and gives its result with the milliseconds that it took. */
async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}

/** Sizes in bytes a row, and what a lookup and a sync's scan of one organisation take. */
async function measureTables(client: Client, name: string): Promise<void> {
  const rows = organizations * filesEach;
  const { rows: sizes } = await client.query<{ table: string; index: string }>(`
    select sum(pg_table_size(relid))::text as table, sum(pg_indexes_size(relid))::text as index
    from pg_partition_tree('workspace_files') where isleaf`);
  const whole = await client.query<{ table: string; index: string }>(
    "select pg_table_size('workspace_files')::text as table, pg_indexes_size('workspace_files')::text as index",
  );
  const size = Number(sizes[0]?.table ?? 0) > 0 ? sizes[0] : whole.rows[0];
  say(`${name}: table, bytes a row`, number(Number(size?.table) / rows));
  say(`${name}: its indexes, bytes a row`, number(Number(size?.index) / rows));
  const { rows: some } = await client.query<{ id: string }>("select id from organizations order by random() limit $1", [
    lookups,
  ]);
  const one = await timed(async () => {
    for (const { id } of some) {
      await client.query({
        name: `${name} one`,
        text: "select content from workspace_files where organization_id = $1 and path = $2",
        values: [id, "shared/m7.ts"],
      });
    }
  });
  say(`${name}: one file by organisation and path, ms`, number(one.ms / lookups, 3));
  const all = await timed(async () => {
    for (const { id } of some) {
      await client.query({
        name: `${name} all`,
        text: "select path, content_hash from workspace_files where organization_id = $1",
        values: [id],
      });
    }
  });
  say(`${name}: the ${filesEach} paths and hashes of an organisation, ms`, number(all.ms / lookups, 3));
  const byRepository = await timed(() => client.query("select path from workspace_files where repository_id = 7"));
  say(`${name}: by repository alone, ms`, number(byRepository.ms, 2));
  const vacuum = await timed(() => client.query("vacuum workspace_files"));
  say(`${name}: vacuum with nothing to do, ms`, number(vacuum.ms));
}

async function measurePostgres(): Promise<void> {
  const server = await startThrowawayPostgres();
  const client = new Client({ connectionString: server.url });
  try {
    await migrateStore(server.url);
    await client.connect();
    await client.query(
      "insert into organizations (slug, name) select 'o' || n, 'O ' || n from generate_series(1, $1::int) n",
      [organizations],
    );
    // Contents of 160 bytes that do not compress: what a file's own text adds is its bytes, or its compressed ones above 2 KB.
    const filled = await timed(() =>
      client.query(
        `insert into workspace_files
          (organization_id, repository_id, revision, path, entity_type, content, content_hash, git_sha, size_bytes)
        select o.id, o.n, 1, 'shared/m' || f || '.ts', 'module', encode(sha256((o.n || '-' || f)::bytea), 'base64')
          || encode(sha256((f || '-' || o.n)::bytea), 'base64') || repeat('x', 72),
          encode(sha256((o.n || ' ' || f)::bytea), 'hex'), left(encode(sha256((o.n || ' ' || f)::bytea), 'hex'), 40), 160
        from (select id, row_number() over () as n from organizations) o, generate_series(1, $1::int) f`,
        [filesEach],
      ),
    );
    say(
      `Postgres: ${number(organizations * filesEach)} files of ${number(organizations)} organisations filled in, s`,
      number(filled.ms / 1000, 1),
    );
    await client.query("vacuum analyze");
    await measureTables(client, "whole");
    const divided = await timed(() =>
      client.query(`begin; ${readFileSync(new URL("../deploy/partition.sql", import.meta.url), "utf8")} commit;`),
    );
    say("divided in place by deploy/partition.sql, s", number(divided.ms / 1000, 1));
    await client.query("vacuum analyze");
    await measureTables(client, "64 partitions");
    const { rows } = await client.query<{ least: string; most: string }>(
      `select min(reltuples)::text as least, max(reltuples)::text as most from pg_class
        where relname ~ '^workspace_files_[0-9]+$'`,
    );
    say(
      "rows of the emptiest and of the fullest partition",
      `${number(Number(rows[0]?.least))} ${number(Number(rows[0]?.most))}`,
    );
  } finally {
    await client.end();
    await server.stop();
  }
}

async function measureRedis(): Promise<void> {
  const server = await startThrowawayRedis();
  const redis = new Redis(server.url);
  try {
    const scopes = Math.min(organizations, 4_000);
    const ids = Array.from({ length: scopes }, () => randomUUID());
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1] ?? 0);
    const hash = "0".repeat(64);
    const before = await used();
    const value = JSON.stringify({ content: "x".repeat(3_000), path: "shared/module-7.ts", hash });
    for (const id of ids) {
      const pipeline = redis.pipeline();
      for (let file = 0; file < filesEach; file += 1)
        pipeline.set(`bifrost:module:${id}:shared/module-${file}.ts`, value);
      await pipeline.exec();
    }
    const modules = await used();
    say("Redis: a module of 3,000 bytes takes, bytes", number((modules - before) / scopes / filesEach));
    for (const id of ids) {
      const fields = Array.from({ length: filesEach }, (_, file) => [`shared/module-${file}.ts`, hash]).flat();
      await redis
        .pipeline()
        .hset(`bifrost:index:{${id}}`, ...fields)
        .set(`bifrost:revision:{${id}}`, "17")
        .set(`bifrost:pin:{${id}}`, "latest")
        .exec();
    }
    say(
      `Redis: index, revision and pin of ${filesEach} files take, bytes`,
      number(((await used()) - modules) / scopes),
    );
    const scanned = await timed(async () => {
      let keys = 0;
      for await (const found of redis.scanStream({ match: "bifrost:nothing:*", count: 500 }))
        keys += (found as string[]).length;
      return keys;
    });
    say("Redis: SCAN of a million keys, s", number((scanned.ms / 1000 / (scopes * (filesEach + 3))) * 1e6, 2));
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** Slots as the cluster counts them, of a million organisations' indexes and of the modules that one has. */
function measureSlots(): void {
  const counts = new Uint32Array(16_384);
  for (let n = 0; n < 1_000_000; n += 1) {
    const slot = slotOf(`bifrost:index:{${randomUUID()}}`);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const spread = (nodes: number) => {
    const sums = Array.from({ length: nodes }, (_, node) =>
      counts
        .subarray(Math.floor((node * 16_384) / nodes), Math.floor(((node + 1) * 16_384) / nodes))
        .reduce((a, b) => a + b, 0),
    );
    return (Math.max(...sums) / (1_000_000 / nodes) - 1) * 100;
  };
  say(
    "cluster: a million indexes, in the emptiest and the fullest slot",
    `${Math.min(...counts)} ${Math.max(...counts)}`,
  );
  for (const nodes of [3, 6, 12, 24])
    say(`cluster: ${nodes} masters, the fullest above the mean, %`, number(spread(nodes), 2));
}

measureSlots();
await measureRedis();
await measurePostgres();
