// What has to change so that what is stored of a repository equals its tree. State against state; events play no part.
import type { EntityType, StoredFile } from "./file.ts";
import type { WorkspacePath } from "./path.ts";

/** A file that the tree holds and the scope should. */
export interface WantedFile {
  readonly path: WorkspacePath;
  readonly entityType: EntityType;
  readonly gitSha: string;
}

export interface TreeDiff {
  /** Paths that are new or whose blob or kind differs. */
  readonly upserts: readonly WantedFile[];
  /** In the order of their paths. */
  readonly deletes: readonly StoredFile[];
  readonly unchanged: number;
}

/** Compares a complete tree, each path once, with everything stored of the same repository, by git blob id. */
export function diffTree(wanted: readonly WantedFile[], stored: ReadonlyMap<WorkspacePath, StoredFile>): TreeDiff {
  const upserts: WantedFile[] = [];
  let present = 0;
  for (const file of wanted) {
    const before = stored.get(file.path);
    if (before !== undefined) present += 1;
    if (before?.gitSha !== file.gitSha || before.entityType !== file.entityType) upserts.push(file);
  }
  const deletes = present === stored.size ? [] : missingFrom(wanted, stored);
  return { upserts, deletes, unchanged: wanted.length - upserts.length };
}

function missingFrom(wanted: readonly WantedFile[], stored: ReadonlyMap<WorkspacePath, StoredFile>): StoredFile[] {
  const paths = new Set(wanted.map(({ path }) => path));
  const missing = [...stored.values()].filter(({ path }) => !paths.has(path));
  return missing.sort((one, other) => (one.path < other.path ? -1 : 1));
}
