// Whom a job concerns, for the log: whoever runs many organisations looks for the lines of one.
import type { Store } from "../store/store.ts";
import type { Job } from "../workspace/job.ts";
import { scopeSlug } from "../workspace/scope.ts";

/** What a job is said to be about. */
export interface Concern {
  readonly repositoryId?: number;
  /** The scope that the repository feeds, by its slug; null: none yet. */
  readonly scope?: string | null;
}

/** Gives the repository and the scope that a job is about, as far as it is about one. Never throws: the work matters more. */
export async function concernOf(
  { store }: { readonly store: Pick<Store, "repository" | "findScope"> },
  job: Job,
): Promise<Concern> {
  try {
    if (job.kind === "refresh") {
      const scope = await store.findScope(job.scope);
      return { scope: scope ? scopeSlug(scope) : job.scope };
    }
    if (!("repositoryId" in job)) return {};
    const { repositoryId } = job;
    const repository = await store.repository(repositoryId);
    return { repositoryId, scope: repository?.scope ? scopeSlug(repository.scope) : null };
  } catch {
    return {};
  }
}
