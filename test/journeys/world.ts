// A small world for a journey: GitHub, a Postgres database and a Redis of its own, and the whole app between them.
import type { Logger } from "pino";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { readConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import { type AppOptions, type RunningApp, startApp } from "../../src/main.ts";
import type { SweepIntervals } from "../../src/sweep/sweep.ts";
import type { SweepName } from "../../src/workspace/job.ts";
import { type Scope, scopeOf } from "../../src/workspace/scope.ts";
import type { Account } from "../github/account.ts";
import type { CheckRun } from "../github/check-run.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import type { RegisteredApp } from "../github/registered-app.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { claimRedis, type TestRedis } from "../support/redis.ts";

export interface World {
  readonly github: GitHubEmulator;
  readonly registered: RegisteredApp;
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly app: RunningApp;
  readonly cache: ModuleCache;
  /** Creates an organisation, and gives its scope. */
  organization(slug: string): Promise<Scope>;
  /** A repository with the app installed and nothing granted. */
  repository(owner: string, files: TreeChanges): Promise<Repository>;
  /** A repository that feeds a scope: with its file, the app installed, granted and synced. */
  boundRepository(owner: string, scope: Scope, files: TreeChanges, settings?: string): Promise<Repository>;
  /** Resolves when every delivery is answered and every job is done. */
  settled(): Promise<void>;
  /** Does one sweep, and resolves when everything that came of it is done. */
  swept(name: SweepName): Promise<void>;
  /** Stops the app and starts it anew on the same database and Redis; as `web`, without anybody who works on jobs. */
  restart(role?: "all" | "web"): Promise<void>;
  close(): Promise<void>;
}

/** Signs somebody in by GitHub's pages, and gives the cookies that the app set, as a request sends them. */
export async function signIn(world: { readonly app: Pick<RunningApp, "url"> }, login: string): Promise<string> {
  const { url } = world.app;
  const begun = await fetch(`${url}/login/github`, { redirect: "manual" });
  const attempt = begun.headers.getSetCookie().map(pairOf).join("; ");
  const asked = new URL(begun.headers.get("location") ?? "");
  const pressed = await fetch(`${asked.origin}${asked.pathname}`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([...asked.searchParams, ["login", login]]),
  });
  const back = pressed.headers.get("location") ?? "";
  const done = await fetch(back, { redirect: "manual", headers: { cookie: attempt } });
  return done.headers
    .getSetCookie()
    .map(pairOf)
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}

function pairOf(cookie: string): string {
  return cookie.split(";", 1)[0] ?? "";
}

const webhookSecret = "the secret of the journeys";

export interface WorldOptions {
  /** Another Redis than the world's own; null: none, so that the app has its cache in process. */
  readonly redisUrl?: string | null;
  /** Which sweeps happen by themselves, and how often. Default: none. */
  readonly sweeps?: SweepIntervals;
  /** Where the app logs to. Default: nowhere. */
  readonly log?: Logger;
  /** What the process measures, to be told at `/metrics`. */
  readonly telemetry?: AppOptions["telemetry"];
  /** A database and a Redis with something in them, in place of new ones; closed with the world. */
  readonly database?: TestDatabase;
  readonly redis?: TestRedis;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { redisUrl, sweeps = {} } = options;
  const [github, database, redis] = await Promise.all([
    startGitHub(),
    options.database ?? createTestDatabase(),
    options.redis ?? claimRedis(),
  ]);
  const registered = github.registerApp({ webhookSecret });
  const start = async (role: "all" | "web" = "all") => {
    const config = readConfig({
      APP_ID: `${registered.id}`,
      PRIVATE_KEY: registered.privateKey,
      WEBHOOK_SECRET: webhookSecret,
      GITHUB_CLIENT_ID: registered.clientId,
      GITHUB_CLIENT_SECRET: registered.clientSecret,
      BIFROST_OPERATORS: "operator",
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      BIFROST_DATABASE_URL: database.url,
      ...(redisUrl !== null && { BIFROST_REDIS_URL: redisUrl ?? redis.url }),
      HOST: "127.0.0.1",
      PORT: "0",
    });
    const app = await startApp(config, role, options.log ?? createLog("silent"), {
      linksDelayMs: 0,
      sweeps,
      ...(options.telemetry && { telemetry: options.telemetry }),
    });
    registered.webhookUrl = `${app.url}/api/github/webhooks`;
    registered.callbackUrls = [`${app.url}/login/callback`];
    return app;
  };
  let app = await start();

  const settled = async () => {
    await github.deliveries.settled();
    await app.jobs.idle();
  };
  const accountOf = async (owner: string): Promise<Account> =>
    github.accountNamed(owner) ?? github.createAccount(owner);
  const install = async (account: Account) => {
    if (!registered.installations.some((installation) => installation.account === account)) {
      await registered.install(account, { repositories: "all" });
    }
    await settled();
  };

  return {
    github,
    registered,
    database,
    redis,
    get app() {
      return app;
    },
    get cache() {
      return app.cache;
    },
    organization: async (slug) => scopeOf(await app.store.createOrganization(slug, slug, "journey")),
    async repository(owner, files) {
      const account = await accountOf(owner);
      const repository = await account.createRepository("bifrost-modules", { files });
      await install(account);
      return repository;
    },
    async boundRepository(owner, scope, files, settings = "") {
      const manifest = `scope: ${scope.kind === "global" ? "global" : scope.slug}\n${settings}`;
      const account = await accountOf(owner);
      const name =
        account.repositories.length === 0 ? "bifrost-modules" : `bifrost-modules-${account.repositories.length}`;
      const repository = await account.createRepository(name, { files: { ".github/bifrost.yml": manifest, ...files } });
      await app.store.addGrant({ scope, kind: "repository", repositoryId: repository.id }, "journey");
      await install(account);
      await settled();
      // On a busy machine the sync of the first push may have looked before the grant was there.
      if ((await app.store.repository(repository.id))?.state === "pending") {
        await app.jobs.enqueue({ kind: "sync", repositoryId: repository.id });
        await settled();
      }
      return repository;
    },
    settled,
    async swept(name) {
      await app.jobs.enqueue({ kind: "sweep", name });
      // GitHub delivers what it was asked for after it answered.
      await app.jobs.idle();
      await settled();
    },
    async restart(role) {
      await app.close();
      app = await start(role);
    },
    async close() {
      await app.close();
      await Promise.all([github.close(), database.drop(), redis.close()]);
    },
  };
}

/** The newest check run of a name on a commit. */
export function checkRun(repository: Repository, sha: string, name: "bifrost" | "bifrost/sync"): CheckRun {
  const found = repository.checkRuns(sha).findLast((run) => run.name === name);
  if (found === undefined) throw new Error(`${repository.fullName} has no check run ${name} on ${sha}`);
  return found;
}
