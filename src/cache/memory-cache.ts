// The cache in process: the same promises as the one in Redis, for a deployment of one process and no more.
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";
import type { CachedModule, CacheUpdate, ModuleCache } from "./cache.ts";
import { acceptsStep, headOf, isWorthHealing, wholeRevision } from "./head.ts";

interface HeldScope {
  readonly revision: number | undefined;
  /** Never changed once it is made: snapshots that were given out hold it. */
  readonly index: ReadonlyMap<WorkspacePath, ContentHash>;
  readonly modules: Map<WorkspacePath, CachedModule>;
}

/** Makes an empty cache, which holds every module that is published to it until it is closed. */
export function createMemoryCache(): ModuleCache {
  const scopes = new Map<string, HeldScope>();
  const held = (scope: Scope): HeldScope =>
    scopes.get(scopeKey(scope)) ?? { revision: undefined, index: new Map(), modules: new Map() };
  const headAt = ({ revision, index }: HeldScope) => headOf(revision, index.size);
  return {
    async revision({ scope }) {
      return wholeRevision(headAt(held(scope)));
    },
    async snapshot({ scope }) {
      const now = held(scope);
      const revision = wholeRevision(headAt(now));
      return revision === undefined ? undefined : { revision, files: now.index };
    },
    async modules({ scope }, paths) {
      const { modules } = held(scope);
      return new Map(paths.flatMap((path) => modules.get(path) ?? []).map((module) => [module.path, module]));
    },
    async publish({ scope }, update) {
      const before = held(scope);
      if (!acceptsStep(headAt(before), update)) return false;
      scopes.set(scopeKey(scope), takeStep(before, update));
      return true;
    },
    async heal({ scope }, modules) {
      const now = held(scope);
      const wanted = modules.filter(({ path, hash }) => isWorthHealing(headAt(now), hash, now.index.get(path)));
      for (const module of wanted) now.modules.set(module.path, module);
      scopes.set(scopeKey(scope), now);
    },
    async ready() {},
    async close() {
      scopes.clear();
    },
  };
}

function takeStep(before: HeldScope, { from, to, upserts, deletes }: CacheUpdate): HeldScope {
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
  return { revision: to, index, modules };
}
