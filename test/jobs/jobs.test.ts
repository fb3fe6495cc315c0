// The queue on Postgres: durable with its transaction, one running and one waiting a key, started at once, tried again.
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { connectJobs, type JobsOptions } from "../../src/jobs/connect.ts";
import type { JobHandler, Jobs } from "../../src/jobs/jobs.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { CheckJob, SyncJob } from "../../src/workspace/job.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { idleHandlers } from "./handlers.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function connect(options: Partial<JobsOptions> = {}): Promise<Jobs> {
  const jobs = await connectJobs({ url: database.url, retryDelaySeconds: 1, ...options });
  onTestFinished(() => jobs.close());
  return jobs;
}

const handlers = (given: { sync?: JobHandler<SyncJob>; check?: JobHandler<CheckJob> }) => ({
  ...idleHandlers,
  ...given,
});

/** A gate that a handler waits at, and that says when one has come to it. */
function gate() {
  const entered = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    pass: () => {
      entered.resolve();
      return opened.promise;
    },
    entered: entered.promise,
    open: opened.resolve,
  };
}

let lastId = 0;
const syncJob = (): SyncJob => ({ kind: "sync", repositoryId: ++lastId });
const checkJob = (force = false): CheckJob => ({ kind: "check", repositoryId: ++lastId, pullNumber: 1, force });

