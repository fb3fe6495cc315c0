// The cache in process: the same promises as the one in Redis, for a deployment of one process and no more.
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { CachedModule, CacheUpdate, ModuleCache } from "./cache.ts";
import { acceptsStep, headOf, isWorthHealing, wholeRevision } from "./head.ts";
import { layerKey, pinnedRevisions } from "./keys.ts";

interface HeldScope {
  readonly revision: number | undefined;
  /** Undefined where nothing was published. */
  readonly pin: number | null | undefined;
  /** Never changed once it is made: snapshots that were given out hold it. */
  readonly index: ReadonlyMap<WorkspacePath, ContentHash>;
  readonly modules: Map<WorkspacePath, CachedModule>;
}

/** Makes an empty cache, which holds every module that is published to it until it is closed. */
export function createMemoryCache(): ModuleCache {
  const scopes = new Map<string, HeldScope>();
  const held = (granted: GrantedScope): HeldScope =>
    scopes.get(layerKey(granted)) ?? { revision: undefined, pin: undefined, index: new Map(), modules: new Map() };
  const pinOf = ({ scope }: GrantedScope, { pin }: HeldScope) => (scope.kind === "global" ? null : pin);
  const headAt = ({ revision, index }: HeldScope) => headOf(revision, index.size);
  return {
    async revision(granted) {
      return wholeRevision(headAt(held(granted)));
    },
    async pin(granted) {
      return pinOf(granted, held(granted));
    },
    async snapshot(granted) {
      const now = held(granted);
      const revision = wholeRevision(headAt(now));
      const pin = pinOf(granted, now);
      return revision === undefined || pin === undefined ? undefined : { revision, pin, files: now.index };
    },
    async modules(granted, paths) {
      const { modules } = held(granted);
      return new Map(paths.flatMap((path) => modules.get(path) ?? []).map((module) => [module.path, module]));
    },
    async publish(granted, update) {
      const before = held(granted);
      if (!acceptsStep(headAt(before), update)) return false;
      scopes.set(layerKey(granted), takeStep(before, update));
      return true;
    },
    async heal(granted, modules) {
      const now = held(granted);
      const wanted = modules.filter(({ path, hash }) => isWorthHealing(headAt(now), hash, now.index.get(path)));
      for (const module of wanted) now.modules.set(module.path, module);
      scopes.set(layerKey(granted), now);
    },
    async claim(granted) {
      const now = scopes.get(layerKey(granted));
      if (now === undefined || wholeRevision(headAt(now)) === undefined) return false;
      // Another object: by it whoever is about to forget the layer sees that it was claimed.
      scopes.set(layerKey(granted), { ...now });
      return true;
    },
    async forget(granted, isNeeded) {
      const now = scopes.get(layerKey(granted));
      if (!(await isNeeded()) && scopes.get(layerKey(granted)) === now) scopes.delete(layerKey(granted));
    },
    async pinnedLayers({ scope }) {
      return pinnedRevisions(scope, scopes.keys());
    },
    async ready() {},
    async close() {
      scopes.clear();
    },
  };
}

function takeStep(before: HeldScope, { from, to, upserts, deletes, pin = null }: CacheUpdate): HeldScope {
  const index = new Map(from === undefined ? [] : before.index);
  const modules = new Map(from === undefined ? [] : before.modules);
  for (const module of upserts) {
    index.set(module.path, module.hash);
    modules.set(module.path, module);
  }
  for (const path of deletes) {
    index.delete(path);
    modules.delete(path);
  }
  return { revision: to, pin, index, modules };
}
