// The queue on pg-boss. What it adds to the library: jobs that are asked for again while they wait are merged into the
// waiting one without losing anything, workers are woken at once, and a fault decides how its job is tried again.
import type { Job } from "../workspace/job.ts";
import { countUnfinished, createBoss, type JobsLog, jobsFault, listUnfinished, startBoss } from "./boss.ts";
import { enqueueJobs } from "./enqueue.ts";
import type { Jobs, TransactionSql } from "./jobs.ts";
import { returnLeftOver } from "./left-over.ts";
import { startSchedule } from "./schedule.ts";
import { watchQueue } from "./watch.ts";
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
  /**
   * Seconds until the first further try at the earliest; the pause doubles with each. Default 1, as what GitHub does not
   * serve yet it serves within seconds. All tries together take about an hour.
   */
  readonly retryDelaySeconds?: number;
  /** How long running handlers have to end when this process stops. Default 30 seconds, of a minute that it has in all. */
  readonly restTimeoutMs?: number;
  /** Does the work on a job, and what is said of it, where the log can tell whom it concerns. */
  readonly around?: <T>(job: Job, work: () => Promise<T>) => Promise<T>;
  readonly log?: JobsLog;
}

const retryLimit = 13;
const retryDelayMaxSeconds = 15 * 60;

/** How long running handlers have by default to end when the process stops. */
export const defaultRestTimeoutMs = 30_000;

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
  watchQueue(boss);
  const stopping = new AbortController();
  let workers: Workers | undefined;
  const schedules: (() => void)[] = [];

  const enqueue = async (queued: readonly Job[], transaction?: TransactionSql, startAfter?: Date): Promise<void> => {
    try {
      await enqueueJobs(boss, queued, {
        retryLimit,
        retryDelay: options.retryDelaySeconds ?? 1,
        retryBackoff: true,
        retryDelayMax: retryDelayMaxSeconds,
        ...(transaction && { db: transaction }),
        ...(startAfter && { startAfter }),
      });
    } catch (error) {
      throw transaction ? error : jobsFault(error);
    }
    for (const { kind } of queued) {
      if (startAfter !== undefined) workers?.wakeAt(kind, startAfter);
      // The embedded database lets nobody in between a transaction's statements, so workers that are woken before the
      // commit look after it.
      else if (embedded) workers?.wake(kind);
    }
  };

  let resting: Promise<void> | undefined;
  const rest = (): Promise<void> => {
    stopping.abort();
    for (const stop of schedules.splice(0)) stop();
    resting ??= workers?.rest(options.restTimeoutMs ?? defaultRestTimeoutMs) ?? Promise.resolve();
    return resting;
  };

  return {
    enqueue: (job: Job, transaction?: TransactionSql) => enqueue([job], transaction),

    enqueueLater: (job, delayMs) => enqueue([job], undefined, new Date(Date.now() + delayMs)),

    enqueueAll: (queued, transaction) => enqueue(queued, transaction),

    work: async (handlers) => {
      if (embedded) await returnLeftOver(boss);
      workers = await startWorkers(boss, handlers, {
        concurrency: options.concurrency ?? (embedded ? 2 : 4),
        pollingIntervalSeconds: embedded ? 1 : 2,
        stopping: stopping.signal,
        requeue: (job, until) => enqueue([job], undefined, until),
        around: options.around ?? ((_job, work) => work()),
        log: options.log,
      });
    },

    schedule: (job, everySeconds) => {
      const queued = () => workers?.wake(job.kind);
      schedules.push(startSchedule(boss, job, { everySeconds, queued, log: options.log }));
    },

    unfinished: async (kind, key) => {
      try {
        return await listUnfinished(boss, kind, key);
      } catch (error) {
        throw jobsFault(error);
      }
    },

    idle: async () => {
      // Another process may be the one that works, so the queue itself is asked, more often than a person notices.
      while ((await countUnfinished(boss)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },

    rest,

    close: async () => {
      await rest();
      await boss.stop({ graceful: true, timeout: 1_000 });
    },
  };
}
