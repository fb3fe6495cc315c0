// Layers as an executor has them: from the cache, and from the store for whatever the cache lost. A run keeps the snapshot
// that it began with; a module that has changed since is noticed by its hash and read from the past.
import type { CachedModule, ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { ScopeReader } from "../store/store.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { createLayer, type LayeredFile } from "../workspace/layer.ts";
import { scopeKey, scopeSlug } from "../workspace/scope.ts";
import type { LayerSource } from "./layer-source.ts";
import type { RememberedLayer, RunMemory } from "./run-memory.ts";

export interface CachedSourceEdges {
  readonly store: Pick<ScopeReader, "snapshot" | "contents">;
  readonly cache: Pick<ModuleCache, "revision" | "snapshot" | "modules" | "heal">;
  /** Layers kept from earlier runs. Without one, every run reads whole indexes. */
  readonly memory?: Pick<RunMemory, "recall" | "remember">;
}

/**
 * Takes a snapshot of a granted scope and of the layer below it: the global one, at the revision that the organisation is
 * pinned to by the very same snapshot. A cache that is away or empty slows a run and breaks nothing: the store answers,
 * and modules that the cache lost are put back.
 */
export async function takeCachedSource(edges: CachedSourceEdges, granted: GrantedScope): Promise<LayerSource> {
  const own = await takeSnapshot(edges, granted);
  const below = readableLayers(granted, own.pin).slice(1);
  const snapshots = [own, ...(await Promise.all(below.map((layer) => takeSnapshot(edges, layer))))];
  return {
    layers: snapshots.map(({ layer }) => layer),
    revision: Object.fromEntries(snapshots.map(({ granted, revision }) => [scopeSlug(granted.scope), revision])),
    async read(wanted) {
      const contents = new Map<LayeredFile, string>();
      for (const { granted, revision } of snapshots) {
        const files = wanted.filter((file) => scopeKey(file.scope) === scopeKey(granted.scope));
        if (files.length === 0) continue;
        for (const [file, content] of await readScope(edges, granted, revision, files)) contents.set(file, content);
      }
      return contents;
    },
  };
}

interface TakenSnapshot extends RememberedLayer {
  readonly granted: GrantedScope;
}

async function takeSnapshot(edges: CachedSourceEdges, granted: GrantedScope): Promise<TakenSnapshot> {
  const { store, cache, memory } = edges;
  const known = memory?.recall(granted);
  if (known !== undefined) {
    const revision = await whileReachable(() => cache.revision(granted), undefined);
    if (revision === known.revision) return { granted, ...known };
  }
  const cached = await whileReachable(() => cache.snapshot(granted), undefined);
  const { revision, pin, files } = cached ?? (await store.snapshot(granted));
  const taken = { layer: createLayer(granted.scope, files), revision, pin };
  memory?.remember(granted, taken);
  return { granted, ...taken };
}

async function readScope(
  { store, cache }: CachedSourceEdges,
  granted: GrantedScope,
  revision: number,
  files: readonly LayeredFile[],
): Promise<Map<LayeredFile, string>> {
  const contents = new Map<LayeredFile, string>();
  const paths = files.map((file) => file.path);
  const cached = await whileReachable(() => cache.modules(granted, paths), new Map());
  const lost: LayeredFile[] = [];
  for (const file of files) {
    const module = cached.get(file.path);
    if (module?.hash === file.hash) contents.set(file, module.content);
    else lost.push(file);
  }
  if (lost.length === 0) return contents;

  const lostPaths = lost.map((file) => file.path);
  const stored = await store.contents(granted, lostPaths);
  const healed: CachedModule[] = [];
  const replaced: LayeredFile[] = [];
  for (const file of lost) {
    const found = stored.get(file.path);
    if (found?.hash === file.hash) {
      contents.set(file, found.content);
      healed.push({ path: file.path, hash: found.hash, content: found.content });
    } else replaced.push(file);
  }
  for (const [file, content] of await readPast(store, granted, revision, replaced)) contents.set(file, content);
  await whileReachable(() => cache.heal(granted, healed), undefined);
  return contents;
}

/**
 * Files that were pushed over since the snapshot. The store remembers them, so the run need not start again; and it could
 * not where a refresh died after its modules and before its index: the cache would give the same snapshot once more.
 */
async function readPast(
  store: CachedSourceEdges["store"],
  granted: GrantedScope,
  revision: number,
  files: readonly LayeredFile[],
): Promise<Map<LayeredFile, string>> {
  const contents = new Map<LayeredFile, string>();
  if (files.length === 0) return contents;
  const past = await store.contents(
    granted,
    files.map((file) => file.path),
    revision,
  );
  for (const file of files) {
    const found = past.get(file.path);
    if (found?.hash !== file.hash) {
      throw new Fault("snapshot-moved", `${file.path} of "${scopeSlug(file.scope)}" is not what the snapshot names`);
    }
    contents.set(file, found.content);
  }
  return contents;
}

/** Asks the cache, and does without it where it cannot be reached. */
async function whileReachable<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault && error.code === "cache-unavailable") return otherwise;
    throw error;
  }
}
