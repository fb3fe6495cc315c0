// Whose a stored path is. A path of a scope belongs to the repository that brought it first, and one that no repository
// brought belongs to nobody: the next repository that brings it may have it. Sync and check decide it by this alone.

/** Whether a stored file belongs to another repository, so that this one may neither write nor delete it. */
export function isOwnedByAnother<File extends { readonly repositoryId: number | null }>(
  stored: File | undefined,
  repositoryId: number,
): stored is File {
  return stored !== undefined && stored.repositoryId !== null && stored.repositoryId !== repositoryId;
}
