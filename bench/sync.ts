// A first sync into Postgres and Redis, against its bare parts: both hashes of every file, one bulk upsert, one pipeline.
import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { Client } from "pg";
import { connectRedisCache } from "../src/cache/redis-cache.ts";
import { gitBlobSha } from "../src/digest.ts";
import { syncRepository } from "../src/sync/sync-repository.ts";
import { boundTree, createInMemoryGitHub } from "./github-in-memory.ts";
import type { Bench } from "./measure.ts";
import { makeSources } from "./modules.ts";
import { createBoundRepository } from "./repository.ts";
import { startServers } from "./servers.ts";

export const syncBenches: readonly Bench[] = [
  {
    group: "sync",
    name: "first sync of 1,000 files into Postgres and Redis, our own time",
    against: "SHA-1 and SHA-256 of each, one unnest upsert, one pipeline of SETs",
    reach: null,
    turns: 9,
    warmUps: 2,
    prepare: async () => {
      const servers = await startServers();
      const cache = await connectRedisCache({ url: servers.redisUrl });
      const redis = new Redis(servers.redisUrl);
      const client = new Client({ connectionString: servers.databaseUrl });
      await client.connect();
      await client.query("create table bare (turn int, path text, hash text, content text, primary key (turn, path))");
      const sources = makeSources(1000, 0);
      let turn = 0;
      return {
        subject: async () => {
          const { facts, slug } = await createBoundRepository(servers.store);
          const github = createInMemoryGitHub(facts);
          github.commitFiles(boundTree(slug, sources));
          const edges = { github, store: servers.store, cache };
          const report = await syncRepository(edges, { kind: "sync", repositoryId: facts.id });
          if (report?.upserts.length !== sources.size) throw new Error("Not everything was synced");
        },
        baseline: async () => {
          turn += 1;
          const rows = [...sources].map(([path, content]) => {
            gitBlobSha(Buffer.from(content));
            return { path, content, hash: createHash("sha256").update(content).digest("hex") };
          });
          await client.query(
            `insert into bare select $1, * from unnest($2::text[], $3::text[], $4::text[])
             on conflict (turn, path) do update set hash = excluded.hash, content = excluded.content`,
            [turn, rows.map(({ path }) => path), rows.map(({ hash }) => hash), rows.map(({ content }) => content)],
          );
          const pipeline = redis.pipeline();
          for (const row of rows) pipeline.set(`bare:${turn}:${row.path}`, JSON.stringify(row));
          await pipeline.exec();
        },
        close: async () => {
          await client.end();
          redis.disconnect();
          await cache.close();
          await servers.close();
        },
      };
    },
  },
];
