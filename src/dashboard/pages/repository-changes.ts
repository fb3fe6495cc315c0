// What may be done to one repository from its page.
import { approveDeletes } from "../../acts/approve-deletes.ts";
import { syncNow } from "../../acts/sync-now.ts";
import type { DashboardEdges } from "../edges.ts";
import { repositoryIn } from "../look-at-repository.ts";
import type { Changed, ScopeChangeRequest } from "../route.ts";

/** `POST /scopes/:scope/repositories/:repository/sync`. */
export async function syncChange(edges: DashboardEdges, request: ScopeChangeRequest): Promise<Changed | undefined> {
  const repository = await repositoryIn(edges, request.access, request.params.repository);
  if (repository === undefined) return undefined;
  const queued = await syncNow(edges, repository);
  return {
    goTo: `/scopes/${request.access.slug}/repositories/${repository.id}`,
    notice:
      queued === "sync"
        ? "A sync is queued"
        : "It is out of reach, as far as is known. GitHub is asked whether that still holds; where it does not, it is synced",
  };
}

/** `POST /scopes/:scope/repositories/:repository/approve`: of the commit that the page showed, and no other. */
export async function approveChange(edges: DashboardEdges, request: ScopeChangeRequest): Promise<Changed | undefined> {
  const { access, form, by, params } = request;
  const repository = await repositoryIn(edges, access, params.repository);
  const commit = form.get("commit") ?? "";
  if (repository === undefined) return undefined;
  const isApproved = await approveDeletes(edges, { repositoryId: repository.id, commit }, by);
  return {
    goTo: `/scopes/${access.slug}/repositories/${repository.id}`,
    notice: isApproved
      ? `Approved: commit ${commit.slice(0, 12)} may delete what it deletes. A sync is queued`
      : `Commit ${commit.slice(0, 12)} is not held any more: nothing was approved`,
  };
}
