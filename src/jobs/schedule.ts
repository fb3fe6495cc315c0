// Jobs that recur. Every process asks for them, so that it does not matter which one is there, and the queue's table lets
// one job in for each interval: intervals are counted from a moment that all processes share, so a restart adds none.
import type { PgBoss } from "pg-boss";
import { type Job, jobKey } from "../workspace/job.ts";
import { errorCode, type JobsLog } from "./boss.ts";

/** Asks for a job now and in every interval from now on. Gives what ends it. `queued` is called for each new job. */
export function startSchedule(
  boss: PgBoss,
  job: Job,
  options: { readonly everySeconds: number; readonly queued: () => void; readonly log: JobsLog | undefined },
): () => void {
  const { everySeconds, queued, log } = options;
  let stopped = false;
  const ask = async () => {
    try {
      // Not tried again: by then the next one is due.
      const recurring = { singletonKey: jobKey(job), singletonSeconds: everySeconds, retryLimit: 0 };
      if ((await boss.send(job.kind, job, recurring)) !== null) queued();
    } catch (error) {
      if (!stopped) log?.warn({ kind: job.kind, key: jobKey(job), code: errorCode(error) }, "A job was not scheduled");
    }
  };
  void ask();
  const timer = setInterval(ask, everySeconds * 1000);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
