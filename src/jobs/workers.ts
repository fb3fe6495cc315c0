// Workers: they take jobs, hand them to a handler, and settle what comes of it. One worker does one job at a time.
import { metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import type { JobResult, JobWithMetadata, PgBoss } from "pg-boss";
import { Fault, isWorthRetrying } from "../errors.ts";
import { type Job, jobKey, jobKinds } from "../workspace/job.ts";
import { errorCode, type JobsLog } from "./boss.ts";
import type { JobHandler, Jobs } from "./jobs.ts";

type Handlers = Parameters<Jobs["work"]>[0];

export interface Workers {
  /** Makes the idle workers of a kind look for a job now. */
  wake(kind: Job["kind"]): void;
  /** The same, at a time to come. */
  wakeAt(kind: Job["kind"], when: Date): void;
  /**
   * Takes no more jobs, and resolves when those under way are settled. What is not by then is queued anew, so that another
   * process has it at once rather than when this one's heartbeat is missed.
   */
  rest(timeoutMs: number): Promise<void>;
}

interface WorkersOptions {
  readonly concurrency: number;
  readonly pollingIntervalSeconds: number;
  readonly stopping: AbortSignal;
  /** Queues a job again: for later, or for now. */
  readonly requeue: (job: Job, until?: Date) => Promise<void>;
  /** Does the work on a job, and what is said of it, where the log can tell whom it concerns. */
  readonly around: <T>(job: Job, work: () => Promise<T>) => Promise<T>;
  readonly log: JobsLog | undefined;
}

// Nobody waits for these, and one of them can keep a process busy for seconds: not several at once beside what is waited for.
const unhurried: ReadonlySet<Job["kind"]> = new Set(["links"]);

/** Starts `concurrency` workers for each kind of job, one for those that nobody waits for. */
export async function startWorkers(boss: PgBoss, handlers: Handlers, options: WorkersOptions): Promise<Workers> {
  const measured = createMeasure();
  const workersByKind = new Map<Job["kind"], string[]>();
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Map<string, Job>();
  const wake = (kind: Job["kind"]) => {
    for (const worker of workersByKind.get(kind) ?? []) boss.notifyWorker(worker);
  };
  const wakeAt = (kind: Job["kind"], when: Date) => {
    // A tick late rather than early: a job is not there before its time.
    const delayMs = Math.min(when.getTime() - Date.now() + 5, 2 ** 31 - 1);
    const timer = setTimeout(() => {
      timers.delete(timer);
      wake(kind);
    }, delayMs);
    timers.add(timer);
  };

  const polling = { pollingIntervalSeconds: options.pollingIntervalSeconds, notifyPollingIntervalSeconds: 5 };
  for (const kind of jobKinds) {
    const started: string[] = [];
    workersByKind.set(kind, started);
    const concurrency = unhurried.has(kind) ? 1 : options.concurrency;
    for (let index = 0; index < concurrency; index += 1) {
      const work = { perJobResults: true, includeMetadata: true, batchSize: 1, ...polling } as const;
      const worker: string = await boss.work(kind, work, async (stored: JobWithMetadata<Job>[]) => {
        const results: JobResult[] = [];
        for (const job of stored) {
          underWay.set(job.id, job.data);
          const result = await measured(job, () =>
            options.around(job.data, () => settle(boss, job, handlers, options)),
          ).finally(() => underWay.delete(job.id));
          if (result.status === "failed") wakeAt(kind, latestRetry(job));
          results.push(result);
        }
        // Whoever has finished looks again at once: without this a backlog would move at the pace of the polling.
        boss.notifyWorker(worker);
        return results;
      });
      started.push(worker);
    }
  }

  return {
    wake,
    wakeAt,
    rest: async (timeoutMs) => {
      for (const timer of timers) clearTimeout(timer);
      const ended = Promise.all(jobKinds.map((kind) => boss.offWork(kind)));
      const isInTime = await settledWithin(timeoutMs, ended);
      if (isInTime) return;
      for (const [id, job] of underWay) {
        options.log?.warn({ kind: job.kind, key: jobKey(job) }, "A job did not end in time and was handed back");
        // What cannot be handed back, as Postgres is away, is noticed by its missed heartbeat.
        try {
          await options.requeue(job);
          await boss.complete(job.kind, id, handedBack);
        } catch (error) {
          options.log?.warn(
            { kind: job.kind, key: jobKey(job), code: errorCode(error) },
            "A job could not be handed back",
          );
        }
      }
    },
  };
}

/** What the queue keeps of a job that was given back. */
const handedBack = { code: "handed-back" };

async function settledWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Measure = (stored: JobWithMetadata<Job>, work: () => Promise<JobResult>) => Promise<JobResult>;

/** Gives a function that measures the work on a job. Its span is the library's, in the trace of what asked for the job. */
function createMeasure(): Measure {
  const meter = metrics.getMeter("bifrost.jobs");
  const durations = meter.createHistogram("bifrost.job.duration.seconds", {
    unit: "s",
    description: "Work on one job (kind, outcome)",
  });
  const waits = meter.createHistogram("bifrost.job.wait.seconds", {
    unit: "s",
    description: "From the moment that a job may start to its start (kind)",
  });
  return async ({ data, startAfter, createdOn, retryCount }, work) => {
    const { kind } = data;
    const startedAt = performance.now();
    waits.record(Math.max(0, Date.now() - Math.max(startAfter.getTime(), createdOn.getTime())) / 1000, { kind });
    const result = await work();
    durations.record((performance.now() - startedAt) / 1000, { kind, outcome: result.status });
    const span = trace.getActiveSpan();
    span?.setAttributes({
      "bifrost.job.key": jobKey(data),
      "bifrost.job.attempt": retryCount + 1,
      "bifrost.job.outcome": result.status,
    });
    if (result.status !== "completed") span?.setStatus({ code: SpanStatusCode.ERROR });
    return result;
  };
}

/** Runs the handler and says what becomes of the job. Nothing that a handler throws leaves here. */
async function settle(
  boss: PgBoss,
  stored: JobWithMetadata<Job>,
  handlers: Handlers,
  { stopping, requeue, log }: WorkersOptions,
): Promise<JobResult> {
  const { id, data: job } = stored;
  const said = { kind: job.kind, key: jobKey(job), attempt: stored.retryCount + 1 };
  try {
    // The handler of a kind takes jobs of that kind: the table's type says so for each kind, not for all at once.
    const handler = handlers[job.kind] as JobHandler;
    await handler(job, AbortSignal.any([stored.signal, stopping]));
    return { id, status: "completed" };
  } catch (error) {
    const details = { ...said, code: errorCode(error), ...(error instanceof Fault && { reason: error.message }) };
    const output = { code: details.code };
    if (stopping.aborted && error instanceof Fault && error.code === "interrupted") {
      // No try of the job's own: it was taken from it.
      await requeue(job);
      return { id, status: "completed", output: handedBack };
    }
    if (error instanceof Fault && error.retryAt !== undefined) {
      log?.warn({ ...details, retryAt: error.retryAt }, "A job was postponed");
      // At least a second from now, so that a time that has passed does not make a loop.
      await requeue(job, new Date(Math.max(error.retryAt.getTime(), Date.now() + 1000)));
      return { id, status: "completed", output };
    }
    if (!isWorthRetrying(error)) {
      log?.error(details, "A job failed for good");
      return { id, status: "deadletter", output };
    }
    // There is one place for a job that is to be tried again: where another of this key has it, this one ends here, and
    // that one takes over what must not be lost.
    if ("force" in job && job.force) {
      await boss.update({ name: job.kind, data: job, options: { singletonKey: said.key, match: "all" } });
    }
    log?.[stored.retryCount < stored.retryLimit ? "warn" : "error"](details, "A job failed");
    return { id, status: "failed", output };
  }
}

/** The latest moment at which the library tries a job again that fails now; the earliest is after half of that time. */
function latestRetry({ retryCount, retryDelay, retryDelayMax }: JobWithMetadata<Job>): Date {
  const delaySeconds = Math.min(
    retryDelay * 2 ** Math.min(retryCount + 1, 16),
    retryDelayMax ?? Number.POSITIVE_INFINITY,
  );
  // The library starts to count when it has written the failure down.
  return new Date(Date.now() + delaySeconds * 1000 + 200);
}
