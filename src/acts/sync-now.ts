// Somebody wants a repository looked at now, whatever webhooks said.
import type { WritableScope } from "../workspace/grant.ts";
import type { Repository } from "../workspace/repository.ts";
import type { ActEdges } from "./edges.ts";

/**
 * Queues a sync that reports anew. Where the repository is out of reach, as far as is known, GitHub is asked whether that
 * still holds, and what has come back is synced. Gives which of the two was queued.
 */
export async function syncNow(edges: ActEdges<"recordReported">, repository: Repository): Promise<"sync" | "look"> {
  const { state, installationId, installationSuspended } = repository;
  if (state !== "detached" && !installationSuspended) {
    await queueSync(edges, repository.id);
    return "sync";
  }
  const look = { kind: "sweep", name: "difference" } as const;
  // A repository comes back with another installation than the one that went.
  await edges.jobs.enqueue(state === "detached" ? look : { ...look, installationId });
  return "look";
}

/** Binds a repository to another scope, and queues a sync of it. What it brought to the former one keeps serving there. */
export function rebindAndSync(
  { store, jobs }: ActEdges<"rebindRepository" | "recordReported">,
  { id }: Pick<Repository, "id">,
  granted: WritableScope,
  by: string,
): Promise<void> {
  return store.transaction(async (transaction) => {
    await transaction.rebindRepository(id, granted, by);
    await transaction.recordReported(id, null);
    await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
  });
}

function queueSync({ store, jobs }: ActEdges<"recordReported">, repositoryId: number): Promise<void> {
  return store.transaction(async (transaction) => {
    await transaction.recordReported(repositoryId, null);
    await jobs.enqueue({ kind: "sync", repositoryId }, transaction.sql);
  });
}
