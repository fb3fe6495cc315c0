// Workers killed with SIGKILL at random moments while pushes land: whatever they leave behind is whole, and the next
// sync ends equal to the last trees.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Repository } from "../github/repository.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { isLongForm, patienceMs } from "./long-form.ts";
import { seededRandom } from "./random.ts";
import { expectHistory } from "./stored.ts";
import type { SyncProcessSettings } from "./sync-process.ts";
import { sampleTree } from "./trees.ts";

const killCount = isLongForm ? 200 : 20;
// Kills are spread over the time that a sync takes on this machine, and somewhat beyond it.
const spread = 1.3;
const seed = Number(process.env.BIFROST_TEST_SEED ?? 20_261_123);

let world: FaultWorld;
const started = new Set<ChildProcess>();

beforeAll(async () => {
  world = await startFaultWorld();
});

afterAll(async () => {
  await Promise.all([...started].map(kill));
  await world.close();
});

async function startProcess(): Promise<ChildProcess> {
  const settings: SyncProcessSettings = {
    databaseUrl: world.databaseUrl,
    redisUrl: world.redisServer.url,
    github: {
      appId: world.registered.id,
      privateKey: world.registered.privateKey,
      apiUrl: world.github.apiUrl,
      serverUrl: world.github.serverUrl,
    },
  };
  const child = fork(new URL("sync-process.ts", import.meta.url), {
    execArgv: [],
    env: { PATH: process.env.PATH, SYNC_PROCESS_SETTINGS: JSON.stringify(settings) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  started.add(child);
  const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (message !== "ready") throw new Error("The process ended before it was ready");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  started.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

test(`${killCount} workers killed at random moments leave whole revisions, and the next sync ends equal`, {
  timeout: Math.max(patienceMs, killCount * 10_000),
}, async () => {
  const random = seededRandom(seed);
  const folders = isLongForm ? ["one", "other"] : ["one"];
  const repositories = await Promise.all(folders.map((name) => world.repository(name, treeOf(name, 1))));
  let version = 1;
  let spare = startProcess();
  const syncMs = await measureSync(repositories, await spare);
  spare = startProcess();
  for (let killed = 0; killed < killCount; killed += 1) {
    const child = await spare;
    // A worker that has to wait has nothing to be killed in the middle of.
    world.renewAllowance();
    child.send(repositories.map(({ id }) => id));
    spare = startProcess();
    // Its failure is thrown where it is waited for, which another failure may come before.
    spare.catch(() => {});
    version += 1;
    const pushing = pushAll(repositories, version);
    await delay(random() * syncMs * spread);
    expect(child.signalCode ?? child.exitCode, `worker ${killed} of seed ${seed} ended by itself`).toBeNull();
    await kill(child);
    await pushing;
    await world.expectUnharmed();
  }
  await kill(await spare);
  world.renewAllowance();
  for (const repository of repositories) await world.sync(repository);
  await world.expectStored(Object.assign({}, ...folders.map((folder) => treeOf(folder, version))));
  await expectHistory(world, world.granted, world.trees);
  // Kills that all came too early would have tested nothing.
  expect((await world.store.revisions(world.granted, killCount * 2)).length).toBeGreaterThan(killCount / 4);
});

/** How long a new process needs until the repositories are synced. It is killed afterwards. */
async function measureSync(repositories: readonly Repository[], child: ChildProcess): Promise<number> {
  const startedAt = performance.now();
  child.send(repositories.map(({ id }) => id));
  const isSynced = async () =>
    (await world.store.repositories()).every(
      ({ syncedSha, reportedSha }) => syncedSha !== null && reportedSha !== null,
    );
  await expect.poll(isSynced, { interval: 5, timeout: 20_000 }).toBe(true);
  await kill(child);
  return performance.now() - startedAt;
}

function treeOf(folder: string, version: number) {
  return sampleTree(version, { folder });
}

async function pushAll(repositories: readonly Repository[], version: number): Promise<void> {
  for (const repository of repositories) await world.push(repository, treeOf(repository.name, version));
}
