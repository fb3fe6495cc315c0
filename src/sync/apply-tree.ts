// The writing half of a sync: which files the tree wants, which of them are not stored yet, and one transaction.
import { contentHash, gitBlobSha } from "../digest.ts";
import type { CommitFacts, GitHub } from "../github/github.ts";
import type { Selection } from "../manifest/manifest.ts";
import type { Store, SyncOutcome } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { diffTree, type WantedFile } from "../workspace/diff.ts";
import { decodeContent, type FileContent, type SkippedFile } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { Repository, SyncReport } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";

export interface TreeToApply {
  readonly repository: Repository;
  readonly head: CommitFacts;
  readonly selection: Selection;
  readonly granted: WritableScope;
  readonly request: BindingRequest;
  /** What the repository's file says that is no error. */
  readonly remarks: readonly Diagnostic[];
}

/** Makes what is stored of a repository equal to a tree, in one transaction, and gives the report of it. */
export async function applyTree(
  edges: { readonly github: GitHub; readonly store: Store },
  { repository, head, selection, granted, request, remarks }: TreeToApply,
): Promise<SyncReport> {
  const { store } = edges;
  const stored = await store.filesOfRepository(granted, repository.id);
  const diff = diffTree(selection.keep, stored);

  // A retry after a crash finds its own work done: the report of that work is the one to tell.
  const isDone = diff.upserts.length === 0 && diff.deletes.length === 0 && repository.syncedSha === head.sha;
  if (isDone && repository.lastSync?.commit === head.sha && repository.state === "bound") return repository.lastSync;

  const { files, skipped } = await readFiles(edges, { repository, head, granted }, diff.upserts);
  // A file that can be stored no longer is not in the scope any more, as it would not be had it never been stored.
  const unreadable = new Set<string>(skipped.map((file) => file.path));
  const deletes = [
    ...diff.deletes.map((file) => file.path),
    ...stored.filter((file) => unreadable.has(file.path)).map((file) => file.path),
  ];

  let report: SyncReport | undefined;
  await store.applySync(granted, {
    repositoryId: repository.id,
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
  return report;

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

/** Contents of files: from the store where the same blob is stored under another path, else from GitHub. */
async function readFiles(
  edges: { readonly github: GitHub; readonly store: Store },
  { repository, head, granted }: Pick<TreeToApply, "repository" | "head" | "granted">,
  wanted: readonly WantedFile[],
): Promise<{ readonly files: FileContent[]; readonly skipped: SkippedFile[] }> {
  const shas = new Set(wanted.map((file) => file.gitSha));
  const blobs = await readBlobs(edges, { repository, head, granted }, shas);
  const files: FileContent[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of wanted) {
    const bytes = blobs.get(file.gitSha);
    if (bytes === undefined) throw new TypeError(`No content for the blob ${file.gitSha}`);
    const decoded = decodeContent(file.path, bytes);
    if (!("text" in decoded)) skipped.push(decoded);
    else {
      files.push({
        path: file.path,
        entityType: file.entityType,
        gitSha: file.gitSha,
        hash: contentHash(bytes),
        sizeBytes: bytes.length,
        repositoryId: repository.id,
        content: decoded.text,
      });
    }
  }
  return { files, skipped };
}

/** Bytes by blob id. A rename costs no request: the same repository's stored copy of a blob is as good as GitHub's. */
async function readBlobs(
  { github, store }: { readonly github: GitHub; readonly store: Store },
  { repository, head, granted }: Pick<TreeToApply, "repository" | "head" | "granted">,
  shas: ReadonlySet<string>,
): Promise<Map<string, Uint8Array>> {
  const twins = (await store.filesOfRepository(granted, repository.id)).filter((file) => shas.has(file.gitSha));
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
