// GitHub, Postgres and Redis for the fault tests, each a server that may be hurt, and our edges to them without anything
// between. Syncs are called directly: a test says which of them meets a fault, and the next one is the retry.
import { Redis } from "ioredis";
import { Pool } from "pg";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { connectGitHub } from "../../src/github/client.ts";
import type { GitHub } from "../../src/github/github.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { syncRepository } from "../../src/sync/sync-repository.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import type { RepositoryFacts } from "../../src/workspace/repository.ts";
import { type Scope, scopeOf } from "../../src/workspace/scope.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import type { RegisteredApp } from "../github/registered-app.ts";
import type { Repository } from "../github/repository.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { startThrowawayRedis, type ThrowawayRedis } from "../support/redis-server.ts";
import { readScope } from "./reader.ts";
import { expectPostgres, expectRedis, expectWhole } from "./stored.ts";
import { PushedTrees, type Tree } from "./trees.ts";

export interface FaultWorld {
  readonly github: GitHubEmulator;
  readonly registered: RegisteredApp;
  readonly databaseUrl: string;
  readonly database: Pool;
  /** Flushed, stopped and cut as a test pleases: nobody else uses it. */
  readonly redisServer: ThrowawayRedis;
  readonly redis: Redis;
  readonly store: Store;
  readonly cache: ModuleCache;
  readonly scope: Scope;
  readonly granted: WritableScope;
  readonly trees: PushedTrees;
  /** A client of its own, with tokens of its own and no memory of limits. */
  client(timeoutMs?: number): GitHub;
  /** A repository that is granted the scope, with these files pushed and nothing synced. */
  repository(name: string, tree: Tree): Promise<Repository>;
  push(repository: Repository, tree: Tree): Promise<string>;
  /** What the next delivery does to a repository that was thought to be out of reach. */
  seeAgain(repository: Repository): Promise<void>;
  /** Syncs with healthy edges, except those that are given. */
  sync(repository: Repository, edges?: Partial<{ github: GitHub; store: Store; cache: ModuleCache }>): Promise<void>;
  /** Expects Postgres to be wholly at some revision, and a reader of the cache to see one revision and no other. */
  expectUnharmed(): Promise<void>;
  /** Expects Postgres, its past and Redis to be equal to these files. */
  expectStored(tree: Tree): Promise<void>;
  /** Begins a new hour of GitHub's: hundreds of syncs ask for more than one allows. */
  renewAllowance(): void;
  /** Forgets everything stored and bound, as if nothing had ever been synced. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a world with one organisation; on a migrated database of the test's own, where one is named. */
export async function startFaultWorld(databaseUrl?: string): Promise<FaultWorld> {
  const [github, testDatabase, redisServer] = await Promise.all([
    startGitHub(),
    databaseUrl === undefined ? createTestDatabase() : { url: databaseUrl, drop: async () => {} },
    startThrowawayRedis(),
  ]);
  const registered = github.registerApp();
  const store = await connectStore({ url: testDatabase.url });
  const cache = await connectRedisCache({ url: redisServer.url });
  const database = new Pool({ connectionString: testDatabase.url, max: 2 });
  const redis = new Redis(redisServer.url);
  // Both come back by themselves; what they say while their server is away is what the test is about.
  database.on("error", () => {});
  redis.on("error", () => {});
  const trees = new PushedTrees();
  const account = github.createAccount("acme-inc");
  const installation = await registered.install(account);
  await store.saveInstallation({
    id: installation.id,
    accountId: account.id,
    accountLogin: account.login,
    accountType: "Organization",
    suspended: false,
  });
  const scope = scopeOf(await store.createOrganization("acme", "Acme", "fault test"));
  const granted = grantOperator(scope);
  const client = (timeoutMs?: number) =>
    connectGitHub({
      appId: registered.id,
      privateKey: registered.privateKey,
      apiUrl: github.apiUrl,
      serverUrl: github.serverUrl,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  const healthy = client();
  const factsOf = ({ id, name }: Repository): RepositoryFacts => ({
    ...{ id, name, installationId: installation.id, accountId: account.id, owner: account.login },
    ...{ defaultBranch: "main", private: true, archived: false },
  });

  return {
    ...{ github, registered, databaseUrl: testDatabase.url, database, redisServer, redis },
    ...{ store, cache, scope, granted, trees, client },
    async repository(name, tree) {
      const repository = await account.createRepository(name);
      await store.saveRepositories([factsOf(repository)]);
      await store.addGrant({ scope, kind: "repository", repositoryId: repository.id }, "fault test");
      await trees.push(repository, tree, "scope: acme\n");
      return repository;
    },
    push: (repository, tree) => trees.push(repository, tree),
    async seeAgain(repository) {
      const known = await store.repository(repository.id);
      if (known?.state === "detached") await store.saveRepositories([factsOf(repository)]);
    },
    async sync(repository, edges = {}) {
      await syncRepository({ github: healthy, store, cache, ...edges }, { kind: "sync", repositoryId: repository.id });
    },
    async expectUnharmed() {
      await expectWhole(database, scope, trees);
      const read = await readScope({ store, cache }, granted);
      const then = await store.filesAt(granted, read.revision);
      expectSame(read.files, Object.fromEntries(then.map(({ path, content }) => [path, content])));
    },
    async expectStored(tree) {
      const revision = await expectWhole(database, scope, trees);
      await expectPostgres({ database, store }, granted, tree);
      await expectRedis(redis, scope, tree, revision);
    },
    renewAllowance() {
      const allowance = github.rateLimits.of(`installation ${installation.id}`);
      allowance.remaining = allowance.limit;
    },
    async forget() {
      await database.query("truncate workspace_files, workspace_file_history, revisions");
      await database.query(
        `update repositories set scoped = false, organization_id = null, state = 'unbound', requested_scope = null,
          synced_sha = null, synced_at = null, reported_sha = null, last_sync = null`,
      );
      await redis.flushall();
    },
    async close() {
      redis.disconnect();
      await Promise.all([store.close(), cache.close(), database.end()]);
      await Promise.all([github.close(), testDatabase.drop(), redisServer.stop()]);
    },
  };
}

function expectSame(one: Tree, other: Tree): void {
  const sorted = (tree: Tree) => JSON.stringify(Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (sorted(one) !== sorted(other)) {
    throw new Error("A reader of the cache saw files of no single revision");
  }
}
