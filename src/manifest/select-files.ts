// Which files of a tree belong to the workspace, and why the others do not. Judged by path, mode and size alone: nobody's
// content is read for it.
import type { BindingRequest } from "../workspace/binding.ts";
import { type Classification, classify, type EntityType, type SkippedFile, type TreeFile } from "../workspace/file.ts";
import { foldedPath, type WorkspacePath } from "../workspace/path.ts";
import { createIgnore } from "./ignore.ts";
import { withoutTwins } from "./path-twins.ts";

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
  const judge = judgeBy(request);
  const found: SelectedFile[] = [];
  const spellings = new Set<string>();
  const skipped: SkippedFile[] = [];
  let leftOut = 0;
  let rootExists = prefix === "";
  for (const entry of entries) {
    if (!entry.path.startsWith(prefix)) continue;
    rootExists = true;
    const judged = judge(entry);
    if (judged.kind === "leave-out") leftOut += 1;
    else if (judged.kind === "skip") skipped.push(judged.skipped);
    else {
      found.push(judged.file);
      spellings.add(judged.folded);
    }
  }
  // Nearly every tree has no twins, which is quickly seen.
  const hasTwins = spellings.size < found.length;
  const { keep, skipped: twins } = hasTwins ? withoutTwins(found) : { keep: found, skipped: [] };
  return { keep, skipped: [...skipped, ...twins], leftOut, rootExists };
}

type Judgement =
  | { readonly kind: "keep"; readonly file: SelectedFile; readonly folded: string }
  | Exclude<Classification, { readonly kind: "keep" }>;

// Whoever reads a tree after another gives what did not change as the same object, so that it need not be judged again.
const judgements = new WeakMap<TreeFile, { readonly rules: string; readonly judgement: Judgement }>();

/** Gives what judges files below the root folder of a request by the rules of that request. */
function judgeBy({ root, ignore }: Pick<BindingRequest, "root" | "ignore">): (entry: TreeFile) => Judgement {
  const rules = JSON.stringify([root, ignore]);
  const isIgnored = createIgnore(ignore);
  return (entry) => {
    const known = judgements.get(entry);
    if (known?.rules === rules) return known.judgement;
    const file = root === "" ? entry : { ...entry, path: entry.path.slice(root.length + 1) };
    const judged = classify(file);
    const judgement = toJudgement(isIgnored(file.path) ? { kind: "leave-out" } : judged, entry);
    judgements.set(entry, { rules, judgement });
    return judgement;
  };
}

function toJudgement(judged: Classification, { mode, gitSha, sizeBytes }: TreeFile): Judgement {
  if (judged.kind !== "keep") return judged;
  const { path, entityType } = judged;
  return { kind: "keep", file: { path, entityType, mode, gitSha, sizeBytes }, folded: foldedPath(path) };
}
