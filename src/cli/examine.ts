// The deployment that the environment names, opened as far as it can be for an examination that changes nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inspectRedis } from "../cache/inspect.ts";
import { type Config, inspectConfig } from "../config.ts";
import type { Examination } from "../doctor/examination.ts";
import { examine } from "../doctor/examine.ts";
import { connectGitHubApp } from "../github/client.ts";
import { createSandbox } from "../sandbox/pool.ts";
import { connectStore } from "../store/connect.ts";
import { startEmbeddedPostgres } from "../store/embedded.ts";
import { lastingProcesses } from "../store/embedded-processes.ts";
import { type DatabaseFacts, inspectDatabase } from "../store/inspect.ts";
import type { Repository } from "../workspace/repository.ts";

/** Examines the deployment that the environment names, or these variables, and closes what it opened for that. */
export async function examineDeployment(variables?: NodeJS.ProcessEnv): Promise<Examination[]> {
  const { config, problems } = inspectConfig(variables);
  const isWrong = (name: string) => problems.some(({ variable }) => variable === name);
  const { app, redisUrl } = config;
  const database = isWrong("BIFROST_DATABASE_URL") ? undefined : databaseOf(config);
  const sandbox = createSandbox({ processes: 1 });
  try {
    return await examine({
      nodeVersion: process.versions.node,
      problems,
      isSetUp: app !== undefined,
      isDatabaseEmbedded: config.databaseUrl === undefined,
      database: database?.inspect,
      redis: redisUrl === undefined ? undefined : () => inspectRedis({ url: redisUrl }),
      app: app && connectGitHubApp({ ...app, apiUrl: config.githubApiUrl, serverUrl: config.githubServerUrl }),
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
}

/** The database that is named, or the embedded one; `undefined` where that was never started, as opening would make it. */
function databaseOf({ databaseUrl, dataFolder }: Config): OpenableDatabase | undefined {
  if (databaseUrl !== undefined) {
    return { inspect: () => inspectDatabase(databaseUrl), repositories: () => readRepositories(databaseUrl) };
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
