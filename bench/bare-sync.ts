// The bare parts of a first sync, one after the other and nothing besides: gunzip and untar, both digests of each file, one
// bulk upsert with unnest into the columns and the constraint that files have, one Redis pipeline of SETs.
import { gunzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { Client } from "pg";
import { contentHash, gitBlobSha } from "../src/digest.ts";
import { packArchive, plainTarFiles } from "./archive.ts";
import type { Sources } from "./modules.ts";
import type { Servers } from "./servers.ts";

export interface BareSync {
  run(): Promise<void>;
  close(): Promise<void>;
}

export async function openBareSync(servers: Servers, files: Sources): Promise<BareSync> {
  const redis = new Redis(servers.redisUrl);
  const client = new Client({ connectionString: servers.databaseUrl });
  await client.connect();
  await client.query(
    `create table bare (
      id uuid primary key default gen_random_uuid(), organization_id uuid, path text not null, entity_type text not null,
      content text not null, content_hash text not null, git_sha text, size_bytes integer not null,
      repository_id bigint, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
      unique nulls not distinct (organization_id, path))`,
  );
  const archive = packArchive("bare", files);
  const paths = [...files.keys()];
  return {
    async run() {
      const organizationId = crypto.randomUUID();
      const rows = Array.from(plainTarFiles(gunzipSync(archive)), (bytes, index) => ({
        path: paths[index] ?? "",
        content: bytes.toString(),
        hash: contentHash(bytes),
        gitSha: gitBlobSha(bytes),
        sizeBytes: bytes.length,
      }));
      await client.query(
        `insert into bare (organization_id, repository_id, entity_type, path, content, content_hash, git_sha, size_bytes)
        select $1::uuid, 1, 'module', given.*
        from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[]) as given
        on conflict (organization_id, path) do update set
          content = excluded.content, content_hash = excluded.content_hash, git_sha = excluded.git_sha,
          size_bytes = excluded.size_bytes, updated_at = now()`,
        [
          organizationId,
          rows.map(({ path }) => path),
          rows.map(({ content }) => content),
          rows.map(({ hash }) => hash),
          rows.map(({ gitSha }) => gitSha),
          rows.map(({ sizeBytes }) => sizeBytes),
        ],
      );
      const pipeline = redis.pipeline();
      for (const { path, content, hash } of rows) {
        pipeline.set(`bare:${organizationId}:${path}`, JSON.stringify({ content, path, hash }));
      }
      await pipeline.exec();
    },
    async close() {
      await client.end();
      redis.disconnect();
    },
  };
}
