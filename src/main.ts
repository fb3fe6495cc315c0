// The map of the program: which edges there are, and which way takes which. Nothing is decided here.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { answerPress } from "./buttons/answer-press.ts";
import type { ModuleCache } from "./cache/cache.ts";
import { createMemoryCache } from "./cache/memory-cache.ts";
import { moveOldKeys } from "./cache/old-keys.ts";
import { connectRedisCache } from "./cache/redis-cache.ts";
import { checkCommit } from "./check/check-commit.ts";
import { checkPullRequest } from "./check/check-pull-request.ts";
import { storedLinks } from "./check/stored-links.ts";
import type { AppConfig, Config, SignInConfig } from "./config.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import type { DashboardSettings } from "./dashboard/settings.ts";
import { Fault } from "./errors.ts";
import { connectGitHub, connectGitHubApp } from "./github/client.ts";
import { parseDelivery } from "./github/delivery.ts";
import type { GitHub } from "./github/github.ts";
import { verifySignature } from "./github/signature.ts";
import { connectGitHubUsers } from "./github/users.ts";
import { type Dependency, healthRoutes } from "./http/health-routes.ts";
import type { Route } from "./http/http.ts";
import { metricsRoute } from "./http/metrics-route.ts";
import { createRateLimits, type RateLimits } from "./http/rate-limits.ts";
import { defaultHttpLimits, type HttpServer, startHttpServer } from "./http/server.ts";
import { notSetUpRoute, statusRoute } from "./http/status-route.ts";
import { webhookRoute } from "./http/webhook-route.ts";
import { createIntake } from "./intake/receive-delivery.ts";
import { connectJobs, defaultRestTimeoutMs } from "./jobs/connect.ts";
import type { Jobs } from "./jobs/jobs.ts";
import { migrateJobs } from "./jobs/migrate.ts";
import { createRecordCache, type RecordCache } from "./link/record-cache.ts";
import { withLogFields } from "./log.ts";
import { createParser } from "./parsing/parser.ts";
import { createSandbox } from "./sandbox/pool.ts";
import { connectStore } from "./store/connect.ts";
import { type EmbeddedOptions, startEmbeddedPostgres } from "./store/embedded.ts";
import { migrateStore } from "./store/migrate.ts";
import type { Store } from "./store/store.ts";
import { noticeRefusal } from "./sweep/notice-refusal.ts";
import { type SweepIntervals, scheduleSweeps, sweep, sweepIntervals } from "./sweep/sweep.ts";
import { concernOf } from "./sync/concern.ts";
import { discoverInstallation } from "./sync/discover-installation.ts";
import { queueGateCheck, queueGatedSync } from "./sync/gate.ts";
import { queueWaiting } from "./sync/queue-waiting.ts";
import { queueReleases, readReleases } from "./sync/read-releases.ts";
import { recordOutcome } from "./sync/record-outcome.ts";
import { refreshAll } from "./sync/refresh-all.ts";
import { refreshNamedScope } from "./sync/refresh-named-scope.ts";
import { syncRepository } from "./sync/sync-repository.ts";
import { queueLinks, tellLinks } from "./sync/tell-links.ts";
import { countOutcomes, type Outcomes, watchDependencies } from "./telemetry/outcomes.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import type { Job } from "./workspace/job.ts";
import type { SyncReport } from "./workspace/repository.ts";

/** `web` takes webhooks in, `worker` works on the jobs that they queue, `all` does both. */
export type Role = "all" | "web" | "worker";

/** Truth and queue, as the operator's commands need them. */
export interface Deployment {
  readonly store: Store;
  readonly jobs: Jobs;
  close(): Promise<void>;
}

/** The app while it runs. */
export interface RunningApp extends Deployment {
  readonly cache: ModuleCache;
  /** Where it listens; a worker answers health checks there, and listens nowhere where another process has the port. */
  readonly url: string | undefined;
}

/** Brings the database and Redis up to date and gives the names of the migrations that it took. */
export async function migrate(config: Config): Promise<{ readonly applied: readonly string[] }> {
  const database = await openDatabase(config);
  try {
    const { applied } = await migrateStore(database.url);
    await migrateJobs(database.url);
    const { moved } = config.redisUrls ? await moveOldKeys({ url: config.redisUrls }) : { moved: 0 };
    return { applied: moved === 0 ? applied : [...applied, `the move of ${moved} old keys in Redis`] };
  } finally {
    await database.close();
  }
}

/**
 * Opens store and queue of a deployment. An embedded database is brought up to date; a named one is as its operator left
 * it, and `store-outdated` says where that is not enough.
 */
