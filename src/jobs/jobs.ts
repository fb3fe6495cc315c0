// The queue: durable before a webhook is answered, one running and one waiting a key, started within milliseconds.
import type { Job } from "../workspace/job.ts";

/** The connection of an open transaction, so that a job becomes durable together with what asked for it. */
export interface TransactionSql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Works on one job. `signal` aborts when the process is asked to stop. */
export type JobHandler<J extends Job = Job> = (job: J, signal: AbortSignal) => Promise<void>;

export interface Jobs {
  /** Queues a job inside the caller's transaction. A job whose key already waits is merged into the waiting one. */
  enqueue(job: Job, transaction: TransactionSql): Promise<void>;
  /** Queues a job on its own. */
  enqueue(job: Job): Promise<void>;
  /** Starts workers. A handler's `Fault` with `retryAt` postpones its job until then; other failures back off. */
  work(handlers: { readonly [K in Job["kind"]]: JobHandler<Extract<Job, { kind: K }>> }): Promise<void>;
  /** Resolves when nothing runs, waits or is to be tried again. For tests, the demo and a graceful stop. */
  idle(): Promise<void>;
  /** Lets running handlers end, then stops. */
  close(): Promise<void>;
}
