// Keeps how the last try of some work on a repository ended, so that whoever asks why it is stuck is told. The work and
// its retries are others' business: whatever it throws is thrown on.
import type { GitHub } from "../github/github.ts";
import type { Store } from "../store/store.ts";
import { type Troubles, troubleOf } from "../workspace/trouble.ts";

export interface OutcomeEdges {
  readonly github: Pick<GitHub, "quota">;
  readonly store: Store;
}

/** Does the work, and records its trouble, or that there is none any more, with what GitHub says of the limit. */
export async function recordOutcome<T>(
  edges: OutcomeEdges,
  { kind, repositoryId }: { readonly kind: keyof Troubles; readonly repositoryId: number },
  work: () => Promise<T>,
): Promise<T> {
  const { store } = edges;
  try {
    const result = await work();
    await store.recordTrouble(repositoryId, kind, null);
    await recordQuota(edges, repositoryId);
    return result;
  } catch (error) {
    try {
      await store.recordTrouble(repositoryId, kind, troubleOf(error, new Date()));
      await recordQuota(edges, repositoryId);
    } catch {
      // The database is away, which is most likely what the work met as well: that is the error to tell.
    }
    throw error;
  }
}

async function recordQuota({ github, store }: OutcomeEdges, repositoryId: number): Promise<void> {
  const repository = await store.repository(repositoryId);
  const quota = repository && github.quota(repository.installationId);
  if (repository === undefined || quota === undefined) return;
  // Another worker may have heard something newer.
  if (repository.quota === null || repository.quota.seenAt < quota.seenAt) {
    await store.recordQuota(repository.installationId, quota);
  }
}
