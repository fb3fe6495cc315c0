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
  /** The tag was deleted. What it named keeps its name, so that nobody who is pinned by it is left without. */
  readonly gone: boolean;
  readonly namedAt: Date;
}

/** What became of releases when a repository's tags were looked at, by name. */
export interface ReleaseChanges {
  readonly named: readonly string[];
  readonly moved: readonly string[];
  readonly gone: readonly string[];
  /** Names that another repository brought first: they are left to it. */
  readonly refused: readonly string[];
}
