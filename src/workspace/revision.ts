// One step in the life of a scope: every sync that changes a scope makes exactly one. And what its files were in between.
import type { ContentHash } from "./layer.ts";
import type { WorkspacePath } from "./path.ts";
import { type Pin, pinName } from "./pin.ts";

/**
 * - `sync`: a commit of a repository.
 * - `purge`: an operator took out what a repository had brought.
 * - `rollback`: an operator made it equal to a past one.
 */
export const revisionKinds = ["sync", "purge", "rollback"] as const;
export type RevisionKind = (typeof revisionKinds)[number];

export interface Revision {
  /** Rises by one per scope, from 1. */
  readonly number: number;
  readonly kind: RevisionKind;
  readonly repositoryId: number | null;
  readonly commit: string | null;
  readonly author: string | null;
  /** When the commit was made, by git; null where there is no commit. */
  readonly committedAt: Date | null;
  readonly createdAt: Date;
  readonly upserts: number;
  readonly deletes: number;
  /** The revision of global that the organisation was pinned to from here on; null: it followed global. */
  readonly pin: Pick<Pin, "revision" | "release"> | null;
  /** The revision that a rollback made this one equal to. */
  readonly copyOf: number | null;
  /** When retention dropped its files; null: it can be read back. */
  readonly droppedAt: Date | null;
}

/** A moment in the life of a scope. */
export type Moment =
  | { readonly kind: "revision"; readonly number: number }
  | { readonly kind: "time"; readonly at: Date };

/** What a file, or a name, held from the revision that made it up to, and not including, the one that ended it. */
export interface FileVersion {
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly repositoryId: number | null;
  readonly made: Revision;
  /** Null while it is live. */
  readonly ended: Revision | null;
}

/**
 * What a scope held under one name over time, oldest first. `paths` are those that the name may stand for, the first
 * that is there wins; `versions` are all that were ever at them. Versions that follow each other with the same path and
 * content are one: a file that only changed hands did not change.
 */
export function successionOf(paths: readonly WorkspacePath[], versions: readonly FileVersion[]): FileVersion[] {
  const rank = new Map(paths.map((path, index) => [path, index]));
  const named = versions.filter(({ path }) => rank.has(path));
  const steps = new Map<number, Revision>();
  for (const { made, ended } of named) for (const step of ended ? [made, ended] : [made]) steps.set(step.number, step);
  const succession: FileVersion[] = [];
  for (const step of [...steps.values()].sort((one, other) => one.number - other.number)) {
    const last = succession.at(-1);
    const winner = named
      .filter((version) => isLiveAt(version, step.number))
      .sort((one, other) => (rank.get(one.path) ?? 0) - (rank.get(other.path) ?? 0))[0];
    const isSame = last?.ended === null && last.path === winner?.path && last.hash === winner.hash;
    if (isSame) continue;
    if (last?.ended === null) succession[succession.length - 1] = { ...last, ended: step };
    if (winner !== undefined) succession.push({ ...winner, made: step, ended: null });
  }
  return succession;
}

/** Whether a version is what its file held at a revision. */
export function isLiveAt({ made, ended }: FileVersion, revision: number): boolean {
  return made.number <= revision && (ended === null || ended.number > revision);
}

/** The revision since which a scope holds a name without a gap, whatever the files were, up to the last one given. */
export function heldSince(succession: readonly FileVersion[]): Revision | undefined {
  let beginning = succession.at(-1)?.made;
  for (const { made, ended } of succession.toReversed().slice(1)) {
    if (ended?.number !== beginning?.number) break;
    beginning = made;
  }
  return beginning;
}

/** What a revision is beside its files, remark by remark; `older` is the one before it, where there is one. */
export function revisionRemarks({ kind, copyOf, pin, droppedAt }: Revision, older: Revision | undefined): string[] {
  const remarks: string[] = [];
  if (kind === "purge") remarks.push("purge");
  if (kind === "rollback") remarks.push(copyOf === null ? "end of a rollback" : `rollback to revision ${copyOf}`);
  if (pin !== null && pin.revision !== older?.pin?.revision) remarks.push(`pins global to ${pinName(pin)}`);
  if (pin === null && older?.pin) remarks.push("follows global again");
  if (droppedAt !== null) remarks.push("dropped from the history");
  return remarks;
}
