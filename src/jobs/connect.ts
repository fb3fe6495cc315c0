// The queue on pg-boss. What it adds to the library: jobs that are asked for again while they wait are merged into the
// waiting one without losing anything, workers are woken at once, and a fault decides how its job is tried again.
import type { PgBoss, SendOptions } from "pg-boss";
import { type Job, jobKey } from "../workspace/job.ts";
import { countUnfinished, createBoss, type JobsLog, jobsFault, startBoss } from "./boss.ts";
import type { Jobs, TransactionSql } from "./jobs.ts";
import { startWorkers, type Workers } from "./workers.ts";

export interface JobsOptions {
  /** A Postgres URL. */
  readonly url: string;
  /**
   * The database is the embedded one: it has one session, so a notification reaches nobody else. Workers of this process
   * are woken directly, those of another look every second.
   */
  readonly embedded?: boolean;
  /** How many jobs of each kind run at once in this process, each of another key. Default 4, embedded 2. */
  readonly concurrency?: number;
  /** Seconds until the first further try; the pause doubles with each. Default 5, so that ten tries take about an hour. */
  readonly retryDelaySeconds?: number;
  readonly log?: JobsLog;
}

const retryLimit = 10;
const retryDelayMaxSeconds = 15 * 60;

/** Connects to the queue, and brings its tables up to date. Throws `Fault` `store-unavailable`. */
export async function connectJobs(options: JobsOptions): Promise<Jobs> {
  const embedded = options.embedded ?? false;
  const boss = createBoss(options.url, options.log, {
    max: embedded ? 2 : 4,
    useListenNotify: !embedded,
    monitorIntervalSeconds: 15,
    superviseIntervalSeconds: 15,
  });
  try {
    await startBoss(boss);
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw jobsFault(error);
  }
  const stopping = new AbortController();
  let workers: Workers | undefined;

  const enqueue = async (job: Job, transaction?: TransactionSql, startAfter?: Date): Promise<void> => {
    try {
      await enqueueOnce(boss, job, {
        retryLimit,
        retryDelay: options.retryDelaySeconds ?? 5,
        retryBackoff: true,
        retryDelayMax: retryDelayMaxSeconds,
        ...(transaction && { db: transaction }),
        ...(startAfter && { startAfter }),
      });
    } catch (error) {
      throw transaction ? error : jobsFault(error);
    }
    if (startAfter !== undefined) workers?.wakeAt(job.kind, startAfter);
    // The embedded database lets nobody in between a transaction's statements, so workers that are woken before the
    // commit look after it.
    else if (embedded) workers?.wake(job.kind);
  };

  return {
    enqueue: (job: Job, transaction?: TransactionSql) => enqueue(job, transaction),

    work: async (handlers) => {
      workers = await startWorkers(boss, handlers, {
        concurrency: options.concurrency ?? (embedded ? 2 : 4),
        pollingIntervalSeconds: embedded ? 1 : 2,
        stopping: stopping.signal,
        postpone: (job, until) => enqueue(job, undefined, until),
        log: options.log,
      });
    },

    idle: async () => {
      // Another process may be the one that works, so the queue itself is asked, more often than a person notices.
      while ((await countUnfinished(boss)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },

    close: async () => {
      stopping.abort();
      workers?.close();
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

/**
 * Queues a job, or merges it into the one of its key that waits. The waiting one is touched in the same transaction: a
 * worker passes over a row that somebody is changing, so it starts after that transaction's commit and sees its writes.
 */
async function enqueueOnce(boss: PgBoss, job: Job, options: SendOptions): Promise<void> {
  const singletonKey = jobKey(job);
  const forced = job.kind === "check" && job.force;
  // A worker may take the waiting job between the two statements; then there is room for a new one.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await boss.send(job.kind, job, { ...options, singletonKey })) !== null) return;
    const { updated } = await boss.update({
      name: job.kind,
      // A request that must not be lost is written over the waiting one; any other asks for nothing more than that one.
      ...(forced && { data: job }),
      options: {
        singletonKey,
        match: "all",
        ...(options.db && { db: options.db }),
        // A person waits for a forced one; its own postponement keeps its time.
        ...(forced && !options.startAfter && { startAfter: 0 }),
      },
    });
    if (updated > 0) return;
  }
  throw new Error(`Cannot queue ${job.kind} ${singletonKey} as its place is taken by a job that cannot be seen`);
}
