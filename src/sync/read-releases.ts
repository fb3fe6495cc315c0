// Tags of a repository that feeds global: each names the revision of its commit. State, not events: all tags are read, as
// more than three that are pushed at once are told by no webhook.
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { ReleasesJob } from "../workspace/job.ts";
import type { ReleaseChanges } from "../workspace/release.ts";
import type { SyncReport } from "../workspace/repository.ts";
import { queueAwaiting } from "./queue-awaiting.ts";
import { hasNewsOfReleases, tellReleases } from "./tell-releases.ts";

export interface ReleaseEdges {
  readonly github: Pick<GitHub, "tags" | "createCheckRun">;
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue">;
}

/**
 * Reads the tags of a repository, queues the syncs of whoever is pinned by a name that means something else now, and tells
 * those who pushed tags what came of it.
 */
export async function readReleases(
  { github, store, jobs }: ReleaseEdges,
  { repositoryId }: ReleasesJob,
): Promise<ReleaseChanges | undefined> {
  const repository = await store.repository(repositoryId);
  if (repository?.scope?.kind !== "global" || repository.state === "detached" || repository.installationSuspended) {
    return undefined;
  }
  const tags = await github.tags(repository);
  const changes = await store.saveTags(repositoryId, tags, { isComplete: true });
  const renamed = new Set([...changes.named, ...changes.moved]);
  if (renamed.size > 0) await queueFollowers({ store, jobs }, renamed);
  await tellReleases({ github, store }, repository, tags);
  return changes;
}

async function queueFollowers(
  { store, jobs }: Pick<ReleaseEdges, "store" | "jobs">,
  renamed: ReadonlySet<string>,
): Promise<void> {
  await queueAwaiting({ store, jobs }, { releases: renamed });
  const followers = (await store.pins()).filter(({ pin }) => pin.release !== null && renamed.has(pin.release));
  const waiting = await store.pinRefused();
  for (const id of new Set([...followers.map(({ pin }) => pin.repositoryId), ...waiting])) {
    await jobs.enqueue({ kind: "sync", repositoryId: id });
  }
}

/**
 * What a sync leaves to be looked at: of global, the repositories whose pin named a revision that was not there, and the
 * tags, at the first sync and where one of them has got its revision; of an organisation whose pin was refused, the tags, as its release may have been missed.
 */
export async function queueReleases(
  { store, jobs }: Pick<ReleaseEdges, "store" | "jobs">,
  repositoryId: number,
  { scope, state, revision, counts, unchanged, diagnostics }: SyncReport,
): Promise<void> {
  if (diagnostics.some(({ code, severity }) => code === "pin-refused" && severity === "error")) {
    for (const { id, scope: fed, state: stands } of await store.repositories()) {
      if (fed?.kind === "global" && stands !== "detached") await jobs.enqueue({ kind: "releases", repositoryId: id });
    }
  }
  if (scope !== "global" || state !== "bound") return;
  const repository = await store.repository(repositoryId);
  const isFirst = counts.upserts + counts.deletes > 0 && unchanged === 0;
  if (isFirst || (repository && (await hasNewsOfReleases({ store }, repository)))) {
    await jobs.enqueue({ kind: "releases", repositoryId });
  }
  if (counts.upserts + counts.deletes === 0) return;
  await queueAwaiting({ store, jobs }, { revision: revision ?? 0 });
  for (const id of await store.pinRefused()) await jobs.enqueue({ kind: "sync", repositoryId: id });
}
