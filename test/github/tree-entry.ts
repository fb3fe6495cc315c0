// What can be put into a commit: text, bytes, and the odd entries that git also holds.

/** A file of a commit with a mode of its own. Made by `executable`, `symlink` and `submodule`. */
export interface SpecialEntry {
  readonly mode: "100755" | "120000" | "160000";
  /** The bytes, a symlink's target, or a submodule's commit. */
  readonly content: string | Uint8Array;
}

/** What a push does at a path: write text or bytes, write a special entry, or delete (null). */
export type EntryChange = string | Uint8Array | SpecialEntry | null;

/** Paths, from the root of the repository, and what happens there. */
export type TreeChanges = Readonly<Record<string, EntryChange>>;

/** A file that may be executed. */
export function executable(content: string | Uint8Array): SpecialEntry {
  return { mode: "100755", content };
}

/** A symbolic link to a path. */
export function symlink(target: string): SpecialEntry {
  return { mode: "120000", content: target };
}

/** A submodule that stands at a commit (40 hex digits) of another repository. */
export function submodule(commitSha: string): SpecialEntry {
  return { mode: "160000", content: commitSha };
}
