// Releases: names for revisions of global. A tag of a repository that feeds global names the revision of its commit.

/** A tag and the commit that it leads to, as GitHub has them. */
export interface Tag {
  readonly name: string;
  readonly commit: string;
}

export interface Release {
  /** The tag's name. The first repository that brought it has it. */
  readonly name: string;
  readonly repositoryId: number;
  /** The repository's `owner/name`. */
  readonly repository: string;
  readonly commit: string;
  /** The revision of global that the commit made, or found; null: no sync has seen the commit. */
  readonly revision: number | null;
  /** The revision was dropped by retention before the tag came: nobody can be pinned to it any more. */
  readonly dropped: boolean;
  /** The tag was deleted. What it named keeps its name, so that nobody who is pinned by it is left without. */
  readonly gone: boolean;
  readonly namedAt: Date;
}

/**
 * - `named`: it names a revision, and its tag is there.
 * - `deleted`: its tag was deleted; what it names, it names still.
 * - `dropped`: the revision that it names was dropped before the tag came: nobody can be pinned to it.
 * - `waiting`: its commit is the newest that is known of its repository, and is not synced yet.
 * - `unnamed`: no sync has seen its commit, and none is to come: nobody can be pinned to it.
 */
export type ReleaseState = "named" | "deleted" | "dropped" | "waiting" | "unnamed";

/** How a release stands, with its repository; undefined: it is not known any more. */
export function releaseState(
  { commit, revision, gone, dropped }: Pick<Release, "commit" | "revision" | "gone" | "dropped">,
  repository: { readonly wantedSha: string | null; readonly syncedSha: string | null } | undefined,
): ReleaseState {
  if (gone) return "deleted";
  if (revision !== null) return dropped ? "dropped" : "named";
  return repository?.wantedSha === commit && repository.syncedSha !== commit ? "waiting" : "unnamed";
}

/** A tag that somebody pushed not long ago, as a delivery told. */
export interface PushedTag {
  readonly name: string;
  /** The release of that name, be it another repository's; null: there is none yet. */
  readonly release: Release | null;
  /** What was said of it last on its commit; null: nothing yet. */
  readonly told: string | null;
}

/** What became of releases when a repository's tags were looked at, by name. */
export interface ReleaseChanges {
  readonly named: readonly string[];
  readonly moved: readonly string[];
  readonly gone: readonly string[];
  /** Names that another repository brought first: they are left to it. */
  readonly refused: readonly string[];
}
