// The queue on the embedded Postgres, where one session serves everybody.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connectJobs } from "../../src/jobs/connect.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import { connectStore } from "../../src/store/connect.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { idleHandlers } from "./handlers.ts";

let folder: string;
let embedded: EmbeddedPostgres;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-embedded-"));
  embedded = await startEmbeddedPostgres(folder);
  await migrateStore(embedded.url);
  store = await connectStore({ url: embedded.url, connectionsMax: 3 });
});
afterAll(async () => {
  await store.close();
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
});

async function connect(): Promise<Jobs> {
  const jobs = await connectJobs({ url: embedded.url, embedded: true, retryDelaySeconds: 1 });
  onTestFinished(() => jobs.close());
  return jobs;
}

test("a job that is queued in a transaction starts at once after its commit, and not at all after a rollback", async () => {
  const jobs = await connect();
  const seen: unknown[] = [];
  let committedAt = 0;
  let waitedMs = Number.POSITIVE_INFINITY;
  await jobs.work({
    ...idleHandlers,
    sync: async ({ repositoryId }) => {
      waitedMs = Math.min(waitedMs, performance.now() - committedAt);
      seen.push([repositoryId, (await store.grants()).length]);
    },
  });
  for (let time = 0; time < 3; time += 1) {
    await store.transaction(async (transaction) => {
      await jobs.enqueue({ kind: "sync", repositoryId: time }, transaction.sql);
      await transaction.addGrant({ kind: "account", scope: { kind: "global" }, accountId: time }, "ada");
      committedAt = performance.now();
    });
    await jobs.idle();
  }
  const failing = store.transaction(async (transaction) => {
    await jobs.enqueue({ kind: "sync", repositoryId: 99 }, transaction.sql);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await jobs.idle();
  expect(seen).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  // Polling alone takes a second.
  expect(waitedMs).toBeLessThan(500);
});

test("of one key one job runs and one waits, asked for from wherever", async () => {
  const [jobs, elsewhere] = [await connect(), await connect()];
  const entered = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let running = 0;
  let runs = 0;
  await jobs.work({
    ...idleHandlers,
    check: async () => {
      running += 1;
      runs += 1;
      expect(running).toBe(1);
      entered.resolve();
      await opened.promise;
      running -= 1;
    },
  });
  const job = { kind: "check", repositoryId: 1, pullNumber: 1, force: false } as const;
  await elsewhere.enqueue(job);
  await entered.promise;
  await Promise.all([jobs, elsewhere, jobs, elsewhere].map((queue) => queue.enqueue(job)));
  opened.resolve();
  await elsewhere.idle();
  expect(runs).toBe(2);
});

test("a job that fails on the embedded Postgres is tried again", async () => {
  const jobs = await connect();
  let runs = 0;
  await jobs.work({
    ...idleHandlers,
    sync: async () => {
      runs += 1;
      if (runs === 1) throw new Error("not now");
    },
  });
  await jobs.enqueue({ kind: "sync", repositoryId: 5 });
  await jobs.idle();
  expect(runs).toBe(2);
});
