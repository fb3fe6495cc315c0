// The writing half of a sync: which files the tree wants, which of them are not stored yet, and one transaction.
import type { PinChange } from "../bind/resolve-pin.ts";
import type { CommitFacts } from "../github/github.ts";
import type { Selection } from "../manifest/manifest.ts";
import type { SyncOutcome } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { diffTree, type WantedFile } from "../workspace/diff.ts";
import type { FileContent, UnreadableBlob } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import { conflictDiagnostic } from "../workspace/ownership.ts";
import type { Hold, Repository, SyncReport } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { holdFor } from "./hold.ts";
import type { ProgressTeller } from "./progress.ts";
import { type ReadEdges, readFiles, type UnreadableFile } from "./read-files.ts";
import { together } from "./together.ts";

export interface TreeToApply {
  readonly repository: Repository;
  readonly head: CommitFacts;
  readonly selection: Selection;
  readonly granted: WritableScope;
  readonly request: BindingRequest;
  readonly pin: PinChange | undefined;
  /** What the repository's file says that is no error. */
  readonly remarks: readonly Diagnostic[];
  readonly tell: ProgressTeller["tell"];
}

// Whoever brings a whole folder of another repository's sees so by the first of its files.
const conflictsToldMax = 100;

/** What came of it: the report, or a hold, with which nothing was written. */
export type Applied =
  | { readonly kind: "synced"; readonly report: SyncReport; readonly written: readonly FileContent[] }
  | { readonly kind: "held"; readonly hold: Hold };

/** Makes what is stored of a repository equal to a tree, in one transaction, unless that would delete too much. */
export async function applyTree(edges: ReadEdges, given: TreeToApply): Promise<Applied> {
  const { store } = edges;
  const { repository, head, granted, pin, tell } = given;
  const { stored, unreadable, unchanged, wanted, refused, known, gone } = await findDifference(edges, given);

  // A retry after a crash finds its own work done: the report of that work is the one to tell.
  const keepsPin = pin === undefined || pin.decision.kind === "keep";
  const isDone = wanted.length === 0 && gone.length === 0 && keepsPin && repository.syncedSha === head.sha;
  if (isDone && repository.lastSync?.commit === head.sha && repository.state === "bound") {
    return { kind: "synced", report: repository.lastSync, written: [] };
  }
  const guarded = { commit: head.sha, granted };
  // Before anything is fetched, and again with what turns out to be unreadable.
  const heldByTree = await holdFor(edges, repository, { ...guarded, deletes: gone });
  if (heldByTree !== undefined) return { kind: "held", hold: heldByTree };

  const { files, skipped } = await readFiles(edges, { repository, head, granted, tell }, wanted, stored);
  const deletes = [...gone, ...skipped.map(({ path }) => path).filter((path) => stored.has(path))];
  const held = await holdFor(edges, repository, { ...guarded, deletes });
  if (held !== undefined) return { kind: "held", hold: held };

  const left = [...known, ...skipped];
  tell("storing");
  let report: SyncReport | undefined;
  await store.applySync(granted, {
    repositoryId: repository.id,
    startedFrom: repository,
    commit: head.sha,
    author: head.author,
    committedAt: head.committedAt,
    upserts: files,
    refused,
    deletes,
    ...(isNews(left, unreadable) && { unreadable: left }),
    ...(pin && { pin: pin.wanted }),
    report: (outcome) => {
      report = reportOf(given, outcome, unchanged, left);
      return report;
    },
  });
  if (report === undefined) throw new TypeError("The store did not ask for the sync's report");
  return { kind: "synced", report, written: files };
}

/** What the tree and what is stored of the repository do not have in common, sorted by what there is to do about it. */
async function findDifference({ store }: ReadEdges, { repository, selection, granted }: TreeToApply) {
  const [stored, unreadable] = await together(
    store.filesOfRepository(granted, repository.id),
    store.unreadableBlobs(repository.id),
  );
  const { upserts, deletes, unchanged } = diffTree(selection.keep, stored);
  const [absent, known] = partition(upserts, ({ gitSha }) => unreadable.get(gitSha));
  // Most repositories are refused nothing, and of one that is, the same paths are refused again: nobody need read them.
  const wasRefused = repository.lastSync !== null && repository.lastSync.counts.refused > 0;
  const paths = absent.map(({ path }) => path);
  const ofOthers = new Set(wasRefused ? await store.pathsOfOthers(granted, repository.id, paths) : []);
  return {
    ...{ stored, unreadable, unchanged, known },
    wanted: absent.filter(({ path }) => !ofOthers.has(path)),
    refused: paths.filter((path) => ofOthers.has(path)),
    // A file that can be stored no longer is not in the scope any more, as it would not be had it never been stored.
    gone: [...deletes, ...known.filter(({ path }) => stored.has(path))].map(({ path }) => path),
  };
}

/** The files of which nothing is known, and those that are known to be unreadable, with why. */
function partition(
  files: readonly WantedFile[],
  known: (file: WantedFile) => UnreadableBlob | undefined,
): [WantedFile[], UnreadableFile[]] {
  const unknown = files.filter((file) => known(file) === undefined);
  const unreadable = files.flatMap((file) => {
    const why = known(file);
    return why === undefined ? [] : [{ path: file.path, ...why }];
  });
  return [unknown, unreadable];
}

/** Whether these are other blobs than those that were known. */
function isNews(left: readonly UnreadableBlob[], known: ReadonlyMap<string, UnreadableBlob>): boolean {
  const shas = new Set(left.map(({ gitSha }) => gitSha));
  return shas.size !== known.size || [...shas].some((gitSha) => !known.has(gitSha));
}

function reportOf(
  { head, selection, granted, request, remarks }: TreeToApply,
  outcome: SyncOutcome,
  unchanged: number,
  left: readonly UnreadableFile[],
): SyncReport {
  const where = { scope: scopeSlug(granted.scope), root: request.root };
  const skipped = [...selection.skipped, ...left.map(({ path, reason, detail }) => ({ path, reason, detail }))];
  return {
    commit: head.sha,
    state: "bound",
    scope: where.scope,
    root: where.root,
    revision: outcome.revision,
    counts: {
      upserts: outcome.upserts.length,
      deletes: outcome.deletes.length,
      skipped: skipped.length,
      refused: outcome.conflicts.length,
    },
    upserts: outcome.upserts,
    deletes: outcome.deletes,
    ...(outcome.pin && { pin: outcome.pin }),
    unchanged,
    skipped,
    diagnostics: [
      ...outcome.conflicts
        .slice(0, conflictsToldMax)
        .map((conflict) => conflictDiagnostic(conflict, { ...where, outcome: "this file was not stored" })),
      ...remarks,
    ],
  };
}
