// Somebody who may grant a scope says no to a repository that asks for it.
import { checkJobFor } from "../workspace/check.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { ActEdges } from "./edges.ts";

/** Refuses, and has the repository's check runs say so. Gives false where it does not wait for this scope. */
export function refuseRequest(
  { store, jobs }: ActEdges<"refuseGrant" | "waitingChecks">,
  granted: WritableScope,
  repositoryId: number,
  by: string,
): Promise<boolean> {
  return store.transaction(async (transaction) => {
    if (!(await transaction.refuseGrant(granted, repositoryId, by))) return false;
    await jobs.enqueue({ kind: "sync", repositoryId }, transaction.sql);
    for (const check of await transaction.waitingChecks(repositoryId)) {
      await jobs.enqueue(checkJobFor(check, true), transaction.sql);
    }
    return true;
  });
}
