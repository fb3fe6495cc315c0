// Layers as they are stored, of named moments: what a revision of a scope made of it, and what it was before. Past files never
// change, so whoever reads later reads the same.
import { Fault } from "../errors.ts";
import type { ScopeReader } from "../store/store.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { changedPaths, createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { sameScope, scopeSlug } from "../workspace/scope.ts";
import type { LayerSource } from "./layer-source.ts";

export interface StoredEdges {
  readonly store: Pick<ScopeReader, "snapshot" | "contents" | "revisions">;
}

export interface RevisionSources {
  readonly before: LayerSource;
  readonly after: LayerSource;
  /** Paths at which the two differ, in any layer. */
  readonly changed: ReadonlySet<WorkspacePath>;
}

interface TakenLayer {
  readonly granted: GrantedScope;
  readonly layer: Layer;
  /** 0 for a layer of before the first revision. */
  readonly revision: number;
}

/**
 * A scope at two of its revisions, `number` and `since`, which is the one before it unless given, over what lies below it now; an organisation sees global at the pin that it
 * had before and after. Where retention has dropped what was before, both are the same. Throws `Fault` `unknown-revision` or
 * `revision-dropped`.
 */
export async function takeRevision(
  { store }: StoredEdges,
  granted: GrantedScope,
  number: number,
  since = number - 1,
): Promise<RevisionSources> {
  const [[made], [previous]] = await Promise.all([
    store.revisions(granted, 1, number + 1),
    store.revisions(granted, 1, since + 1),
  ]);
  if (made?.number !== number) {
    throw new Fault("unknown-revision", `"${scopeSlug(granted.scope)}" has no revision ${number}`);
  }
  const own = await take(store, granted, number);
  const below = (pin: number | null) =>
    Promise.all(
      readableLayers(granted, pin)
        .slice(1)
        .map((layer) => take(store, layer)),
    );
  const pin = made.pin?.revision ?? null;
  const belowAfter = await below(pin);
  const after = sourceOf(store, [own, ...belowAfter]);
  if (previous !== undefined && previous.droppedAt !== null) return { before: after, after, changed: new Set() };

  const ownBefore =
    previous === undefined
      ? { granted, layer: createLayer(granted.scope, new Map()), revision: 0 }
      : await take(store, granted, previous.number);
  const pinBefore = previous === undefined ? pin : (previous.pin?.revision ?? null);
  const before = sourceOf(store, [ownBefore, ...(pinBefore === pin ? belowAfter : await below(pinBefore))]);
  const changed = new Set(
    after.layers.flatMap(({ files }, index) => [...changedPaths(before.layers[index]?.files ?? new Map(), files)]),
  );
  return { before, after, changed };
}

async function take(store: StoredEdges["store"], granted: GrantedScope, number?: number): Promise<TakenLayer> {
  const { files, revision } = await store.snapshot(granted, number);
  return { granted, layer: createLayer(granted.scope, files), revision };
}

function sourceOf(store: StoredEdges["store"], taken: readonly TakenLayer[]): LayerSource {
  return {
    layers: taken.map(({ layer }) => layer),
    revision: Object.fromEntries(taken.map(({ layer, revision }) => [scopeSlug(layer.scope), revision])),
    async read(wanted) {
      const contents = new Map<LayeredFile, string>();
      for (const { granted, layer, revision } of taken) {
        const files = wanted.filter(({ scope }) => sameScope(scope, layer.scope));
        if (files.length === 0) continue;
        // Most files are what they were: those that are there now are read far quicker than those of the past.
        const live = await store.contents(granted, pathsOf(files));
        const gone = files.filter((file) => live.get(file.path)?.hash !== file.hash);
        const past = await store.contents(granted, pathsOf(gone), revision);
        for (const file of files) {
          const content = [live, past].map((found) => found.get(file.path)).find((one) => one?.hash === file.hash);
          if (content === undefined) {
            throw new Fault("snapshot-moved", `${file.path} of "${scopeSlug(file.scope)}" is not what the layer names`);
          }
          contents.set(file, content.content);
        }
      }
      return contents;
    },
  };
}

function pathsOf(files: readonly LayeredFile[]): WorkspacePath[] {
  return files.map(({ path }) => path);
}
