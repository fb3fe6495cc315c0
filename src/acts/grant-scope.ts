// A scope is granted to a repository or an account, or the grant is taken back. Whoever waited for it does not have to push
// again.
import { checkJobFor } from "../workspace/check.ts";
import type { Grant, WritableScope } from "../workspace/grant.ts";
import type { Repository } from "../workspace/repository.ts";
import type { Scope } from "../workspace/scope.ts";
import type { ActEdges } from "./edges.ts";

/** A repository, or an account with those of its repositories that are known. */
export type GrantTarget =
  | { readonly kind: "repository"; readonly repository: Repository }
  | { readonly kind: "account"; readonly accountId: number; readonly repositories: readonly Repository[] };

/** Grants a scope, and queues what waited for it. Gives whether the grant is new, and whose syncs are queued. */
export function grantScope(
  { store, jobs }: ActEdges<"addGrant" | "waitingChecks">,
  { scope }: WritableScope,
  target: GrantTarget,
  by: string,
): Promise<{ readonly isNew: boolean; readonly queued: readonly string[] }> {
  const waiting = repositoriesOf(target).filter(({ state }) => state !== "bound" && state !== "detached");
  return store.transaction(async (transaction) => {
    const isNew = await transaction.addGrant(grantOf(scope, target), by);
    for (const { id } of waiting) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
    for (const { id } of repositoriesOf(target)) {
      for (const check of await transaction.waitingChecks(id)) {
        await jobs.enqueue(checkJobFor(check, true), transaction.sql);
      }
    }
    return { isNew, queued: waiting.map(({ owner, name }) => `${owner}/${name}`) };
  });
}

/** Takes a grant back. Gives whether there was one; what is stored keeps serving. */
export function revokeScope(
  { store, jobs }: ActEdges<"removeGrant">,
  { scope }: WritableScope,
  target: GrantTarget,
  by: string,
): Promise<boolean> {
  return store.transaction(async (transaction) => {
    const wasGranted = await transaction.removeGrant(grantOf(scope, target), by);
    // A sync finds that the grant is gone, and says so where people look.
    const bound = repositoriesOf(target).filter(({ state }) => state === "bound");
    for (const { id } of bound) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
    return wasGranted;
  });
}

function grantOf(scope: Scope, target: GrantTarget): Grant {
  return target.kind === "account"
    ? { scope, kind: "account", accountId: target.accountId }
    : { scope, kind: "repository", repositoryId: target.repository.id };
}

function repositoriesOf(target: GrantTarget): readonly Repository[] {
  return target.kind === "account" ? target.repositories : [target.repository];
}
