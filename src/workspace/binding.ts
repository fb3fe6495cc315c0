// The first key: what a repository's file asks for. `manifest/` reads the file; whether it is allowed is grant.ts.

/** Where the file lies, from the root of the repository. */
export const bindingPath = ".github/bifrost.yml";

/** What `.github/bifrost.yml` says, checked for form. */
export interface BindingRequest {
  /** An organisation's slug or id, or `global`, as written. */
  readonly scope: string;
  /** Folder that holds the modules, `""` for the repository's root. */
  readonly root: string;
  /** A revision (a number) or a release (a tag) of global to be pinned to. */
  readonly global?: number | string;
  /** `YYYY-MM-DD`. */
  readonly pinnedUntil?: string;
  readonly gate: boolean;
  /** Patterns in .gitignore's syntax, relative to the root folder. */
  readonly ignore: readonly string[];
}
