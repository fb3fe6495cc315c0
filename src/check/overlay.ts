// The layers as they would be after the merge: the pull request's files in the place of its repository's stored ones.
import { contentHash } from "../digest.ts";
import { Fault } from "../errors.ts";
import type { Selection } from "../manifest/manifest.ts";
import type { LayerSource } from "../run/layer-source.ts";
import type { OwnedFile } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { diffTree, type WantedFile } from "../workspace/diff.ts";
import { decodeContent, type SkippedFile } from "../workspace/file.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { type ContentHash, createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import { isOwnedByAnother } from "../workspace/ownership.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeKey, scopeSlug } from "../workspace/scope.ts";
import type { CheckEdges } from "./edges.ts";

export interface Overlay {
  /** The layers with the pull request merged. */
  readonly source: LayerSource;
  /** The layers as they are stored now. */
  readonly before: LayerSource;
  /** Paths that the pull request's repository would own: those of its tree that no other repository brought first. */
  readonly ownPaths: ReadonlySet<WorkspacePath>;
  readonly added: readonly WorkspacePath[];
  readonly changed: readonly WorkspacePath[];
  readonly removed: readonly WorkspacePath[];
  readonly skipped: readonly SkippedFile[];
  /** Paths that another repository of the scope brought first. */
  readonly conflicts: readonly Diagnostic[];
}

export interface OverlayRequest {
  readonly repository: Repository;
  /** The commit that would be merged. */
  readonly commit: string;
  /** The files of it that belong to the workspace. */
  readonly selection: Selection;
  readonly granted: GrantedScope;
  readonly request: BindingRequest;
}

export async function overlay(
  { github, store }: Pick<CheckEdges, "github" | "store">,
  { repository, commit, selection, granted, request }: OverlayRequest,
): Promise<Overlay> {
  const scopes = readableLayers(granted);
  const snapshots = await store.ownedSnapshots(granted);
  const [own] = snapshots;
  if (own === undefined) throw new TypeError("A granted scope has at least one layer");

  const stored = new Map(own.files.map((file) => [file.path, file]));
  const ours = [...stored].filter(([, file]) => file.repositoryId === repository.id);
  const { upserts, deletes } = diffTree(selection.keep, new Map(ours));
  const changes = upserts.filter(({ path }) => !isOwnedByAnother(stored.get(path), repository.id));
  refuseTooMuch(changes, selection);
  const blobs = await github.blobs(repository, [...new Set(changes.map((file) => file.gitSha))], commit);

  const files = new Map(own.files.map(({ path, hash }) => [path, hash]));
  const texts = new Map<WorkspacePath, string>();
  const skipped: SkippedFile[] = [...selection.skipped];
  for (const { path } of deletes) files.delete(path);
  for (const { path, gitSha } of changes) {
    const bytes = blobs.get(gitSha);
    if (bytes === undefined) throw new Fault("content-mismatch", `GitHub did not answer with the blob ${gitSha}`);
    const decoded = decodeContent(path, bytes);
    if ("text" in decoded) {
      files.set(path, contentHash(bytes));
      texts.set(path, decoded.text);
    } else {
      files.delete(path);
      skipped.push(decoded);
    }
  }
  const conflicts = upserts.flatMap(({ path }) => {
    const before = stored.get(path);
    return isOwnedByAnother(before, repository.id) ? [conflict(before, request.root, scopeSlug(granted.scope))] : [];
  });
  const conflictPaths = new Set(
    upserts.map(({ path }) => path).filter((path) => isOwnedByAnother(stored.get(path), repository.id)),
  );

  const revision = Object.fromEntries(snapshots.map((snapshot) => [scopeSlug(snapshot.scope), snapshot.revision]));
  const before = snapshots.map(({ scope, files: live }) =>
    createLayer(scope, new Map(live.map(({ path, hash }) => [path, hash]))),
  );
  const merged = [createLayer(own.scope, files), ...before.slice(1)];
  const readStored = storedReader(store, scopes);
  const written = [...texts.keys()];
  return {
    before: { layers: before, revision, read: readStored },
    source: { layers: merged, revision, read: (wanted) => readMerged(wanted, own.scope, texts, readStored) },
    ownPaths: new Set(selection.keep.map(({ path }) => path).filter((path) => !conflictPaths.has(path))),
    added: written.filter((path) => !stored.has(path)),
    // A file that only gets its owner or its git id is stored anew and changes nothing that anyone sees.
    changed: written.filter((path) => stored.has(path) && stored.get(path)?.hash !== files.get(path)),
    removed: deletes.map((file) => file.path),
    skipped,
    conflicts,
  };
}

// Every changed file is in memory as bytes and as text, and parsed besides.
const changedFilesMax = 5000;
const changedBytesMax = 64 * 1024 * 1024;

/** Refuses by the sizes that the tree states, before anything is fetched. */
function refuseTooMuch(changes: readonly WantedFile[], { keep }: Selection): void {
  const sizes = new Map(keep.map(({ path, sizeBytes }) => [path, sizeBytes ?? 0]));
  const bytes = changes.reduce((total, { path }) => total + (sizes.get(path) ?? 0), 0);
  if (changes.length <= changedFilesMax && bytes <= changedBytesMax) return;
  const what = `It changes ${changes.length} files of ${Math.ceil(bytes / 1024 / 1024)} MiB`;
  const most = `${changedFilesMax} files and ${changedBytesMax / 1024 / 1024} MiB`;
  throw new Fault("pull-request-too-large", `${what}, and a check takes at most ${most}`);
}

async function readMerged(
  wanted: readonly LayeredFile[],
  own: Layer["scope"],
  texts: ReadonlyMap<WorkspacePath, string>,
  readStored: LayerSource["read"],
): Promise<ReadonlyMap<LayeredFile, string>> {
  const contents = new Map<LayeredFile, string>();
  const rest: LayeredFile[] = [];
  for (const file of wanted) {
    const text = scopeKey(file.scope) === scopeKey(own) ? texts.get(file.path) : undefined;
    if (text === undefined) rest.push(file);
    else contents.set(file, text);
  }
  for (const [file, content] of await readStored(rest)) contents.set(file, content);
  return contents;
}

/** Reads stored files of granted scopes, and only at the hash that the layers were taken with. */
function storedReader(store: CheckEdges["store"], scopes: readonly GrantedScope[]): LayerSource["read"] {
  return async (wanted) => {
    const contents = new Map<LayeredFile, string>();
    for (const granted of scopes) {
      const files = wanted.filter((file) => scopeKey(file.scope) === scopeKey(granted.scope));
      if (files.length === 0) continue;
      const found = await store.contents(
        granted,
        files.map((file) => file.path),
      );
      for (const file of files) contents.set(file, contentAt(found.get(file.path), file));
    }
    return contents;
  };
}

function contentAt(
  found: { readonly hash: ContentHash; readonly content: string } | undefined,
  file: LayeredFile,
): string {
  if (found?.hash === file.hash) return found.content;
  throw new Fault("snapshot-moved", `${file.path} of "${scopeSlug(file.scope)}" changed while it was being read`);
}

function conflict({ path, owner, repositoryId }: OwnedFile, root: string, scope: string): Diagnostic {
  const other = owner ?? `repository ${repositoryId}`;
  return {
    code: "path-conflict",
    severity: "error",
    message: `${path} of "${scope}" belongs to ${other}, which brought it first: this file would not be stored`,
    scope: null,
    path: root === "" ? path : `${root}/${path}`,
    line: 1,
    column: 1,
    remedy: `Rename the file here, or delete it in ${other}`,
  };
}
