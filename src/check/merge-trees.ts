// A merge of whole files, for when GitHub has not made one: what a branch changed since it was cut, laid over where its
// target stands now. Lines are not merged: a file that both changed is left to GitHub.
import type { TreeFile } from "../workspace/file.ts";

export interface MergedTree {
  readonly tree: readonly TreeFile[];
  /** Paths that both sides changed, each in its own way; the tree has the branch's side of them. */
  readonly conflicts: readonly string[];
}

/** Merges `branch` into `target`. `base` is where the two parted. */
export function mergeTrees(
  base: readonly TreeFile[],
  target: readonly TreeFile[],
  branch: readonly TreeFile[],
): MergedTree {
  const [before, onto, from] = [byPath(base), byPath(target), byPath(branch)];
  const merged = new Map(onto);
  const conflicts: string[] = [];
  for (const path of new Set([...before.keys(), ...from.keys()])) {
    const [was, there, here] = [before.get(path), onto.get(path), from.get(path)];
    if (isSame(was, here)) continue;
    if (!isSame(was, there) && !isSame(there, here)) conflicts.push(path);
    if (here === undefined) merged.delete(path);
    else merged.set(path, here);
  }
  // One side's file may be the other side's folder.
  for (const path of merged.keys()) {
    const folder = foldersOf(path).find((above) => merged.has(above));
    if (folder !== undefined) conflicts.push(folder);
  }
  return { tree: [...merged.values()], conflicts: [...new Set(conflicts)].sort() };
}

function byPath(tree: readonly TreeFile[]): Map<string, TreeFile> {
  return new Map(tree.map((file) => [file.path, file]));
}

function isSame(one: TreeFile | undefined, other: TreeFile | undefined): boolean {
  return one?.gitSha === other?.gitSha && one?.mode === other?.mode;
}

function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
