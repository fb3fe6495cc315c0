// The deployment that the environment names, opened as far as it can be for an examination that changes nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inspectRedis } from "../cache/inspect.ts";
import { type Config, inspectConfig } from "../config.ts";
import type { Examination } from "../doctor/examination.ts";
import { examine } from "../doctor/examine.ts";
import { connectGitHubApp } from "../github/client.ts";
import { provesClient } from "../github/user-tokens.ts";
import { createSandbox } from "../sandbox/pool.ts";
import { type CountArrivals, withArrivals } from "../store/arrivals.ts";
import { connectStore } from "../store/connect.ts";
import { startEmbeddedPostgres } from "../store/embedded.ts";
import { lastingProcesses } from "../store/embedded-processes.ts";
import { type DatabaseFacts, inspectDatabase } from "../store/inspect.ts";
import type { Repository } from "../workspace/repository.ts";

// GitHub's log is written within seconds as a rule; whoever waits longer is better served by looking again later.
const patienceMs = 60_000;
// A person waits for it.
const timeoutMs = 10_000;

export interface ExamineOptions {
  /** Whether GitHub is asked to send a webhook again, to see it arrive. */
  readonly redeliver: boolean;
}

/** Examines the deployment that the environment names, or these variables, and closes what it opened for that. */
export async function examineDeployment(
  { redeliver }: ExamineOptions,
  variables?: NodeJS.ProcessEnv,
): Promise<Examination[]> {
  const { config, problems } = inspectConfig(variables);
  const isWrong = (name: string) => problems.some(({ variable }) => variable === name);
  const { app, signIn, redisUrls, publicUrl, host, port, githubServerUrl: serverUrl } = config;
  const database = isWrong("BIFROST_DATABASE_URL") ? undefined : databaseOf(config);
  const sandbox = createSandbox({ processes: 1 });
  try {
    return await examine({
      nodeVersion: process.versions.node,
      problems,
      isSetUp: app !== undefined,
      isDatabaseEmbedded: config.databaseUrl === undefined,
      database: database?.inspect,
      redis: redisUrls === undefined ? undefined : () => inspectRedis({ url: redisUrls }),
      app: app && connectGitHubApp({ ...app, apiUrl: config.githubApiUrl, serverUrl }),
      webhookSecrets: app?.webhookSecrets ?? [],
      publicUrl,
      signIn: signIn && {
        clientId: signIn.clientId,
        baseUrl: publicUrl ?? `http://${host}:${port}`,
        isBaseUrlSet: publicUrl !== undefined,
      },
      provesClient: async () => signIn !== undefined && (await provesClient({ ...signIn, serverUrl, timeoutMs })),
      withArrivals: async (work) => {
        if (database === undefined) throw new Error("There is no database to look for arrivals in");
        return await database.withArrivals(work);
      },
      patienceMs: redeliver ? patienceMs : undefined,
      sandbox,
      repositories: database?.repositories ?? (async () => []),
    });
  } finally {
    await sandbox.close();
  }
}

interface OpenableDatabase {
  inspect(): Promise<DatabaseFacts>;
  repositories(): Promise<Repository[]>;
  withArrivals<T>(work: (countArrivals: CountArrivals) => Promise<T>): Promise<T>;
}

/** The database that is named, or the embedded one; `undefined` where that was never started, as opening would make it. */
function databaseOf({ databaseUrl, dataFolder }: Config): OpenableDatabase | undefined {
  if (databaseUrl !== undefined) {
    return {
      inspect: () => inspectDatabase(databaseUrl),
      repositories: () => readRepositories(databaseUrl),
      withArrivals: (work) => withArrivals(databaseUrl, work),
    };
  }
  const folder = join(dataFolder, "postgres");
  if (!existsSync(folder)) return undefined;
  const opened = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    const embedded = await startEmbeddedPostgres(folder);
    try {
      return await work(embedded.url);
    } finally {
      await embedded.close();
    }
  };
  return {
    async inspect() {
      const facts = await opened(inspectDatabase);
      const processes = await lastingProcesses(folder);
      return { ...facts, otherProcesses: processes.map((id) => `${id} on this machine`) };
    },
    repositories: () => opened(readRepositories),
    withArrivals: (work) => opened((url) => withArrivals(url, work)),
  };
}

async function readRepositories(url: string): Promise<Repository[]> {
  const store = await connectStore({ url, connectionsMax: 1 });
  try {
    return await store.repositories();
  } finally {
    await store.close();
  }
}
