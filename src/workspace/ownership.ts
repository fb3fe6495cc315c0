// Whose a stored path is. A path of a scope belongs to the repository that brought it first, in whatever case it is written,
// and one that no repository brought belongs to nobody: the next repository that brings it may have it. Sync and check decide
// it by this alone.
import type { Diagnostic } from "./diagnostic.ts";
import { foldedPath, type WorkspacePath } from "./path.ts";

/** Whether a stored file belongs to another repository, so that this one may neither write nor delete it. */
function isOwnedByAnother<File extends { readonly repositoryId: number | null }>(
  stored: File | undefined,
  repositoryId: number,
): stored is File {
  return stored !== undefined && stored.repositoryId !== null && stored.repositoryId !== repositoryId;
}

/**
 * Gives what finds the stored file of another repository by which a path is taken: the file of this path or, where nothing is
 * stored at it, one whose path differs in case alone. A checkout on macOS or Windows holds only one of such two, and there an
 * import of either finds the same file. What is stored already stays its repository's.
 */
export function findTaker<File extends { readonly path: WorkspacePath; readonly repositoryId: number | null }>(
  stored: Iterable<File>,
  repositoryId: number,
): (path: WorkspacePath) => File | undefined {
  const byPath = new Map(Iterator.from(stored).map((file) => [file.path, file]));
  // Only new paths need it, which most changes have none of.
  let others: Map<string, File> | undefined;
  return (path) => {
    const same = byPath.get(path);
    if (same !== undefined) return isOwnedByAnother(same, repositoryId) ? same : undefined;
    others ??= new Map(
      byPath
        .values()
        .filter((file) => isOwnedByAnother(file, repositoryId))
        .map((file) => [foldedPath(file.path), file]),
    );
    return others.get(foldedPath(path));
  };
}

/** A path that a repository may not have. */
export interface PathConflict {
  readonly path: WorkspacePath;
  /** `owner/name` of the repository that brought it first. */
  readonly owner: string;
  /** The path as that repository brought it, where it differs in case. */
  readonly twin?: WorkspacePath;
}

/**
 * The finding that a conflict comes to, at the file that tried to take the path. `scope` is the scope's slug, `root` the
 * folder of the repository that holds the modules, `outcome` what becomes of the file.
 */
export function conflictDiagnostic(
  { path, owner, twin }: PathConflict,
  { scope, root, outcome }: { readonly scope: string; readonly root: string; readonly outcome: string },
): Diagnostic {
  const place = { scope: null, path: root === "" ? path : `${root}/${path}`, line: 1, column: 1 } as const;
  const taken =
    twin === undefined
      ? `${path} of "${scope}" belongs to ${owner}, which brought it first`
      : `${path} of "${scope}" differs in case alone from ${twin} of ${owner}, which was there first`;
  return {
    code: "path-conflict",
    severity: "error",
    message: `${taken}: ${outcome}`,
    ...place,
    remedy: `Rename the file here, or ${twin === undefined ? "delete it" : `rename ${twin}`} in ${owner}`,
  };
}
