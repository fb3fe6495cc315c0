// What an act may touch: one transaction of the registry, and the queue in which the work that follows waits.
import type { Jobs } from "../jobs/jobs.ts";
import type { StoreTransaction } from "../store/store.ts";

/** `Needed` names what the act calls inside its transaction. */
export interface ActEdges<Needed extends keyof StoreTransaction> {
  readonly store: {
    transaction<T>(work: (transaction: Pick<StoreTransaction, Needed | "sql">) => Promise<T>): Promise<T>;
  };
  readonly jobs: Pick<Jobs, "enqueue">;
}
