// The cache of every scope brought to what the store holds: when a process starts, and again and again, as Redis may have
// been emptied or away for longer than a sync's tries go on.
import type { Logger } from "pino";
import type { ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { grantOperator } from "../workspace/grant.ts";
import { globalScope, scopeKey, scopeOf } from "../workspace/scope.ts";
import { refreshScope } from "./refresh.ts";

export interface RefreshAllEdges {
  readonly store: Store;
  readonly cache: ModuleCache;
  readonly log: Pick<Logger, "warn">;
}

/** Refreshes every scope. One that cannot be keeps no other waiting, unless it is the cache itself that is away. */
export async function refreshAll({ store, cache, log }: RefreshAllEdges, signal?: AbortSignal): Promise<void> {
  const scopes = [globalScope, ...(await store.organizations()).map(scopeOf)];
  for (const scope of scopes) {
    if (signal?.aborted) return;
    try {
      await refreshScope({ store, cache }, grantOperator(scope));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, message: reason } = error;
      log.warn({ scope: scopeKey(scope), code, reason }, "The cache was not refreshed; it is tried again by itself");
      if (code === "cache-unavailable") return;
    }
  }
}
