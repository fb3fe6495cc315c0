// Queues jobs, or merges each into the one of its key that waits. The waiting ones are locked in the same transaction: a
// worker passes over a row that is locked, so it starts after that transaction's commit and sees its writes.
import { randomUUID } from "node:crypto";
import type { PgBoss, SendOptions } from "pg-boss";
import { type Job, jobKey, jobKinds } from "../workspace/job.ts";
import { lockWaiting } from "./boss.ts";

/** How every job of a call is queued. `db` is the transaction to do it in. */
export type EnqueueOptions = Pick<
  SendOptions,
  "db" | "retryLimit" | "retryDelay" | "retryBackoff" | "retryDelayMax" | "startAfter"
>;

// A worker may take a waiting job between two statements; then there is room for a new one at the next attempt.
const attemptsMax = 20;

/**
 * Queues jobs of any kinds in two statements a kind, whatever their number. In the order of kinds and keys, so that two
 * transactions that queue the same jobs wait for each other and never for ever.
 */
export async function enqueueJobs(boss: PgBoss, jobs: readonly Job[], options: EnqueueOptions): Promise<void> {
  for (const kind of jobKinds) {
    const ofKind = jobs.filter((job) => job.kind === kind);
    if (ofKind.length > 0) await enqueueKind(boss, kind, byKey(ofKind), options);
  }
}

/** One job a key; one that must not be lost takes the place of any other. */
function byKey(jobs: readonly Job[]): Map<string, Job> {
  const kept = new Map<string, Job>();
  for (const job of jobs) {
    const key = jobKey(job);
    if (isForced(job) || !kept.has(key)) kept.set(key, job);
  }
  return new Map([...kept].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function enqueueKind(
  boss: PgBoss,
  kind: Job["kind"],
  wanted: Map<string, Job>,
  { db, ...each }: EnqueueOptions,
): Promise<void> {
  const session = db ? { db } : {};
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const rows = [...wanted].map(([singletonKey, data]) => ({ id: randomUUID(), data, singletonKey, ...each }));
    const inserted = new Set((await boss.insert(kind, rows, { ...session, returnId: true })) ?? []);
    for (const { id, singletonKey } of rows) if (inserted.has(id)) wanted.delete(singletonKey);
    if (wanted.size === 0) return;

    const waiting = await lockWaiting(boss, db, kind, [...wanted.keys()]);
    // A request that must not be lost is written over the waiting one; any other asks for nothing more than that one,
    // except that workers that passed over it are woken, which one edit does for all of them.
    const edited = new Set([...waiting.keys()].filter((key) => isForced(wanted.get(key))));
    const due = [...waiting].find(([, isDue]) => isDue)?.[0];
    if (edited.size === 0 && due !== undefined) edited.add(due);
    for (const singletonKey of edited) {
      const job = wanted.get(singletonKey);
      await boss.update({
        name: kind,
        ...(job !== undefined && isForced(job) && { data: job }),
        options: {
          ...session,
          singletonKey,
          match: "all",
          // A person waits for a forced one; its own postponement keeps its time.
          ...(isForced(job) && !each.startAfter && { startAfter: 0 }),
        },
      });
    }
    for (const key of waiting.keys()) wanted.delete(key);
    if (wanted.size === 0) return;
  }
  const [key] = wanted.keys();
  throw new Error(`Cannot queue ${kind} ${key} as its place is taken by a job that cannot be seen`);
}

function isForced(job: Job | undefined): boolean {
  return job !== undefined && "force" in job && job.force;
}
