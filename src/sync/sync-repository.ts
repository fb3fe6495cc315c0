// A push, or any other hint that a repository may have changed: bring what is stored to the head of its default branch.
// State, not events: whatever the hint said, the tree of the head is read whole and compared with the store.
import { bindTree } from "../bind/bind-tree.ts";
import { readTree } from "../bind/read-tree.ts";
import type { ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { CommitFacts, GitHub } from "../github/github.ts";
import type { Store } from "../store/store.ts";
import { reportPath } from "../workspace/addresses.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { reportSubject } from "../workspace/full-report.ts";
import { holdDiagnostic } from "../workspace/guard-words.ts";
import type { SyncJob } from "../workspace/job.ts";
import type { BindingState, Repository, RepositoryFacts, SyncReport } from "../workspace/repository.ts";
import { rollbackDiagnostic } from "../workspace/rollback.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { applyTree } from "./apply-tree.ts";
import { askGate } from "./gate.ts";
import { openBlobs } from "./open-blobs.ts";
import { tellNobody, tellProgress } from "./progress.ts";
import { refreshScope } from "./refresh.ts";
import { fullSyncReport, syncCheckRun } from "./sync-check-run.ts";
import { together } from "./together.ts";

export interface SyncEdges {
  readonly github: GitHub;
  readonly store: Store;
  readonly cache: ModuleCache;
  /** Where browsers reach this server, without a slash at its end: check runs lead to their reports there. */
  readonly publicUrl?: string | undefined;
  /** Whether somebody may watch how far the sync has come: it writes that down now and then, by the clock. */
  readonly isWatched?: boolean;
  /** Called with a report once its check run is there, and before that is written down. */
  readonly onReported?: (repositoryId: number, report: SyncReport) => Promise<void>;
}

/** Syncs one repository. Gives the report of what was done, or `undefined` where there was nothing to look at. */
export async function syncRepository(edges: SyncEdges, job: SyncJob): Promise<SyncReport | undefined> {
  const { github, store } = edges;
  const current = await currentState(edges, job.repositoryId);
  if (current === undefined) return undefined;
  const { repository, head } = current;
  await using progress = edges.isWatched ? tellProgress(store, repository.id, head.sha) : tellNobody;
  const [tree] = await together(
    readTree(edges, repository, head.treeSha),
    repository.wantedSha === head.sha ? undefined : store.recordWanted(repository.id, head.sha),
  );
  await using blobs = await openBlobs(edges, repository, head, tree);
  const reading: SyncEdges = { ...edges, github: { ...github, blob: blobs.blob, blobs: blobs.blobs } };
  const binding = await bindTree(reading, repository, tree);
  if (binding.kind === "stopped") {
    const { state, requestedScope, requestedSha, diagnostics } = binding;
    const report = stoppedReport(repository, head, state, diagnostics);
    await store.recordStop(repository.id, { startedFrom: repository, state, requestedScope, requestedSha, report });
    await publishReport(edges, repository, head, report);
    return report;
  }

  const { granted, request, selection, pin, diagnostics: remarks } = binding;
  const isBound = repository.scope !== null && ["bound", "held", "gated", "rolled-back"].includes(repository.state);
  if (!isBound) await store.bindRepository(repository.id, granted, { by: head.author, commit: head.sha });
  const rollback = await store.rollbackOf(granted);
  if (rollback !== null) {
    const report = stoppedReport(repository, head, "rolled-back", [rollbackDiagnostic(rollback), ...remarks]);
    const requestedScope = request.scope;
    await store.recordStop(repository.id, { startedFrom: repository, state: "rolled-back", requestedScope, report });
    await publishReport(edges, repository, head, report);
    return report;
  }
  const gate = request.gate ? await askGate(edges, repository, head.sha) : undefined;
  if (gate?.kind === "closed") {
    const report = stoppedReport(repository, head, "gated", [gate.reason, ...remarks]);
    const requestedScope = request.scope;
    await store.recordStop(repository.id, { startedFrom: repository, state: "gated", requestedScope, report });
    // The check run `bifrost` of the same commit tells that it is being checked.
    if (!gate.isPending) await publishReport(edges, repository, head, report);
    return report;
  }
  const applied = await applyTree(reading, {
    ...{ repository, head, selection, granted, request, pin, remarks },
    tell: progress.tell,
  });
  if (applied.kind === "held") {
    const { hold } = applied;
    const reasons = [holdDiagnostic(repository, scopeSlug(granted.scope), hold), ...remarks];
    const report = stoppedReport(repository, head, "held", reasons);
    const requestedScope = request.scope;
    await store.recordStop(repository.id, { startedFrom: repository, state: "held", requestedScope, report, hold });
    await publishReport(edges, { ...repository, hold }, head, report);
    return report;
  }
  const { report, written } = applied;
  progress.tell("publishing");
  // After the commit, never inside it: a reader must not see files that a rollback takes back.
  const [refresh] = await Promise.allSettled([
    refreshScope(edges, granted, new Map(written.map((file) => [file.path, file]))),
  ]);
  // A cache that is away keeps nobody from learning what was stored; the job's retry brings the cache up to it.
  await publishReport(edges, repository, head, report);
  if (refresh.status === "rejected") throw refresh.reason;
  return report;
}

interface Current {
  readonly repository: Repository;
  readonly head: CommitFacts;
}

/** The repository with GitHub's present facts and its head, or `undefined` where there is nothing to sync. */
async function currentState({ github, store }: SyncEdges, repositoryId: number): Promise<Current | undefined> {
  const known = await store.repository(repositoryId);
  if (known === undefined || known.state === "detached" || known.installationSuspended) return undefined;
  // Most of the time GitHub says what is known, and then the head that was asked for besides is the repository's.
  const [facts, foundHead] = await Promise.allSettled([
    github.repository(known),
    github.head(known, known.defaultBranch),
  ]);
  if (facts.status === "rejected") throw facts.reason;
  if (facts.value === undefined) {
    await store.detachRepositories([repositoryId]);
    return undefined;
  }
  const isKnown = isSameFacts(known, facts.value);
  if (!isKnown) await store.saveRepositories([facts.value]);
  // An archived repository is frozen on GitHub, check runs included.
  if (facts.value.archived) return undefined;
  const repository = isKnown ? known : await store.repository(repositoryId);
  if (repository === undefined) return undefined;
  if (isKnown && foundHead.status === "rejected") throw foundHead.reason;
  const head =
    isKnown && foundHead.status === "fulfilled"
      ? foundHead.value
      : await github.head(repository, repository.defaultBranch);
  return head === undefined ? requireEmpty(repository) : await notBehind({ github }, { repository, head });
}

/** A repository without a head. Throws `Fault` `github-behind` where it had one, as what had commits once has some still. */
function requireEmpty({ wantedSha, defaultBranch, owner, name }: Repository): undefined {
  if (wantedSha === null) return;
  throw new Fault("github-behind", `GitHub does not serve the branch "${defaultBranch}" of ${owner}/${name} yet`);
}

/** The same, unless a webhook has told of more than GitHub's API serves: then it throws `Fault` `github-behind`. */
async function notBehind({ github }: Pick<SyncEdges, "github">, current: Current): Promise<Current> {
  const { repository, head } = current;
  const { wantedSha } = repository;
  // A head that was looked at before is no news. Either the announced commit came late or was forced away since, and
  // then GitHub knows it, or its API is behind the webhook, and then this throws.
  const isNoNews = wantedSha !== null && wantedSha !== head.sha && repository.lastSync?.commit === head.sha;
  if (isNoNews) await github.commit(repository, wantedSha);
  return current;
}

function isSameFacts(known: RepositoryFacts, facts: RepositoryFacts): boolean {
  return (Object.keys(facts) as (keyof RepositoryFacts)[]).every((fact) => known[fact] === facts[fact]);
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
    counts: { upserts: 0, deletes: 0, skipped: 0, refused: 0 },
    upserts: [],
    deletes: [],
    unchanged: 0,
    skipped: [],
    diagnostics,
  };
}

