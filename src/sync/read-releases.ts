// Tags of a repository that feeds global: each names the revision of its commit. State, not events: all tags are read, as
// more than three that are pushed at once are told by no webhook.
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { ReleasesJob } from "../workspace/job.ts";
import type { ReleaseChanges } from "../workspace/release.ts";
import type { SyncReport } from "../workspace/repository.ts";

export interface ReleaseEdges {
  readonly github: Pick<GitHub, "tags">;
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue">;
}

/** Reads the tags of a repository, and queues the syncs of whoever is pinned by a name that means something else now. */
export async function readReleases(
  { github, store, jobs }: ReleaseEdges,
  { repositoryId }: ReleasesJob,
): Promise<ReleaseChanges | undefined> {
  const repository = await store.repository(repositoryId);
  if (repository?.scope?.kind !== "global" || repository.state === "detached" || repository.installationSuspended) {
    return undefined;
  }
  const changes = await store.saveTags(repositoryId, await github.tags(repository), { isComplete: true });
  const renamed = new Set([...changes.named, ...changes.moved]);
  if (renamed.size === 0) return changes;
  const followers = (await store.pins()).filter(({ pin }) => pin.release !== null && renamed.has(pin.release));
  const waiting = await store.pinRefused();
  for (const id of new Set([...followers.map(({ pin }) => pin.repositoryId), ...waiting])) {
    await jobs.enqueue({ kind: "sync", repositoryId: id });
  }
  return changes;
}

/**
 * What a sync leaves to be looked at: of global, the repositories whose pin named a revision that was not there, and at
 * the first sync the tags; of an organisation whose pin was refused, the tags, as its release may have been missed.
 */
export async function queueReleases(
  { store, jobs }: Pick<ReleaseEdges, "store" | "jobs">,
  repositoryId: number,
  { scope, state, counts, unchanged, diagnostics }: SyncReport,
): Promise<void> {
  if (diagnostics.some(({ code, severity }) => code === "pin-refused" && severity === "error")) {
    for (const { id, scope: fed, state: stands } of await store.repositories()) {
      if (fed?.kind === "global" && stands !== "detached") await jobs.enqueue({ kind: "releases", repositoryId: id });
    }
  }
  if (scope !== "global" || state !== "bound" || counts.upserts + counts.deletes === 0) return;
  if (unchanged === 0) await jobs.enqueue({ kind: "releases", repositoryId });
  for (const id of await store.pinRefused()) await jobs.enqueue({ kind: "sync", repositoryId: id });
}
