// Files whose paths are one where case does not count, or one altogether: of each only one can be kept.
import type { SkippedFile } from "../workspace/file.ts";
import { foldedPath, type WorkspacePath } from "../workspace/path.ts";

/** One file of each twins, the first of equal paths and the one with the most small letters; the others with the reason. */
export function withoutTwins<F extends { readonly path: WorkspacePath }>(
  files: readonly F[],
): { readonly keep: readonly F[]; readonly skipped: readonly SkippedFile[] } {
  const byPath = new Map<WorkspacePath, F>();
  const skipped: SkippedFile[] = [];
  for (const file of files) {
    if (!byPath.has(file.path)) byPath.set(file.path, file);
    else skipped.push(twin(file.path, "The tree holds this path twice: commit it again"));
  }
  const spellings = new Map<string, WorkspacePath[]>();
  for (const path of byPath.keys()) {
    const folded = foldedPath(path);
    const twins = spellings.get(folded);
    if (twins === undefined) spellings.set(folded, [path]);
    else twins.push(path);
  }
  for (const paths of spellings.values()) {
    // Small letters come after capitals, whatever the order of the tree.
    const [kept, ...others] = paths.sort((one, other) => (one < other ? 1 : -1));
    for (const path of others) {
      byPath.delete(path);
      skipped.push(twin(path, `Differs from ${kept} in case alone: rename or delete one of them`));
    }
  }
  return { keep: [...byPath.values()], skipped };
}

function twin(path: WorkspacePath, detail: string): SkippedFile {
  return { path, reason: "path-twin", detail };
}
