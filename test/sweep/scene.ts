// A GitHub, a database and a queue without workers: what a sweep queues stays there to be seen.
import { expect, onTestFinished } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import { connectJobs } from "../../src/jobs/connect.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { type SweepEdges, sweep } from "../../src/sweep/sweep.ts";
import type { Job, SweepName } from "../../src/workspace/job.ts";
import { startGitHub } from "../github/emulator.ts";
import type { Installation } from "../github/installation.ts";
import type { Repository } from "../github/repository.ts";
import { createTestDatabase } from "../support/postgres.ts";

/** Sets the scene and clears it away after the test, which fails where a request was not what GitHub describes. */
export async function setScene() {
  const [emulator, database] = await Promise.all([startGitHub(), createTestDatabase()]);
  const store: Store = await connectStore({ url: database.url });
  const jobs: Jobs = await connectJobs({ url: database.url });
  onTestFinished(async () => {
    await Promise.all([store.close(), jobs.close()]);
    await Promise.all([emulator.close(), database.drop()]);
    expect(emulator.violations).toEqual([]);
  });
  const app = emulator.registerApp();
  const { apiUrl, serverUrl } = emulator;
  const github = connectGitHub({ appId: app.id, privateKey: app.privateKey, apiUrl, serverUrl });
  const said: object[] = [];
  const log = { info: (details: object) => said.push(details), warn: (details: object) => said.push(details) };
  const edges = { github, store, jobs, log: log as unknown as SweepEdges["log"], refreshCaches: async () => {} };

  /** An account with the app and repositories, which the store knows. */
  const known = async (login: string, count = 1) => {
    const account = emulator.createAccount(login);
    const repositories: Repository[] = [];
    for (let number = 0; number < count; number += 1) {
      repositories.push(await account.createRepository(`modules-${number}`, { files: { "a.ts": "1" } }));
    }
    const installation: Installation = await app.install(account);
    await store.saveInstallation({
      id: installation.id,
      accountId: account.id,
      accountLogin: login,
      accountType: "Organization",
      suspended: false,
    });
    await store.saveRepositories(await github.installationRepositories(installation.id));
    return { account, installation, repositories };
  };

  return {
    ...{ emulator, database, store, jobs, app, github, said, known },
    sweep: (name: SweepName, installationId?: number) => {
      const job = { kind: "sweep", name, ...(installationId !== undefined && { installationId }) } as const;
      return sweep(edges, job, new AbortController().signal);
    },
    /** Keys of what is queued of a kind. */
    queued: async (kind: Job["kind"]) => (await jobs.unfinished(kind)).map(({ key }) => key).toSorted(),
    /** Empties the queue, as if everything were done. */
    emptyQueue: () => database.query("delete from bifrost_jobs.job where state < 'active'"),
    /** API requests since the last call, without those for tokens, as method, path and status. */
    asked: () =>
      emulator.requests
        .splice(0)
        .filter(({ path }) => !path.endsWith("/access_tokens"))
        .map(({ method, path, status }) => `${method} ${path} ${status}`),
    /** As if so many minutes had passed since the last look at each head. */
    letMinutesPass: (minutes: number) =>
      database.query(
        `update repository_heads set polled_at = polled_at - make_interval(mins => $1),
          queued_at = queued_at - make_interval(mins => $1)`,
        [minutes],
      ),
  };
}

export type Scene = Awaited<ReturnType<typeof setScene>>;

/** A delivery that arrived and was taken in. */
export function arrived(guid: string, repositoryId: number | null = null) {
  return {
    guid,
    event: "push",
    action: null,
    installationId: 1,
    repositoryId,
    state: "ignored",
    outcome: "",
  } as const;
}
