// The cache of every scope brought to what the store holds: when a process starts, and again and again, as Redis may have
// been emptied or away for longer than a sync's tries go on.
import type { Logger } from "pino";
import type { ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { grantOperator } from "../workspace/grant.ts";
import { globalScope, scopeKey, scopeOf } from "../workspace/scope.ts";
import { forgetUnpinned, refreshScope } from "./refresh.ts";

export interface RefreshAllEdges {
  readonly store: Store;
  readonly cache: ModuleCache;
  readonly log: Pick<Logger, "warn">;
}

/** Refreshes every scope. One that cannot be keeps no other waiting, unless it is the cache itself that is away. */
export async function refreshAll({ store, cache, log }: RefreshAllEdges, signal?: AbortSignal): Promise<void> {
  const scopes = [globalScope, ...(await store.organizations()).map(scopeOf)];
  const works = scopes.map((scope) => ({
    scope: scopeKey(scope),
    work: () => refreshScope({ store, cache }, grantOperator(scope)),
  }));
  // Last: what no pin needs by then.
  for (const { scope, work } of [...works, { scope: "pins", work: () => forgetUnpinned({ store, cache }) }]) {
    if (signal?.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, message: reason } = error;
      log.warn({ scope, code, reason }, "The cache was not refreshed; it is tried again by itself");
      if (code === "cache-unavailable") return;
    }
  }
}
