// A repository as other programs read it, on the command line and by the API: everything that says where it stands and why.
import type { Repository, SyncReport } from "./repository.ts";
import { scopeSlug } from "./scope.ts";
import type { Standing } from "./standing.ts";

/** Takes a repository and its standing and gives the document. Times are ISO 8601, commits whole, absent things null. */
export function repositoryDocument(repository: Repository, standing: Standing) {
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
    lastSync: lastSync && toldSync(lastSync),
  };
}

/** Without what is kept for the product's own use. */
function toldSync({ root: _root, ...report }: SyncReport): Omit<SyncReport, "root"> {
  return report;
}
