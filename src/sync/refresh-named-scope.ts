// A scope changed outside this process, by an operator's command: the cache that this process serves follows.
import type { ModuleCache } from "../cache/cache.ts";
import type { Store } from "../store/store.ts";
import { grantOperator } from "../workspace/grant.ts";
import type { RefreshJob } from "../workspace/job.ts";
import { refreshScope } from "./refresh.ts";

/** Brings the cache of the scope that a job names to what the store holds. A scope that is gone has nothing to serve. */
export async function refreshNamedScope(
  edges: { readonly store: Store; readonly cache: ModuleCache },
  job: RefreshJob,
): Promise<void> {
  const scope = await edges.store.findScope(job.scope);
  if (scope !== undefined) await refreshScope(edges, grantOperator(scope));
}
