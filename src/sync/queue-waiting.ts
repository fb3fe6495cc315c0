// A path that a repository gave up may be one that another of its scope was refused: that one is synced now, and not only
// when somebody next pushes to it.
import type { Jobs } from "../jobs/jobs.ts";
import type { Registry } from "../store/store.ts";
import { grantOperator } from "../workspace/grant.ts";
import type { SyncJob } from "../workspace/job.ts";
import type { SyncReport } from "../workspace/repository.ts";

export interface QueueWaitingEdges {
  readonly store: Pick<Registry, "findScope" | "conflicted">;
  readonly jobs: Pick<Jobs, "enqueue">;
}

/**
 * Queues the syncs that a sync made room for. It is part of the job that made the room: where the process dies before,
 * the job's retry finds the same report and queues them.
 */
export async function queueWaiting(
  { store, jobs }: QueueWaitingEdges,
  { repositoryId }: Pick<SyncJob, "repositoryId">,
  report: Pick<SyncReport, "scope" | "counts">,
): Promise<void> {
  if (report.scope === null || report.counts.deletes === 0) return;
  const scope = await store.findScope(report.scope);
  if (scope === undefined) return;
  for (const waiting of await store.conflicted(grantOperator(scope))) {
    if (waiting !== repositoryId) await jobs.enqueue({ kind: "sync", repositoryId: waiting });
  }
}