test("enqueue() inside a transaction makes a job that starts after the commit, and none after a rollback", async () => {
  const store = await connectStore({ url: database.url });
  onTestFinished(() => store.close());
  const jobs = await connect();
  const [kept, lost] = [syncJob(), syncJob()];
  const seen: unknown[] = [];
  await jobs.work(
    handlers({
      sync: async (job) => {
        // The transaction's own rows are there by the time its job starts.
        seen.push([job, (await store.grants()).length]);
      },
    }),
  );
  await store.transaction(async (transaction) => {
    await jobs.enqueue(kept, transaction.sql);
    await transaction.addGrant({ kind: "account", scope: { kind: "global" }, accountId: 1 }, "ada");
  });
  const failing = store.transaction(async (transaction) => {
    await jobs.enqueue(lost, transaction.sql);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await jobs.idle();
  expect(seen).toEqual([[kept, 1]]);
});

test("of one key one job runs and one waits, and further ones are merged into the waiting one", async () => {
  const jobs = await connect();
  const job = syncJob();
  const first = gate();
  let running = 0;
  let runs = 0;
  await jobs.work(
    handlers({
      sync: async () => {
        running += 1;
        runs += 1;
        expect(running).toBe(1);
        if (runs === 1) await first.pass();
        running -= 1;
      },
    }),
  );
  await jobs.enqueue(job);
  await first.entered;
  await Promise.all(Array.from({ length: 10 }, () => jobs.enqueue(job)));
  first.open();
  await jobs.idle();
  expect(runs).toBe(2);
});

test("jobs of different keys run at once, and two processes never run one key together", async () => {
  const [one, other] = [await connect({ concurrency: 2 }), await connect({ concurrency: 2 })];
  const running = new Set<number>();
  let most = 0;
  const runs: number[] = [];
  const all = gate();
  const sync = async ({ repositoryId }: SyncJob) => {
    expect(running.has(repositoryId)).toBe(false);
    running.add(repositoryId);
    most = Math.max(most, running.size);
    if (running.size === 4) all.open();
    await all.pass();
    runs.push(repositoryId);
    running.delete(repositoryId);
  };
  await one.work(handlers({ sync }));
  await other.work(handlers({ sync }));
  const queued = Array.from({ length: 20 }, syncJob);
  await Promise.all(queued.flatMap((job) => [one.enqueue(job), other.enqueue(job)]));
  await one.idle();
  expect(most).toBe(4);
  expect(new Set(runs)).toEqual(new Set(queued.map(({ repositoryId }) => repositoryId)));
});

test("a job starts long before the next poll, in whichever process works", async () => {
  const [worker, asking] = [await connect(), await connect()];
  const started = new Map<number, PromiseWithResolvers<void>>();
  await worker.work(handlers({ sync: async ({ repositoryId }) => started.get(repositoryId)?.resolve() }));
  const waits: number[] = [];
  for (let time = 0; time < 10; time += 1) {
    const job = syncJob();
    const start = Promise.withResolvers<void>();
    started.set(job.repositoryId, start);
    const asked = performance.now();
    await asking.enqueue(job);
    await start.promise;
    waits.push(performance.now() - asked);
  }
  // Polling alone takes two seconds. The middle of ten leaves room for a busy machine.
  expect(waits.sort((a, b) => a - b)[5]).toBeLessThan(500);
});

test("a job that fails is tried again, and the queue says so without the error's message", async () => {
  const said: [object, string][] = [];
  const log = {
    warn: (...line: [object, string]) => said.push(line),
    error: (...line: [object, string]) => said.push(line),
  };
  const jobs = await connect({ log });
  let runs = 0;
  await jobs.work(
    handlers({
      sync: async () => {
        runs += 1;
        if (runs === 1) throw new Error("postgres://bifrost:open-sesame@db");
      },
    }),
  );
  await jobs.enqueue(syncJob());
  await jobs.idle();
  expect(runs).toBe(2);
  expect(said).toMatchObject([[{ kind: "sync", code: "Error", attempt: 1 }, "A job failed"]]);
  const rows = await database.query("select output::text as output from bifrost_jobs.job");
  expect(JSON.stringify([rows, said])).not.toContain("open-sesame");
});

test("a fault that trying again cannot mend ends its job at once", async () => {
  const jobs = await connect();
  let runs = 0;
  await jobs.work(
    handlers({
      sync: async () => {
        runs += 1;
        throw new Fault("unknown-repository", "There is no such repository");
      },
    }),
  );
  await jobs.enqueue(syncJob());
  await jobs.idle();
  expect(runs).toBe(1);
});

test("a fault's retryAt postpones the job to then, and does not count as a try", async () => {
  const jobs = await connect();
  const attempts: number[] = [];
  let retryAt = new Date();
  await jobs.work(
    handlers({
      sync: async () => {
        attempts.push(Date.now());
        if (attempts.length > 1) return;
        retryAt = new Date(Date.now() + 1500);
        throw new Fault("github-unavailable", "The rate limit is used up", { retryAt });
      },
    }),
  );
  const job = syncJob();
  await jobs.enqueue(job);
  await jobs.idle();
  expect(attempts).toHaveLength(2);
  expect(attempts[1]).toBeGreaterThanOrEqual(retryAt.getTime());
  const [row] = await database.query(
    "select max(retry_count)::int as tries from bifrost_jobs.job where singleton_key = $1",
    [`${job.repositoryId}`],
  );
  expect(row).toEqual({ tries: 0 });
});

test("a forced check is not lost when it is merged into one that waits", async () => {
  const jobs = await connect();
  const job = checkJob();
  const first = gate();
  const seen: boolean[] = [];
  await jobs.work(
    handlers({
      check: async ({ force }) => {
        seen.push(force);
        if (seen.length === 1) await first.pass();
      },
    }),
  );
  await jobs.enqueue(job);
  await first.entered;
  await jobs.enqueue(job);
  await jobs.enqueue({ ...job, force: true });
  await jobs.enqueue(job);
  first.open();
  await jobs.idle();
  expect(seen).toEqual([false, true]);
});

test("a forced check that fails while another try of its key is due hands its force on", async () => {
  const jobs = await connect();
  const job = checkJob();
  const seen: boolean[] = [];
  await jobs.work(
    handlers({
      check: async ({ force }) => {
        seen.push(force);
        if (seen.length > 2) return;
        // While this one fails, another is asked for, which then fails beside it.
        if (seen.length === 1) await jobs.enqueue({ ...job, force: true });
        throw new Error("not now");
      },
    }),
  );
  await jobs.enqueue(job);
  await jobs.idle();
  expect(seen).toEqual([false, true, true]);
});

test("a job that is merged inside a transaction waits for it, so that its worker sees what was written", async () => {
  const store = await connectStore({ url: database.url });
  onTestFinished(() => store.close());
  const [asking, working] = [await connect(), await connect()];
  const job = syncJob();
  const seen: number[] = [];
  await asking.enqueue(job);
  await store.transaction(async (transaction) => {
    await transaction.addGrant({ kind: "account", scope: { kind: "global" }, accountId: 4711 }, "ada");
    await asking.enqueue(job, transaction.sql);
    // Workers begin to look while the transaction is open, and find every job but this one.
    await working.work(
      handlers({
        sync: async ({ repositoryId }) => {
          seen.push(
            repositoryId === job.repositoryId ? (await store.grantsFor({ id: 0, accountId: 4711 })).length : -1,
          );
        },
      }),
    );
    const other = syncJob();
    await working.enqueue(other);
    await expect.poll(() => seen).toEqual([-1]);
  });
  await working.idle();
  expect(seen).toEqual([-1, 1]);
});

test("close() tells a running handler to stop and waits for it", async () => {
  const jobs = await connectJobs({ url: database.url });
  const entered = Promise.withResolvers<void>();
  let ended = false;
  await jobs.work(
    handlers({
      sync: async (_, signal) => {
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        entered.resolve();
        await aborted;
        ended = true;
      },
    }),
  );
  const job = syncJob();
  await jobs.enqueue(job);
  await entered.promise;
  await jobs.close();
  expect(ended).toBe(true);
  const rows = await database.query("select state::text from bifrost_jobs.job where singleton_key = $1", [
    `${job.repositoryId}`,
  ]);
  expect(rows).toEqual([{ state: "completed" }]);
});

test("ten processes may connect to a queue that is not there yet", async () => {
  const empty = await createTestDatabase({ empty: true });
  onTestFinished(() => empty.drop());
  const connected = await Promise.all(Array.from({ length: 10 }, () => connectJobs({ url: empty.url })));
  await connected[0]?.enqueue(syncJob());
  expect(await empty.query("select count(*)::int as count from bifrost_jobs.job")).toEqual([{ count: 1 }]);
  await Promise.all(connected.map((jobs) => jobs.close()));
});

test("connectJobs() throws store-unavailable without the password where Postgres does not answer", async () => {
  const fault = await connectJobs({ url: "postgres://bifrost:open-sesame@127.0.0.1:1/x" }).catch((error) => error);
  expect(fault).toMatchObject({ code: "store-unavailable" });
  expect(fault.message).not.toContain("open-sesame");
});

test("rest() hands back what does not end in time, and another process has it at once", async () => {
  const job = syncJob();
  const { pass, entered } = gate();
  const first = await connect({ restTimeoutMs: 50 });
  await first.work(handlers({ sync: pass }));
  await first.enqueue(job);
  await entered;
  await first.rest();
  // What is queued by a request that is still answered is somebody else's work.
  const later = syncJob();
  await first.enqueue(later);

  const second = await connect();
  const done: number[] = [];
  await second.work(handlers({ sync: async ({ repositoryId }) => void done.push(repositoryId) }));
  await second.idle();
  expect(done.sort()).toEqual([job.repositoryId, later.repositoryId]);
});

test("a handler that gives way to the stop has its job handed back, and no try of it is used up", async () => {
  const job = checkJob();
  const { pass, entered } = gate();
  const first = await connect();
  await first.work(
    handlers({
      check: async (_job, signal) => {
        await Promise.race([pass(), new Promise((aborted) => signal.addEventListener("abort", aborted))]);
        throw new Fault("interrupted", "The check was interrupted");
      },
    }),
  );
  await first.enqueue(job);
  await entered;
  await first.close();
  const [row] = await database.query(
    "select retry_count, start_after <= now() as is_due from bifrost_jobs.job where state = 'created' and name = 'check'",
  );
  expect(row).toEqual({ retry_count: 0, is_due: true });
  const second = await connect();
  await second.work(handlers({}));
  await second.idle();
});
