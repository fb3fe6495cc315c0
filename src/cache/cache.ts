// What executors read: a copy of the store by scope, which may vanish at any moment and is then made anew.
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash, LayerFiles } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";

/** A scope's revision and index, read together. */
export interface CachedSnapshot {
  readonly revision: number;
  /** The revision of global that an organisation is pinned to; null: it follows global. */
  readonly pin: number | null;
  readonly files: LayerFiles;
}

export interface CachedModule {
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
  readonly content: string;
}

/**
 * A step from one revision of a scope to another, or everything that the scope holds where `from` is undefined: then
 * whatever the cache holds is replaced, unless it is of a later revision than `to`.
 */
export interface CacheUpdate {
  readonly from: number | undefined;
  readonly to: number;
  readonly upserts: readonly CachedModule[];
  readonly deletes: readonly WorkspacePath[];
  /** The revision of global that an organisation is pinned to at `to`; null or left out: it follows global. */
  readonly pin?: number | null;
}

/** Every method throws `Fault` `cache-unavailable` where the cache cannot be reached. */
export interface ModuleCache {
  /** The revision that the cache holds of a scope; `undefined` where it holds nothing or its index was evicted. */
  revision(granted: GrantedScope): Promise<number | undefined>;
  /**
   * The pin that the cache holds of a scope; null: it follows global, as global itself does. `undefined` where an
   * organisation's is not there: it was lost, or never published, and nobody can say which global it sees.
   */
  pin(granted: GrantedScope): Promise<number | null | undefined>;
  /**
   * Revision, pin and index in one consistent read; `undefined` where the cache holds nothing of the scope, or not all
   * three.
   */
  snapshot(granted: GrantedScope): Promise<CachedSnapshot | undefined>;
  /**
   * Modules by path, whatever their hash now is. Missing ones are absent from the answer. One whose hash differs from a
   * new snapshot's too is as good as missing (a publisher died halfway): take it from the store and heal it.
   */
  modules(granted: GrantedScope, paths: readonly WorkspacePath[]): Promise<Map<WorkspacePath, CachedModule>>;
  /**
   * Modules first, then index, revision and pin in one MULTI, then the removal of what was deleted; so a reader with either
   * index finds its modules or sees by the hash that the store has them. Gives false, with the index untouched, where
   * the cache is not at `from` any more: somebody else published, and the caller works out its step anew.
   */
  publish(granted: GrantedScope, update: CacheUpdate): Promise<boolean>;
  /**
   * Puts single modules back that were found missing. Index and revision stay, and a module that the index names with
   * another hash, or no more, is left out: it was read from the store too early. Removes, too, what a publisher that died
   * had yet to remove.
   */
  heal(granted: GrantedScope, modules: readonly CachedModule[]): Promise<void>;
  /**
   * Makes sure of a layer that is about to be pinned to: gives whether the cache holds it, and if so keeps it from a
   * `forget()` that is under way.
   */
  claim(granted: GrantedScope): Promise<boolean>;
  /**
   * Removes everything of a layer, unless `isNeeded` says otherwise or somebody claims it meanwhile. Readers that are
   * still at it find the rest in the store.
   */
  forget(granted: GrantedScope, isNeeded: () => Promise<boolean>): Promise<void>;
  /** The revisions of which the cache holds a layer of their own, beside the scope's present one. */
  pinnedLayers(granted: GrantedScope): Promise<number[]>;
  ready(): Promise<void>;
  close(): Promise<void>;
}