/** Writes the check run of a commit, once: a retry after a crash finds that it still has to, a repeat that it need not. */
async function publishReport(
  { github, store, publicUrl, onReported }: SyncEdges,
  repository: Repository,
  head: CommitFacts,
  report: SyncReport,
): Promise<void> {
  const before = repository.lastSync;
  const isRepeat = repository.reportedSha === head.sha && before !== null && sameReport(before, report);
  if (isRepeat) return;
  // The scope that it feeds by now: a first sync has just bound it.
  const scope = repository.scope ?? (await store.repository(repository.id))?.scope ?? null;
  const place = { repositoryId: repository.id, subject: reportSubject({ kind: "sync" }), headSha: head.sha };
  await store.saveReport(place, scope, fullSyncReport(repository, report));
  const draft = syncCheckRun(repository, report, { detailsPath: reportPath(scope, place), publicUrl });
  await github.createCheckRun(repository, draft);
  await onReported?.(repository.id, report);
  await store.recordReported(repository.id, head.sha);
}

/** Whether two reports tell a person the same thing. What was read back from the store has its keys in another order. */
function sameReport(one: SyncReport, other: SyncReport): boolean {
  const told = ({ state, revision, scope, counts, diagnostics }: SyncReport) =>
    JSON.stringify([
      state,
      revision,
      scope,
      counts.refused,
      diagnostics.map(({ code, path, message }) => [code, path, message]),
    ]);
  return told(one) === told(other);
}
