// Which files of a tree belong to the workspace, and why the others do not. Judged by path, mode and size alone: nobody's
// content is read for it.
import type { BindingRequest } from "../workspace/binding.ts";
import { classify, type EntityType, type SkippedFile, type TreeFile } from "../workspace/file.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { createIgnore } from "./ignore.ts";

/** A file to keep, by its path from the root folder. */
export interface SelectedFile extends TreeFile {
  readonly path: WorkspacePath;
  readonly entityType: EntityType;
}

export interface Selection {
  /** One file for each path. */
  readonly keep: readonly SelectedFile[];
  /** Paths from the root folder, each with its reason. */
  readonly skipped: readonly SkippedFile[];
  /** Files below the root folder that a rule or the `ignore` list leaves out. Those outside of it are not counted. */
  readonly leftOut: number;
  /** Whether the tree holds anything below the root folder. Where it does not, `root` is most likely misspelt. */
  readonly rootExists: boolean;
}

/**
 * Sorts the files of a repository's tree, with paths from the repository's root. Of names that differ in case alone one
 * is kept, the one with the most small letters: a checkout on macOS or Windows holds only one of them, so that nobody
 * there can work on the others. Of two files with one path, which only a damaged tree holds, the first is kept.
 */
export function selectFiles(entries: Iterable<TreeFile>, request: Pick<BindingRequest, "root" | "ignore">): Selection {
  const prefix = request.root === "" ? "" : `${request.root}/`;
  const isIgnored = createIgnore(request.ignore);
  const keep = new Map<WorkspacePath, SelectedFile>();
  const skipped: SkippedFile[] = [];
  let leftOut = 0;
  let rootExists = prefix === "";
  for (const entry of entries) {
    if (!entry.path.startsWith(prefix)) continue;
    rootExists = true;
    const path = entry.path.slice(prefix.length);
    const judged = classify(prefix === "" ? entry : { ...entry, path });
    if (judged.kind === "leave-out" || isIgnored(path)) leftOut += 1;
    else if (judged.kind === "skip") skipped.push(judged.skipped);
    else if (keep.has(judged.path)) {
      skipped.push({ path, reason: "path-twin", detail: "The tree holds this path twice: commit it again" });
    } else {
      const { mode, gitSha, sizeBytes } = entry;
      keep.set(judged.path, { path: judged.path, entityType: judged.entityType, mode, gitSha, sizeBytes });
    }
  }
  for (const twin of caseTwins([...keep.keys()])) {
    keep.delete(twin.path);
    skipped.push({
      path: twin.path,
      reason: "path-twin",
      detail: `Differs from ${twin.kept} in case alone: rename or delete one of them`,
    });
  }
  return { keep: [...keep.values()], skipped, leftOut, rootExists };
}

/** Every path but one of those that differ in case alone, with the one that is kept. */
function caseTwins(paths: readonly WorkspacePath[]): { readonly path: WorkspacePath; readonly kept: WorkspacePath }[] {
  // Nearly every tree has none, which is quickly seen.
  if (new Set(paths.map((path) => path.toLowerCase())).size === paths.length) return [];
  const spellings = new Map<string, WorkspacePath[]>();
  for (const path of paths) {
    const folded = path.toLowerCase();
    const twins = spellings.get(folded);
    if (twins === undefined) spellings.set(folded, [path]);
    else twins.push(path);
  }
  return [...spellings.values()].flatMap((twins) => {
    if (twins.length === 1) return [];
    // Small letters come after capitals, whatever the order of the tree.
    const [kept, ...others] = twins.sort((one, other) => (one < other ? 1 : -1));
    return kept === undefined ? [] : others.map((path) => ({ path, kept }));
  });
}
