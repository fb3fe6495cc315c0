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

/** Compares a complete tree with everything stored of the same repository, by git blob id. */
export function diffTree(wanted: Iterable<WantedFile>, stored: Iterable<StoredFile>): TreeDiff {
  const left = new Map<WorkspacePath, StoredFile>();
  for (const file of stored) left.set(file.path, file);
  const upserts: WantedFile[] = [];
  let unchanged = 0;
  for (const file of wanted) {
    const before = left.get(file.path);
    left.delete(file.path);
    if (before && before.gitSha === file.gitSha && before.entityType === file.entityType) unchanged += 1;
    else upserts.push(file);
  }
  return { upserts, deletes: [...left.values()].sort((one, other) => (one.path < other.path ? -1 : 1)), unchanged };
}
