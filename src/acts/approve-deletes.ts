// Somebody agrees to what one commit would delete; a later commit is held anew.
import type { ActEdges } from "./edges.ts";

/** Agrees, and queues the sync. Gives false where that commit is not held any more. */
export function approveDeletes(
  { store, jobs }: ActEdges<"approveHold">,
  { repositoryId, commit }: { readonly repositoryId: number; readonly commit: string },
  by: string,
): Promise<boolean> {
  return store.transaction(async (transaction) => {
    const isHeld = await transaction.approveHold(repositoryId, commit, by);
    if (isHeld) await jobs.enqueue({ kind: "sync", repositoryId }, transaction.sql);
    return isHeld;
  });
}
