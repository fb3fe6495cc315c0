// pg-boss as this folder uses it: one queue per kind of job, of which one may run and one may wait for each key.
import { type ConstructorOptions, PgBoss, type SendOptions } from "pg-boss";
import { Fault } from "../errors.ts";
import { type Job, jobKinds, type UnfinishedJob } from "../workspace/job.ts";

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
    // A job goes on with the trace of the webhook that asked for it.
    openTelemetry: { propagateContext: true },
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

export interface QueueLength {
  readonly kind: Job["kind"];
  readonly running: number;
  /** May start now. */
  readonly due: number;
  /** Postponed, or to be tried again. */
  readonly later: number;
  /** Since the job that is due the longest may start; 0 where none is. */
  readonly oldestDueSeconds: number;
}

/** How many jobs of each kind run and wait, and for how long. */
export async function measureQueue(boss: PgBoss): Promise<QueueLength[]> {
  const { rows } = await boss.getDb().executeSql(
    `select name, count(*) filter (where state = 'active')::int as running,
      count(*) filter (where state < 'active' and start_after <= now())::int as due,
      count(*) filter (where state < 'active' and start_after > now())::int as later,
      coalesce(extract(epoch from now() - min(greatest(start_after, created_on))
        filter (where state < 'active' and start_after <= now())), 0)::float as oldest
    from ${schema}.job where name = any($1) and state < 'completed' group by name`,
    [[...jobKinds]],
  );
  return jobKinds.map((kind) => {
    const row = rows.find(({ name }) => name === kind);
    const { running = 0, due = 0, later = 0, oldest = 0 } = row ?? {};
    return { kind, running, due, later, oldestDueSeconds: oldest };
  });
}

/** Ids of the jobs of one kind that run, by the books. */
export async function listRunning(boss: PgBoss, kind: Job["kind"]): Promise<string[]> {
  const { rows } = await boss
    .getDb()
    .executeSql(`select id from ${schema}.job where name = $1 and state = 'active'`, [kind]);
  return rows.map(({ id }) => id);
}

/** What runs, waits or is to be tried again of one kind, in the order in which it was asked for. */
export async function listUnfinished(
  boss: PgBoss,
  kind: Job["kind"],
  key: string | undefined,
): Promise<UnfinishedJob[]> {
  const { rows } = await boss.getDb().executeSql(
    `select singleton_key as key, state = 'active' as running, start_after, started_on, retry_count from ${schema}.job
    where name = $1 and state < 'completed' and ($2::text is null or singleton_key = $2) order by created_on`,
    [kind, key ?? null],
  );
  return rows.map((row) => ({
    key: row.key,
    state: row.running ? "running" : "waiting",
    at: new Date(row.running ? row.started_on : row.start_after),
    failedTries: row.retry_count,
  }));
}

/**
 * Locks the jobs of these keys that wait or are to be tried again until the transaction `db` ends, and gives for each key
 * that has one whether it may start by now. In the order of the keys, so that nobody waits in a circle.
 */
export async function lockWaiting(
  boss: PgBoss,
  db: SendOptions["db"],
  kind: Job["kind"],
  keys: readonly string[],
): Promise<Map<string, boolean>> {
  // The condition is the one of the library's unique index of such jobs, so that the index answers.
  const { rows } = await (db ?? boss.getDb()).executeSql(
    `select singleton_key as key, start_after <= now() as is_due from ${schema}.job
    where name = $1 and state in ('created', 'retry') and policy = 'stately' and coalesce(singleton_key, '') = any($2)
    order by singleton_key, state for update`,
    [kind, [...keys]],
  );
  const waiting = new Map<string, boolean>();
  for (const { key, is_due } of rows) waiting.set(key, is_due || waiting.get(key) === true);
  return waiting;
}

/** What any failure of the database under the queue is to its callers. */
export function jobsFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  return new Fault("store-unavailable", `Cannot use the queue in Postgres: ${errorCode(error)}`, { cause: error });
}

/** The driver's code rather than its message, which may quote a connection string. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  // The library also tells of errors by copies, which are no errors themselves.
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown";
}
