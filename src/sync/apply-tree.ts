// The writing half of a sync: which files the tree wants, which of them are not stored yet, and one transaction.
import { contentHash, gitBlobSha } from "../digest.ts";
import type { CommitFacts, GitHub } from "../github/github.ts";
import type { Selection } from "../manifest/manifest.ts";
import type { Store, SyncOutcome } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { diffTree, type WantedFile } from "../workspace/diff.ts";
import { decodeContent, type FileContent, type SkippedFile, type StoredFile } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { Hold, Repository, SyncReport } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { holdFor } from "./hold.ts";

export interface TreeToApply {
  readonly repository: Repository;
  readonly head: CommitFacts;
  readonly selection: Selection;
  readonly granted: WritableScope;
  readonly request: BindingRequest;
  /** What the repository's file says that is no error. */
  readonly remarks: readonly Diagnostic[];
}

/** What came of it: the report, or a hold, with which nothing was written. */
export type Applied =
  | { readonly kind: "synced"; readonly report: SyncReport; readonly written: readonly FileContent[] }
  | { readonly kind: "held"; readonly hold: Hold };

/** Makes what is stored of a repository equal to a tree, in one transaction, unless that would delete too much. */
export async function applyTree(
  edges: { readonly github: GitHub; readonly store: Store },
  { repository, head, selection, granted, request, remarks }: TreeToApply,
): Promise<Applied> {
  const { store } = edges;
  const stored = await store.filesOfRepository(granted, repository.id);
  const diff = diffTree(selection.keep, stored);

  // A retry after a crash finds its own work done: the report of that work is the one to tell.
  const isDone = diff.upserts.length === 0 && diff.deletes.length === 0 && repository.syncedSha === head.sha;
  if (isDone && repository.lastSync?.commit === head.sha && repository.state === "bound") {
    return { kind: "synced", report: repository.lastSync, written: [] };
  }
  const gone = diff.deletes.map((file) => file.path);
  const guarded = { commit: head.sha, granted };
  // Before anything is fetched, and again with what turns out to be unreadable.
  const heldByTree = await holdFor(edges, repository, { ...guarded, deletes: gone });
  if (heldByTree !== undefined) return { kind: "held", hold: heldByTree };

  const { files, skipped } = await readFiles(edges, { repository, head, granted }, diff.upserts, stored);
  // A file that can be stored no longer is not in the scope any more, as it would not be had it never been stored.
  const unreadable = new Set<string>(skipped.map((file) => file.path));
  const deletes = [...gone, ...stored.filter((file) => unreadable.has(file.path)).map((file) => file.path)];
  const held = await holdFor(edges, repository, { ...guarded, deletes });
  if (held !== undefined) return { kind: "held", hold: held };

  let report: SyncReport | undefined;
  await store.applySync(granted, {
    repositoryId: repository.id,
    startedFrom: repository,
    commit: head.sha,
    author: head.author,
    committedAt: head.committedAt,
    upserts: files,
    deletes,
    report: (outcome) => {
      report = reportOf(outcome, diff.unchanged, [...selection.skipped, ...skipped]);
      return report;
    },
  });
  if (report === undefined) throw new TypeError("The store did not ask for the sync's report");
  return { kind: "synced", report, written: files };

  function reportOf(outcome: SyncOutcome, unchanged: number, left: readonly SkippedFile[]): SyncReport {
    return {
      commit: head.sha,
      state: "bound",
      scope: scopeSlug(granted.scope),
      revision: outcome.revision,
      upserts: outcome.upserts,
      deletes: outcome.deletes,
      unchanged,
      skipped: left,
      diagnostics: [
        ...outcome.conflicts.map((conflict) => conflictDiagnostic(conflict, request.root, granted)),
        ...remarks,
      ],
    };
  }
}

/** A path that another repository brought first, at the file that tried to take it. */
function conflictDiagnostic(
  { path, owner }: SyncOutcome["conflicts"][number],
  root: string,
  granted: WritableScope,
): Diagnostic {
  return {
    code: "path-conflict",
    severity: "error",
    message: `${path} of "${scopeSlug(granted.scope)}" belongs to ${owner}, which brought it first: this file was not stored`,
    scope: null,
    path: root === "" ? path : `${root}/${path}`,
    line: 1,
    column: 1,
    remedy: `Rename the file here, or delete it in ${owner}`,
  };
}

interface DecodedBlob {
  readonly content: ReturnType<typeof decodeContent>;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
}

/** Contents of files: from the store where the same blob is stored under another path, else from GitHub. */
async function readFiles(
  edges: { readonly github: GitHub; readonly store: Store },
  { repository, head, granted }: Pick<TreeToApply, "repository" | "head" | "granted">,
  wanted: readonly WantedFile[],
  stored: readonly StoredFile[],
): Promise<{ readonly files: FileContent[]; readonly skipped: SkippedFile[] }> {
  const shas = new Set(wanted.map((file) => file.gitSha));
  const blobs = await readBlobs(edges, { repository, head, granted }, shas, stored);
  const decoded = new Map<string, DecodedBlob>();
  for (const [sha, bytes] of blobs) {
    decoded.set(sha, { content: decodeContent("", bytes), hash: contentHash(bytes), sizeBytes: bytes.length });
    // The text is kept from here on: holding both of 30 MB is memory for nothing.
    blobs.delete(sha);
  }
  const files: FileContent[] = [];
  const skipped: SkippedFile[] = [];
  for (const { path, entityType, gitSha } of wanted) {
    const blob = decoded.get(gitSha);
    if (blob === undefined) throw new TypeError(`No content for the blob ${gitSha}`);
    const { content, hash, sizeBytes } = blob;
    if (!("text" in content)) skipped.push({ ...content, path });
    else files.push({ path, entityType, gitSha, hash, sizeBytes, repositoryId: repository.id, content: content.text });
  }
  return { files, skipped };
}

/** Bytes by blob id. A rename costs no request: the same repository's stored copy of a blob is as good as GitHub's. */
async function readBlobs(
  { github, store }: { readonly github: GitHub; readonly store: Store },
  { repository, head, granted }: Pick<TreeToApply, "repository" | "head" | "granted">,
  shas: ReadonlySet<string>,
  stored: readonly StoredFile[],
): Promise<Map<string, Uint8Array>> {
  const twins = stored.filter((file) => shas.has(file.gitSha));
  const contents = await store.contents(
    granted,
    twins.map((file) => file.path),
  );
  const blobs = new Map<string, Uint8Array>();
  for (const { content } of contents.values()) {
    const bytes = new TextEncoder().encode(content);
    blobs.set(gitBlobSha(bytes), bytes);
  }
  const missing = [...shas].filter((sha) => !blobs.has(sha));
  for (const [sha, bytes] of await github.blobs(repository, missing, head.sha)) blobs.set(sha, bytes);
  return blobs;
}
