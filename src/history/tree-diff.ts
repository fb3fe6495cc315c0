// Two states of a workspace, file by file: a scope at two revisions, or the layer below and what an organisation sees in
// its place. Paths and hashes say which files differ, and only those are read, a few at a time.
import { Fault } from "../errors.ts";
import { pathsOfName, visibleFiles } from "../workspace/cascade.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { type ContentHash, createLayer } from "../workspace/layer.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";
import { sameScope, scopeSlug } from "../workspace/scope.ts";
import type { HistoryEdges } from "./edges.ts";
import { diffFile, type FileDiff, type FileSide } from "./file-diff.ts";

/** Where a file of a state can be read. */
interface Place {
  readonly granted: GrantedScope;
  readonly revision: number;
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
}

/** A whole workspace at one moment. */
export type Tree = ReadonlyMap<WorkspacePath, Place>;

/** A scope's own files at a revision. */
export async function scopeTree(
  { store }: HistoryEdges,
  granted: GrantedScope,
  revision?: number,
): Promise<{ readonly revision: number; readonly files: Tree }> {
  const snapshot = await store.snapshot(granted, revision);
  const place = { granted, revision: snapshot.revision };
  const files = new Map([...snapshot.files].map(([path, hash]) => [path, { ...place, path, hash }]));
  return { revision: snapshot.revision, files };
}

/** The layer below an organisation's, and what the organisation sees where its own layer lies over that one. */
export async function layeredTrees(
  { store }: HistoryEdges,
  granted: GrantedScope,
): Promise<{
  readonly below: Tree;
  readonly seen: Tree;
  readonly revisions: { readonly own: number; readonly below: number };
}> {
  const { layers } = await store.layersAt(granted);
  const placed = (
    files: readonly { readonly scope: GrantedScope["scope"]; path: WorkspacePath; hash: ContentHash }[],
  ) =>
    new Map(
      files.flatMap(({ scope, path, hash }) =>
        layers
          .filter((layer) => sameScope(layer.granted.scope, scope))
          .map((layer) => [path, { granted: layer.granted, revision: layer.revision, path, hash }] as const),
      ),
    );
  const all = layers.map(({ granted: { scope }, files }) => createLayer(scope, files));
  // The lowest first: of one path in two layers the highest is what is seen.
  const [own, below] = layers.map(({ revision }) => revision);
  return {
    below: placed(visibleFiles(all.slice(1))),
    seen: placed(visibleFiles(all).toReversed()),
    revisions: { own: own ?? 0, below: below ?? 0 },
  };
}

// Files are up to 1 MiB each, and both sides of so many are in memory at once.
const filesAtOnce = 25;

/**
 * The differences of two states in order of path. `only` narrows them to one file, to one module by its name, or to a
 * folder. A module that only got another extension is a rename.
 */
export async function* diffTrees(
  edges: HistoryEdges,
  before: Tree,
  after: Tree,
  only?: string,
): AsyncGenerator<FileDiff> {
  const pairs = changedFiles(before, after).filter(
    (pair) => only === undefined || pair.some((at) => at && isIn(only, at.path)),
  );
  for await (const { before: old, after: now } of readChanged(edges, pairs)) yield diffFile(old, now);
}

/** A file before and after, with its contents; undefined where it was not there. */
export interface ChangedText {
  readonly before: (FileSide & { readonly hash: ContentHash }) | undefined;
  readonly after: (FileSide & { readonly hash: ContentHash }) | undefined;
}

/** The contents of these files, in their order, a few at a time. */
export async function* readChanged(edges: HistoryEdges, pairs: readonly ChangedFile[]): AsyncGenerator<ChangedText> {
  for (let start = 0; start < pairs.length; start += filesAtOnce) {
    const batch = pairs.slice(start, start + filesAtOnce);
    const contents = await readPlaces(
      edges,
      batch.flat().filter((place) => place !== undefined),
    );
    const side = (place: Place | undefined): ChangedText["before"] =>
      place && { path: place.path, hash: place.hash, content: contents.get(place) ?? "" };
    for (const [old, now] of batch) yield { before: side(old), after: side(now) };
  }
}

/** A file that is not the same in two states; undefined where one of them does not have it. */
export type ChangedFile = readonly [before: Place | undefined, after: Place | undefined];

/** The files that differ between two states, in order of path. Nothing is read. */
export function changedFiles(before: Tree, after: Tree): ChangedFile[] {
  const added = new Map([...after].filter(([path]) => !before.has(path)));
  const pairs: ChangedFile[] = [];
  for (const [path, old] of before) {
    const same = after.get(path);
    if (same !== undefined) {
      if (same.hash !== old.hash) pairs.push([old, same]);
      continue;
    }
    const renamed = pathsOfName(path).find((other) => added.has(other));
    pairs.push([old, renamed && added.get(renamed)]);
    if (renamed !== undefined) added.delete(renamed);
  }
  for (const now of added.values()) pairs.push([undefined, now]);
  const pathOf = ([old, now]: ChangedFile) => (old ?? now)?.path ?? "";
  return pairs.sort((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
}

/** Whether a path is the one that was named, the module of that name, or in that folder. */
export function isIn(named: string, path: WorkspacePath): boolean {
  return path === named || moduleName(path) === moduleName(named) || path.startsWith(`${named}/`);
}

async function readPlaces({ store }: HistoryEdges, places: readonly Place[]): Promise<Map<Place, string>> {
  const contents = new Map<Place, string>();
  for (const [granted, wanted] of Map.groupBy(places, (place) => place.granted)) {
    const found = await store.contentsAt(granted, wanted);
    for (const [index, place] of wanted.entries()) {
      const { path, hash, revision } = place;
      const content = found[index];
      if (content?.hash !== hash) {
        const slug = scopeSlug(granted.scope);
        throw new Fault("snapshot-moved", `${path} of "${slug}" is not what it was at revision ${revision}`);
      }
      contents.set(place, content.content);
    }
  }
  return contents;
}