export async function openDeployment(config: Config, log: Logger, options: EmbeddedOptions = {}): Promise<Deployment> {
  const closing: (() => Promise<void>)[] = [];
  const close = () => closeAll(closing);
  try {
    const database = await openDatabase(config, options);
    closing.push(database.close);
    if (database.embedded) await migrateStore(database.url);
    const store = await connectStore({ url: database.url, ...(database.embedded && { connectionsMax: 3 }) });
    closing.push(store.close);
    await store.ready();
    const around = async <T>(job: Job, work: () => Promise<T>) =>
      withLogFields({ ...(await concernOf({ store }, job)) }, work);
    const jobs = await connectJobs({ url: database.url, embedded: database.embedded, around, log });
    closing.push(jobs.close);
    return { store, jobs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface AppOptions {
  /** What the process measures, where it was started with `startTelemetry`; then it is told at `/metrics`. */
  readonly telemetry?: Pick<Telemetry, "metrics">;
  /** How often what webhooks did not tell is looked for. Default: as often as each sweep should be. */
  readonly sweeps?: SweepIntervals;
  /** How long after a push it is looked at what of it does not link. Default: 3 seconds. */
  readonly linksDelayMs?: number;
  /** Ends a start that is not wanted any more, between two of its steps. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the app and resolves when it takes requests and jobs. Throws `Fault` where something it needs is not there, and what
 * `signal` was aborted with. To close it takes no longer than `closeMsMax` says.
 */
export async function startApp(config: Config, role: Role, log: Logger, options: AppOptions = {}): Promise<RunningApp> {
  if (role !== "all" && (config.databaseUrl === undefined || config.redisUrls === undefined)) {
    throw new Fault("config-invalid", `Cannot start the role "${role}" as it shares its work with other processes`, {
      remedy: "Set BIFROST_DATABASE_URL and BIFROST_REDIS_URL, or leave --role out",
    });
  }
  const { signal } = options;
  const closing: (() => Promise<void>)[] = [];
  try {
    if (config.databaseUrl !== undefined) {
      const { isWalled } = await migrateStore(config.databaseUrl);
      if (!isWalled) log.warn('The database does not hold scopes apart by itself: "bifrost doctor" says what it lacks');
    }
    signal?.throwIfAborted();
    const deployment = await openDeployment(config, log, { lasting: true });
    closing.push(deployment.close);
    const { store, jobs } = deployment;
    const cache = config.redisUrls ? await connectRedisCache({ url: config.redisUrls }) : createMemoryCache();
    closing.push(cache.close);
    const parser = createParser();
    closing.push(parser.close);
    const outcomes = countOutcomes();
    const records = createRecordCache({ parseMany: parser.parse, onRead: outcomes.recordsRead });
    const listening = { port: config.port };
    if (role !== "web") await refreshAll({ store, cache, log }, signal);
    signal?.throwIfAborted();
    if (role !== "web" && config.app) {
      closing.push(
        await startWork(
          connectToGitHub(config, config.app, log),
          {
            ...{ store, jobs, cache, records, historyDays: config.historyDays },
            linksDelayMs: options.linksDelayMs ?? defaultLinksDelayMs,
            publicUrl: () => publicUrlOf(config, listening),
          },
          outcomes,
          log,
        ),
      );
      scheduleSweeps(jobs, options.sweeps ?? sweepIntervals);
    }
    const watched = dependencies({ store, cache }, config.redisUrls !== undefined);
    watchDependencies(watched);
    const { host, port, metricsPort, trustedProxies } = config;
    const limits = createRateLimits({ log });
    const metrics = options.telemetry ? [metricsRoute(options.telemetry.metrics, limits)] : [];
    if (metricsPort !== undefined) {
      closing.push((await startHttpServer({ host, port: metricsPort, log, trustedProxies, routes: metrics })).close);
    }
    const stopping = { isAsked: false };
    const health = healthRoutes({ dependencies: watched, log, isStopping: () => stopping.isAsked });
    const own = [...health, ...(metricsPort === undefined ? metrics : [])];
    const server = await startHttpServer({
      host,
      port,
      log,
      trustedProxies,
      routes: role === "worker" ? own : [...own, ...routes(config, { store, jobs, records, limits, log, listening })],
    }).catch((error: unknown) => {
      // On one machine the web role has the port, and a worker works all the same.
      if (role !== "worker" || !isAddressTaken(error)) throw error;
      log.warn({ host, port }, "The port is taken: this worker answers no health checks");
      return undefined;
    });
    if (server) listening.port = Number(new URL(server.url).port);
    const close = async () => {
      stopping.isAsked = true;
      try {
        await letGo(server, jobs, config.drainMs);
      } finally {
        await closeAll(closing);
      }
    };
    return { store, jobs, cache, url: server?.url, close };
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

/** Lets go of what is under way: no more jobs at once, requests for a while longer, and both to their end. */
async function letGo(server: HttpServer | undefined, jobs: Jobs, drainMs: number): Promise<void> {
  const rested = jobs.rest();
  server?.drain();
  if (server && drainMs > 0) await setTimeout(drainMs);
  // A webhook under way still queues its jobs, so the queue is closed after both.
  await Promise.all([server?.close(), rested]);
}

// For what is closed after requests and jobs have ended: connections, the sandbox's processes, the last of the traces.
const closeRestMs = 8_000;

/** How long it may take at most to close the app, in milliseconds. */
export function closeMsMax(role: Role, drainMs: number): number {
  const requestsMs = drainMs + defaultHttpLimits.closeTimeoutMs;
  return closeRestMs + (role === "web" ? requestsMs : Math.max(requestsMs, defaultRestTimeoutMs));
}

/** What the process works with, as its health is told. */
function dependencies({ store, cache }: { store: Store; cache: ModuleCache }, hasRedis: boolean): Dependency[] {
  const postgres = { name: "postgres", required: true, check: () => store.ready() };
  // Without Redis executors read Postgres, and its refresh is made up for later.
  return hasRedis ? [postgres, { name: "redis", required: false, check: () => cache.ready() }] : [postgres];
}

function isAddressTaken(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : error;
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

interface WorkEdges {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly cache: ModuleCache;
  readonly records: RecordCache;
  readonly historyDays: number | undefined;
  readonly linksDelayMs: number;
  /** Where browsers reach the dashboard, once it is known; nothing where there is none. */
  readonly publicUrl: () => string | undefined;
}

// To link a scope of 10,000 files keeps a process busy for a second: pushes that follow each other are looked at once.
const defaultLinksDelayMs = 3_000;

/** Starts the workers, and gives what ends them. */
async function startWork(
  github: GitHub,
  { store, jobs, cache, records, historyDays, linksDelayMs, publicUrl }: WorkEdges,
  outcomes: Outcomes,
  log: Logger,
): Promise<() => Promise<void>> {
  const sandbox = createSandbox({
    onWalls: (walls) => {
      if (Object.values(walls).every((stands) => stands))
        log.info({ walls }, "Workflows run behind the kernel's walls");
      else log.warn({ walls }, "Not all of the kernel's walls stand around workflows: bifrost doctor says what to do");
    },
  });
  const checkEdges = {
    ...{ github, store, jobs, sandbox, records },
    get publicUrl() {
      return publicUrl();
    },
  };
  const onReported = (repositoryId: number, report: SyncReport) =>
    queueLinks({ store, jobs, delayMs: linksDelayMs }, repositoryId, report);
  await jobs.work({
    discover: noticeRefusal({ store, jobs }, (job) => discoverInstallation({ github, store, jobs }, job)),
    sync: noticeRefusal({ store, jobs }, async (job) => {
      const report = await recordOutcome({ github, store }, job, () =>
        syncRepository({ ...{ github, store, cache, onReported }, publicUrl: publicUrl(), isWatched: true }, job),
      );
      if (report === undefined) return;
      await queueWaiting({ store, jobs }, job, report);
      await queueReleases({ store, jobs }, job.repositoryId, report);
      await queueGateCheck({ store, jobs }, job.repositoryId, report);
      const { state, scope, revision, commit, counts } = report;
      outcomes.synced(state);
      log.info(
        { repositoryId: job.repositoryId, state, scope, revision, commit, ...counts },
        "A repository was synced",
      );
    }),
    check: noticeRefusal({ store, jobs }, async (job, signal) => {
      const verdict = await recordOutcome({ github, store }, job, () => checkPullRequest(checkEdges, job, signal));
      const { repositoryId, pullNumber } = job;
      if (verdict === undefined) return;
      outcomes.checked(verdict.conclusion);
      log.info({ repositoryId, pullNumber, conclusion: verdict.conclusion }, "A pull request was checked");
    }),
    "check-commit": noticeRefusal({ store, jobs }, async (job, signal) => {
      const { repositoryId, commit } = job;
      const asked = { kind: "check", repositoryId } as const;
      const verdict = await recordOutcome({ github, store }, asked, () => checkCommit(checkEdges, job, signal));
      await queueGatedSync({ store, jobs }, repositoryId);
      if (verdict === undefined) return;
      outcomes.checked(verdict.conclusion);
      log.info({ repositoryId, commit, conclusion: verdict.conclusion }, "A commit was checked");
    }),
    press: noticeRefusal({ store, jobs }, async (job) => {
      const { repositoryId, button, user } = job;
      const isDone = await answerPress({ github, store, jobs }, job);
      log.info({ repositoryId, button, by: user.login, isDone }, "A button was pressed");
    }),
    refresh: (job) => refreshNamedScope({ store, cache }, job),
    releases: async (job) => {
      const changes = await readReleases({ github, store, jobs }, job);
      if (changes) log.info({ repositoryId: job.repositoryId, ...changes }, "Tags were read");
    },
    links: noticeRefusal({ store, jobs }, async (job, signal) => {
      const found = await tellLinks(
        {
          ...{ github, store, publicUrl: publicUrl() },
          findLinks: (granted, revisions) => storedLinks(checkEdges, { granted, ...revisions, signal }),
        },
        job,
      );
      if (found === undefined) return;
      const { broken, brokenWorkflows, known } = found;
      const { repositoryId } = job;
      log.info({ repositoryId, broken: broken.length, brokenWorkflows, known: known.length }, "A sync was linked");
    }),
    sweep: (job, signal) => {
      const refreshCaches = () => refreshAll({ store, cache, log }, signal);
      return sweep({ github, store, jobs, log, refreshCaches, historyDays }, job, signal);
    },
  });
  // Jobs under way still need the sandbox, so they end first.
  return async () => {
    await jobs.close();
    await sandbox.close();
  };
}

/** The port, once it is known which one the system chose. */
interface Listening {
  readonly port: number;
}

/** Where browsers reach this server. */
function baseUrlOf({ publicUrl, host }: Config, { port }: Listening): string {
  return publicUrl ?? `http://${host}:${port}`;
}

/** Where browsers reach the dashboard; undefined where nobody can sign in, and so there is none. */
function publicUrlOf(config: Config, listening: Listening): string | undefined {
  return config.signIn === undefined ? undefined : baseUrlOf(config, listening);
}

interface WebEdges {
  readonly listening: Listening;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly records: RecordCache;
  readonly limits: RateLimits;
  readonly log: Logger;
}

function routes(config: Config, edges: WebEdges): Route[] {
  const { app, signIn } = config;
  const status = statusRoute({ isSetUp: app !== undefined });
  if (app === undefined) return [status, notSetUpRoute("/api/github/webhooks")];
  const takeIn = createIntake(edges);
  const webhooks = webhookRoute({
    limits: edges.limits,
    appId: app.appId,
    verify: (rawBody, header) => verifySignature(app.webhookSecrets, rawBody, header),
    accept: (headers, rawBody) => takeIn(parseDelivery(headers, rawBody)),
  });
  // The dashboard answers whatever nothing else does.
  return signIn === undefined ? [status, webhooks] : [webhooks, ...dashboard(config, app, signIn, edges)];
}

function dashboard(config: Config, app: AppConfig, signIn: SignInConfig, edges: WebEdges): Route[] {
  const { githubApiUrl, githubServerUrl, operators } = config;
  const users = connectGitHubUsers({
    ...signIn,
    apiUrl: githubApiUrl,
    serverUrl: githubServerUrl,
    userAgent: "bifrost-modules",
    log: edges.log,
    // Somebody looks at an empty page meanwhile.
    timeoutMs: 10_000,
  });
  const settings: DashboardSettings = {
    get baseUrl() {
      return baseUrlOf(config, edges.listening);
    },
    githubServerUrl,
    operators,
    secret: signIn.clientSecret,
  };
  const itself = connectGitHubApp({ ...app, apiUrl: githubApiUrl, serverUrl: githubServerUrl, log: edges.log });
  return createDashboard({ ...edges, users, app: itself }, settings);
}

function connectToGitHub(config: Config, app: AppConfig, log: Logger): GitHub {
  return connectGitHub({
    appId: app.appId,
    privateKey: app.privateKey,
    apiUrl: config.githubApiUrl,
    serverUrl: config.githubServerUrl,
    log,
  });
}

/** The database that the configuration names, or the embedded one. */
async function openDatabase(
  config: Config,
  options: EmbeddedOptions = {},
): Promise<{ readonly url: string; readonly embedded: boolean; close(): Promise<void> }> {
  if (config.databaseUrl !== undefined) {
    return { url: config.databaseUrl, embedded: false, close: async () => {} };
  }
  const embedded = await startEmbeddedPostgres(join(config.dataFolder, "postgres"), options);
  return { url: embedded.url, embedded: true, close: embedded.close };
}

/** Closes in the reverse order of opening; one that fails does not keep the others open. */
async function closeAll(closing: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let close = closing.pop(); close !== undefined; close = closing.pop()) {
    await close().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, "Not everything could be closed");
}
