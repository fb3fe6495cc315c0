// Retention: past revisions that are older than the deployment keeps them are dropped. Which of them are needed all the same
// is the store's to know.
import type { Logger } from "pino";
import type { Store } from "../store/store.ts";
import { grantOperator } from "../workspace/grant.ts";
import { globalScope, scopeOf, scopeSlug } from "../workspace/scope.ts";

export interface HistoryEdges {
  readonly store: Pick<Store, "organizations" | "transaction">;
  readonly log: Pick<Logger, "info">;
  /** How many days past revisions are kept; undefined: for ever. */
  readonly historyDays?: number | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Drops what is too old of every scope, one transaction a scope. */
export async function dropHistory({ store, log, historyDays }: HistoryEdges, now = new Date()): Promise<void> {
  if (historyDays === undefined) return;
  const before = new Date(now.getTime() - historyDays * dayMs);
  for (const scope of [globalScope, ...(await store.organizations()).map(scopeOf)]) {
    const dropped = await store.transaction((transaction) => transaction.dropHistory(grantOperator(scope), before));
    if (dropped > 0) log.info({ scope: scopeSlug(scope), dropped }, "Past revisions were dropped");
  }
}
