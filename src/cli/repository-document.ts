// A repository as `repo list --json` and `repo show --json` print it: everything that says where it stands and why.
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Standing } from "../workspace/standing.ts";

/** Takes a repository and its standing and gives the document. Times are ISO 8601, commits whole, absent things null. */
export function repositoryDocument(repository: Repository, standing: Standing): object {
  const { id, owner, name, defaultBranch, state, scope, requestedScope, lastSync, troubles } = repository;
  return {
    id,
    repository: `${owner}/${name}`,
    defaultBranch,
    private: repository.private,
    archived: repository.archived,
    suspended: repository.installationSuspended,
    state,
    status: standing.status,
    message: standing.message,
    remedy: standing.remedy,
    scope: scope ? scopeSlug(scope) : null,
    requestedScope,
    wantedCommit: repository.wantedSha,
    syncedCommit: repository.syncedSha,
    syncedAt: repository.syncedAt,
    revision: lastSync?.revision ?? null,
    runningSince: standing.runningSince,
    nextTryAt: standing.nextTryAt,
    failedTries: standing.failedTries,
    lastError: troubles.sync ?? null,
    lastCheckError: troubles.check ?? null,
    hold: repository.hold,
    quota: repository.quota,
    lastSync,
  };
}
