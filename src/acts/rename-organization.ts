// An organisation gets another slug. Everything of it is kept by its id; only what people write changes.
import type { WritableScope } from "../workspace/grant.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { ActEdges } from "./edges.ts";

export interface Renamed {
  readonly from: string;
  readonly to: string;
  /** The repositories whose files name the former slug: nothing of theirs is synced until they name the new one. */
  readonly outdated: readonly Repository[];
}

/**
 * Renames the organisation of a granted scope, and has every repository that asks for the former or the new slug looked at,
 * so that it says where it stands now. Throws `Fault` `organization-exists` where the slug is taken.
 */
export function renameOrganization(
  { store, jobs }: ActEdges<"renameOrganization" | "repositories" | "recordReported">,
  granted: WritableScope,
  slug: string,
  by: string,
): Promise<Renamed> {
  const from = scopeSlug(granted.scope);
  return store.transaction(async (transaction) => {
    await transaction.renameOrganization(granted, slug, by);
    const present = (await transaction.repositories()).filter(({ state }) => state !== "detached");
    const asking = present.filter(({ requestedScope }) => requestedScope === from || requestedScope === slug);
    for (const { id } of asking) {
      await transaction.recordReported(id, null);
      await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
    }
    return { from, to: slug, outdated: from === slug ? [] : asking.filter((one) => one.requestedScope === from) };
  });
}
