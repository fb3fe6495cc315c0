// How far a sync has come, for whoever watches.

/**
 * In this order.
 * - `tree`: the tree of the head is read.
 * - `files`: contents are read, so many of so many.
 * - `storing`: the transaction that writes them.
 * - `publishing`: the copy that executors read is brought to it.
 */
export const syncPhases = ["tree", "files", "storing", "publishing"] as const;
export type SyncPhase = (typeof syncPhases)[number];

export interface SyncProgress {
  readonly commit: string;
  readonly phase: SyncPhase;
  /** Files whose contents are read, of how many; both 0 before that is known. */
  readonly done: number;
  readonly total: number;
}
