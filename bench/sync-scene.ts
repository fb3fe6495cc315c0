// What a sync needs: GitHub over HTTP, Postgres and Redis, and the edges to them as the app builds them.
import type { ModuleCache } from "../src/cache/cache.ts";
import { connectRedisCache } from "../src/cache/redis-cache.ts";
import { connectGitHub } from "../src/github/client.ts";
import type { GitHub } from "../src/github/github.ts";
import type { Store } from "../src/store/store.ts";
import { makeFiles } from "./files.ts";
import { boundTree } from "./github-in-memory.ts";
import { type GitHubServer, startGitHubServer } from "./github-server.ts";
import type { Sources } from "./modules.ts";
import { type BoundRepository, createBoundRepository } from "./repository.ts";
import { type Servers, startServers } from "./servers.ts";

export interface SyncScene {
  readonly servers: Servers;
  readonly server: GitHubServer;
  readonly edges: { readonly github: GitHub; readonly store: Store; readonly cache: ModuleCache };
  /** 10,000 files, 30 MB. */
  readonly files: Sources;
  /** A repository with all the files and some more, granted, which nobody has synced yet. */
  newRepository(more?: Readonly<Record<string, string>>): Promise<BoundRepository>;
  close(): Promise<void>;
}

export async function openSyncScene(): Promise<SyncScene> {
  const servers = await startServers();
  const server = await startGitHubServer();
  const cache = await connectRedisCache({ url: servers.redisUrl });
  const github = connectGitHub({ appId: 1, privateKey: server.privateKey, apiUrl: server.apiUrl });
  const files = makeFiles(10_000, 2_950);
  return {
    servers,
    server,
    edges: { github, store: servers.store, cache },
    files,
    async newRepository(more = {}) {
      const repository = await createBoundRepository(servers.store);
      const all = new Map([...boundTree(repository.slug, files), ...Object.entries(more)]);
      await server.commit(repository.facts, all, true);
      return repository;
    },
    async close() {
      await cache.close();
      await server.close();
      await servers.close();
    },
  };
}
