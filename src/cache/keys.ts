// The names of the keys in Redis, to the letter: executors in other languages read them too.
import type { WorkspacePath } from "../workspace/path.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";

/** The keys of one scope. No key of one scope can be a key of another: an id is a UUID, and `global` is none. */
export interface ScopeKeys {
  /** A hash of path to content hash. The braces are literal: a cluster keeps index and revision in one slot. */
  readonly index: string;
  /** A string, the revision's number. */
  readonly revision: string;
  /** What every module's key starts with; the path follows. */
  readonly modulePrefix: string;
}

export function scopeKeys(scope: Scope): ScopeKeys {
  const key = scopeKey(scope);
  return {
    index: `bifrost:index:{${key}}`,
    revision: `bifrost:revision:{${key}}`,
    modulePrefix: `bifrost:module:${key}:`,
  };
}

/** The key of one module: a string, JSON of `{"content","path","hash"}`. */
export function moduleKey(keys: ScopeKeys, path: WorkspacePath): string {
  return `${keys.modulePrefix}${path}`;
}

/** A pattern for SCAN that matches every key with this prefix and no other, whatever the prefix holds. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replaceAll(/[\\*?[\]^-]/g, "\\$&")}*`;
}
