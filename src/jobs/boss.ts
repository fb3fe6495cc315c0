// pg-boss as this folder uses it: one queue per kind of job, of which one may run and one may wait for each key.
import { type ConstructorOptions, PgBoss } from "pg-boss";
import { Fault } from "../errors.ts";
import { jobKinds } from "../workspace/job.ts";

const schema = "bifrost_jobs";

/** What the queue says about itself; a pino logger is one. */
export interface JobsLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Makes the library's object without connecting. */
export function createBoss(url: string, log: JobsLog | undefined, options: ConstructorOptions): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
    application_name: "bifrost-jobs",
    schema,
    schedule: false,
    registerInstance: false,
    ...options,
  });
  // Without a listener Node would end the process; what was under way is tried again by the library.
  boss.on("error", (error) => log?.error({ code: errorCode(error) }, "The queue met an error and goes on"));
  return boss;
}

/** Creates or updates the library's tables and our queues. Safe in several processes at once. */
export async function startBoss(boss: PgBoss): Promise<void> {
  await boss.start();
  for (const name of jobKinds) {
    await boss.createQueue(name, {
      policy: "stately",
      notify: true,
      // A process that dies takes its jobs with it: another one has them half a minute later.
      heartbeatSeconds: 30,
      expireInSeconds: 60 * 60,
      deleteAfterSeconds: 2 * 24 * 60 * 60,
    });
  }
}

/** How many jobs run, wait or are to be tried again. */
export async function countUnfinished(boss: PgBoss): Promise<number> {
  const { rows } = await boss
    .getDb()
    .executeSql(`select count(*)::int as count from ${schema}.job where name = any($1) and state < 'completed'`, [
      [...jobKinds],
    ]);
  return rows[0].count;
}

/** What any failure of the database under the queue is to its callers. */
export function jobsFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  return new Fault("store-unavailable", `Cannot use the queue in Postgres: ${errorCode(error)}`, { cause: error });
}

/** The driver's code rather than its message, which may quote a connection string. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if (error instanceof Error) return "code" in error && typeof error.code === "string" ? error.code : error.name;
  return typeof error;
}
