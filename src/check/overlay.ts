// The layers as they would be after the merge: the pull request's files in the place of its repository's stored ones.
import { contentHash } from "../digest.ts";
import { Fault } from "../errors.ts";
import type { Selection } from "../manifest/manifest.ts";
import type { LayerSource } from "../run/layer-source.ts";
import type { OwnedFile, OwnedSnapshot } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { diffTree, type WantedFile } from "../workspace/diff.ts";
import { decodeContent, type SkippedFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { type ContentHash, createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import { conflictDiagnostic, findTaker, type PathConflict } from "../workspace/ownership.ts";
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
  /** The revision of global that the organisation would be pinned to, where the merge changes that; null: none. */
  readonly pinAfter?: number | null;
}

export async function overlay(
  { github, store }: Pick<CheckEdges, "github" | "store">,
  { repository, commit, selection, granted, request, pinAfter }: OverlayRequest,
): Promise<Overlay> {
  const snapshots = await store.ownedSnapshots(granted);
  const [own] = snapshots;
  if (own === undefined) throw new TypeError("A granted scope has at least one layer");

  const stored = new Map(own.files.map((file) => [file.path, file]));
  const ours = [...stored].filter(([, file]) => file.repositoryId === repository.id);
  const { upserts, deletes } = diffTree(selection.keep, new Map(ours));
  const takerOf = findTaker(own.files, repository.id);
  const changes = upserts.filter(({ path }) => takerOf(path) === undefined);
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
    const taker = takerOf(path);
    return taker === undefined ? [] : [conflictWith(path, taker)];
  });
  const conflictPaths = new Set(conflicts.map(({ path }) => path));
  const where = { scope: scopeSlug(granted.scope), root: request.root, outcome: "this file would not be stored" };

  const below = await layersBelow(store, granted, snapshots, pinAfter);
  const layers = snapshots.map(layerOf);
  const merged = [
    createLayer(own.scope, files),
    ...(below === snapshots ? layers.slice(1) : below.slice(1).map(layerOf)),
  ];
  const readBelow = storedReader(store, below);
  const written = [...texts.keys()];
  return {
    before: {
      layers,
      revision: revisionsOf(snapshots),
      read: storedReader(store, snapshots),
    },
    source: {
      layers: merged,
      revision: revisionsOf(below),
      read: (wanted) => readMerged(wanted, own.scope, texts, readBelow),
    },
    ownPaths: new Set(selection.keep.map(({ path }) => path).filter((path) => !conflictPaths.has(path))),
    added: written.filter((path) => !stored.has(path)),
    // A file that only gets its owner or its git id is stored anew and changes nothing that anyone sees.
    changed: written.filter((path) => stored.has(path) && stored.get(path)?.hash !== files.get(path)),
    removed: deletes.map((file) => file.path),
    skipped,
    conflicts: conflicts.map((conflict) => conflictDiagnostic(conflict, where)),
  };
}

function conflictWith(path: WorkspacePath, { path: taken, owner, repositoryId }: OwnedFile): PathConflict {
  return { path, owner: owner ?? `repository ${repositoryId}`, ...(taken !== path && { twin: taken }) };
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

/**
 * The layers below the merged one: those that the organisation sees now, or, where the merge changes its pin, those of
 * the new one. Throws `Fault` `snapshot-moved` where the organisation changed between the two readings.
 */
async function layersBelow(
  store: CheckEdges["store"],
  granted: GrantedScope,
  snapshots: readonly OwnedSnapshot[],
  pinAfter: number | null | undefined,
): Promise<readonly OwnedSnapshot[]> {
  if (pinAfter === undefined) return snapshots;
  const after = await store.ownedSnapshots(granted, pinAfter);
  if (after[0]?.revision !== snapshots[0]?.revision) {
    throw new Fault("snapshot-moved", `"${scopeSlug(granted.scope)}" changed while it was being read`);
  }
  return after;
}

function layerOf({ scope, files }: OwnedSnapshot): Layer {
  return createLayer(scope, new Map(files.map(({ path, hash }) => [path, hash])));
}

function revisionsOf(snapshots: readonly OwnedSnapshot[]): LayerSource["revision"] {
  return Object.fromEntries(snapshots.map(({ scope, revision }) => [scopeSlug(scope), revision]));
}

/** Reads stored files of granted scopes, and only at the hash that the layers were taken with. */
function storedReader(store: CheckEdges["store"], snapshots: readonly OwnedSnapshot[]): LayerSource["read"] {
  return async (wanted) => {
    const contents = new Map<LayeredFile, string>();
    for (const { granted } of snapshots) {
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
