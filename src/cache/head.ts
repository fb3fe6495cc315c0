// What a cache holds of a scope, and which step may be taken from there: one rule for every cache.
import type { ContentHash } from "../workspace/layer.ts";
import type { CacheUpdate } from "./cache.ts";

export interface CacheHead {
  /** The revision that is written down, `undefined` where none is. */
  readonly revision: number | undefined;
  /**
   * Whether the index of that revision is there too. Redis evicts keys one by one, and an index that is gone looks like
   * the index of a scope without files; reading it so would make every import fall through to global. So an index
   * without files counts as gone, except at revision 0, which never had any.
   */
  readonly isWhole: boolean;
}

/** `fileCount` is the number of files in the index. */
export function headOf(revision: number | undefined, fileCount: number): CacheHead {
  return { revision, isWhole: revision !== undefined && (fileCount > 0 || revision === 0) };
}

/** The revision that a reader may rely on. */
export function wholeRevision(head: CacheHead): number | undefined {
  return head.isWhole ? head.revision : undefined;
}

/**
 * Whether a step may be taken. A step from a revision needs that revision, whole. Everything at once may replace whatever
 * there is, except a later revision: whoever read the store earlier must not undo what was published since.
 */
export function acceptsStep(head: CacheHead, { from, to }: Pick<CacheUpdate, "from" | "to">): boolean {
  if (from === undefined) return head.revision === undefined || head.revision <= to;
  return wholeRevision(head) === from;
}

/**
 * Whether a module may be put back: the index names it with this very hash, or there is no index to disagree. Whoever
 * found it missing may have read the store before it changed.
 */
export function isWorthHealing(head: CacheHead, hash: ContentHash, indexedHash: string | undefined): boolean {
  return !head.isWhole || indexedHash === hash;
}
