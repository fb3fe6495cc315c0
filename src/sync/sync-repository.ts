// A push, or any other hint that a repository may have changed: bring what is stored to the head of its default branch.
// State, not events: whatever the hint said, the tree of the head is read whole and compared with the store.
import { bindTree } from "../bind/bind-tree.ts";
import type { ModuleCache } from "../cache/cache.ts";
import type { CommitFacts, GitHub } from "../github/github.ts";
import type { Store } from "../store/store.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { SyncJob } from "../workspace/job.ts";
import type { BindingState, Repository, SyncReport } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { applyTree } from "./apply-tree.ts";
import { refreshScope } from "./refresh.ts";
import { syncCheckRun } from "./sync-check-run.ts";

export interface SyncEdges {
  readonly github: GitHub;
  readonly store: Store;
  readonly cache: ModuleCache;
}

/** Syncs one repository. Gives the report of what was done, or `undefined` where there was nothing to look at. */
export async function syncRepository(edges: SyncEdges, job: SyncJob): Promise<SyncReport | undefined> {
  const { github, store } = edges;
  const repository = await currentFacts(edges, job.repositoryId);
  if (repository === undefined) return undefined;
  const head = await github.head(repository, repository.defaultBranch);
  if (head === undefined) return undefined;

  const tree = await github.tree(repository, head.treeSha);
  const binding = await bindTree(edges, repository, tree);
  if (binding.kind === "stopped") {
    const { state, requestedScope, diagnostics } = binding;
    const report = stoppedReport(repository, head, state, diagnostics);
    await store.recordStop(repository.id, { state, requestedScope, report });
    await publishReport(edges, repository, head, report);
    return report;
  }

  const { granted, request, selection, diagnostics: remarks } = binding;
  if (repository.scope === null || repository.state !== "bound") await store.bindRepository(repository.id, granted);
  const report = await applyTree(edges, { repository, head, selection, granted, request, remarks });
  // After the commit, never inside it: a reader must not see files that a rollback takes back.
  await refreshScope(edges, granted);
  await publishReport(edges, repository, head, report);
  return report;
}

/** The repository with GitHub's present facts, or `undefined` where there is nothing left to sync. */
async function currentFacts({ github, store }: SyncEdges, repositoryId: number): Promise<Repository | undefined> {
  const known = await store.repository(repositoryId);
  if (known === undefined || known.state === "detached" || known.installationSuspended) return undefined;
  const facts = await github.repository(known);
  if (facts === undefined) {
    await store.detachRepositories([repositoryId]);
    return undefined;
  }
  await store.saveRepositories([facts]);
  // An archived repository is frozen on GitHub, check runs included.
  return facts.archived ? undefined : store.repository(repositoryId);
}

/** The report of a sync that may not write: what is stored stays, at the revision that it has. */
function stoppedReport(
  repository: Repository,
  head: CommitFacts,
  state: BindingState,
  diagnostics: readonly Diagnostic[],
): SyncReport {
  return {
    commit: head.sha,
    state,
    scope: repository.scope ? scopeSlug(repository.scope) : null,
    revision: repository.lastSync?.revision ?? null,
    upserts: [],
    deletes: [],
    unchanged: 0,
    skipped: [],
    diagnostics,
  };
}

/** Writes the check run of a commit, once: a retry after a crash finds that it still has to, a repeat that it need not. */
async function publishReport(
  { github, store }: SyncEdges,
  repository: Repository,
  head: CommitFacts,
  report: SyncReport,
): Promise<void> {
  const before = repository.lastSync;
  const isRepeat = repository.reportedSha === head.sha && before !== null && sameReport(before, report);
  if (isRepeat) return;
  await github.createCheckRun(repository, syncCheckRun(repository, report));
  await store.recordReported(repository.id, head.sha);
}

/** Whether two reports tell a person the same thing. What was read back from the store has its keys in another order. */
function sameReport(one: SyncReport, other: SyncReport): boolean {
  const told = ({ state, revision, scope, diagnostics }: SyncReport) =>
    JSON.stringify([state, revision, scope, diagnostics.map(({ code, path, message }) => [code, path, message])]);
  return told(one) === told(other);
}
