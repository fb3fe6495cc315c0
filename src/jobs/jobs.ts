// The queue: durable before a webhook is answered, one running and one waiting a key, started within milliseconds.
import type { Job, UnfinishedJob } from "../workspace/job.ts";

/** The connection of an open transaction, so that a job becomes durable together with what asked for it. */
export interface TransactionSql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/**
 * Works on one job. `signal` aborts when the process is asked to stop: a handler that throws `Fault` `interrupted` then has
 * its job handed back, and another process has it at once.
 */
export type JobHandler<J extends Job = Job> = (job: J, signal: AbortSignal) => Promise<void>;

export interface Jobs {
  /** Queues a job inside the caller's transaction. A job whose key already waits is merged into the waiting one. */
  enqueue(job: Job, transaction: TransactionSql): Promise<void>;
  /** Queues a job on its own. */
  enqueue(job: Job): Promise<void>;
  /**
   * Queues a job that nobody waits for, to be begun in so many milliseconds. Whoever asks for it meanwhile asks for nothing
   * more, so that a burst makes one job.
   */
  enqueueLater(job: Job, delayMs: number): Promise<void>;
  /** Queues any number of jobs of any kinds inside the caller's transaction, in a few statements. */
  enqueueAll(jobs: readonly Job[], transaction: TransactionSql): Promise<void>;
  /** Starts workers. A handler's `Fault` with `retryAt` postpones its job until then; other failures back off. */
  work(handlers: { readonly [K in Job["kind"]]: JobHandler<Extract<Job, { kind: K }>> }): Promise<void>;
  /**
   * Queues a job once in every interval, until the queue is closed. However many processes ask for the same, one job is
   * made in each; one that fails is not tried again, as the next is due.
   */
  schedule(job: Job, everySeconds: number): void;
  /** Jobs of a kind that run, wait or are to be tried again; of one key, or of all. */
  unfinished(kind: Job["kind"], key?: string): Promise<UnfinishedJob[]>;
  /** Resolves when nothing runs, waits or is to be tried again. For tests, the demo and a graceful stop. */
  idle(): Promise<void>;
  /**
   * Takes no more jobs and schedules none, tells running handlers to stop, and resolves when they have ended. What has not
   * ended in time is handed back. Jobs can still be queued.
   */
  rest(): Promise<void>;
  /** Rests, then closes the connection. */
  close(): Promise<void>;
}
