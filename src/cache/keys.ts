// The names of the keys in Redis, to the letter: executors in other languages read them too.
import type { GrantedScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";

/** A layer as its keys spell it: an organisation's id, `global`, or global as somebody is pinned to it, `global@42`. */
export function layerKey({ scope, at }: Pick<GrantedScope, "scope" | "at">): string {
  return at === undefined ? scopeKey(scope) : `${scopeKey(scope)}@${at}`;
}

/** The revisions among these layers of which a scope has a layer of its own. */
export function pinnedRevisions(scope: Scope, layerKeys: Iterable<string>): number[] {
  const start = `${scopeKey(scope)}@`;
  return [...layerKeys].filter((key) => key.startsWith(start)).map((key) => Number(key.slice(start.length)));
}

/**
 * The keys of one layer. No key of one layer can be a key of another: an id is a UUID, and neither `global` nor
 * `global@42` is one.
 */
export interface ScopeKeys {
  /** A hash of path to content hash. The braces are literal: a cluster keeps index and revision in one slot. */
  readonly index: string;
  /** A string, the revision's number. */
  readonly revision: string;
  /**
   * A string, the revision of global that an organisation is pinned to, or `latest` where it follows global; absent: it
   * was lost. Global has none: undefined.
   */
  readonly pin: string | undefined;
  /**
   * A set of paths that the index names no more and whose modules may still be there; absent: there are none. It shares
   * the index's slot, which the modules do not. Nobody needs it to read.
   */
  readonly removals: string;
  /** What every module's key starts with; the path follows. */
  readonly modulePrefix: string;
}

export function scopeKeys(layer: Pick<GrantedScope, "scope" | "at">): ScopeKeys {
  const key = layerKey(layer);
  return {
    index: `bifrost:index:{${key}}`,
    revision: `bifrost:revision:{${key}}`,
    pin: layer.scope.kind === "global" ? undefined : `bifrost:pin:{${key}}`,
    removals: `bifrost:removals:{${key}}`,
    modulePrefix: `bifrost:module:${key}:`,
  };
}

/** The layer whose index, revision, pin or removals have this key, as `layerKey` spells it; undefined for any other key. */
export function layerOfKey(key: string): string | undefined {
  return /^bifrost:(?:index|revision|pin|removals):\{([^{}]+)\}$/.exec(key)?.[1];
}

/** The key of one module: a string, JSON of `{"content","path","hash"}`. */
export function moduleKey(keys: ScopeKeys, path: WorkspacePath): string {
  return `${keys.modulePrefix}${path}`;
}

/** A pattern for SCAN that matches every key with this prefix and no other, whatever the prefix holds. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replaceAll(/[\\*?[\]^-]/g, "\\$&")}*`;
}
