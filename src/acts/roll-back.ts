// A scope is taken back to a past revision and held there, or let go again. Whoever feeds it is looked at anew in the same
// step, so that its check runs say what has become of it.
import type { RollbackOutcome, StoreTransaction } from "../store/store.ts";
import type { WritableScope } from "../workspace/grant.ts";
import { type Scope, sameScope, scopeKey } from "../workspace/scope.ts";
import type { ActEdges } from "./edges.ts";

export interface RolledBack extends RollbackOutcome {
  /** `owner/name` of every repository that feeds the scope and is looked at anew. */
  readonly followers: readonly string[];
}

/**
 * Makes a scope equal to a past revision and holds it there. `by` is who does it, as the record of acts has it. Throws
 * `Fault` `unknown-revision` or `revision-dropped`.
 */
export function rollBackScope(
  edges: ActEdges<"rollBack" | "repositories">,
  granted: WritableScope,
  target: number,
  by: string,
): Promise<RolledBack> {
  return edges.store.transaction(async (transaction) => {
    const outcome = await transaction.rollBack(granted, target, by);
    return { ...outcome, followers: await queueFollowers(edges, transaction, granted.scope) };
  });
}

/** Lets a scope follow its repositories again. Throws `Fault` `nothing-rolled-back`. */
export function releaseScope(
  edges: ActEdges<"endRollback" | "repositories">,
  granted: WritableScope,
  by: string,
): Promise<RolledBack> {
  return edges.store.transaction(async (transaction) => {
    const outcome = await transaction.endRollback(granted, by);
    return { ...outcome, followers: await queueFollowers(edges, transaction, granted.scope) };
  });
}

/** Queues a refresh of the scope and a sync of each of its repositories, and gives their names. */
async function queueFollowers(
  { jobs }: Pick<ActEdges<never>, "jobs">,
  transaction: Pick<StoreTransaction, "repositories" | "sql">,
  scope: Scope,
): Promise<string[]> {
  await jobs.enqueue({ kind: "refresh", scope: scopeKey(scope) }, transaction.sql);
  const feeding = (await transaction.repositories()).filter(
    (repository) => repository.scope !== null && sameScope(repository.scope, scope) && repository.state !== "detached",
  );
  for (const { id } of feeding) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
  return feeding.map(({ owner, name }) => `${owner}/${name}`);
}
