// The last whole tree of each repository. The next one is nearly the same, and what is the same is neither checked nor
// made again: an entry that did not change is the very object that was given last.
import { z } from "zod";
import { createRecent } from "../recent.ts";
import type { TreeFile } from "../workspace/file.ts";

/** An entry of a tree as GitHub gives it. */
export const treeEntry = z.object({
  path: z.string(),
  mode: z.string(),
  type: z.enum(["blob", "tree", "commit"]),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  size: z.int().optional(),
});
export type TreeEntry = z.infer<typeof treeEntry>;

// Some 50 MB: twenty repositories of 10,000 files.
const entriesMax = 200_000;

export interface RecentTrees {
  /** The files of a tree that was the repository's last one. A tree's id stands for all that is in it. */
  recall(repositoryId: number, treeSha: string): readonly TreeFile[] | undefined;
  /** Turns entries into files and keeps them. `check` is asked for each entry that the last tree did not have. */
  learn(
    repositoryId: number,
    treeSha: string,
    entries: readonly unknown[],
    check: (entry: unknown) => TreeEntry,
  ): readonly TreeFile[];
}

export function rememberTrees(): RecentTrees {
  const recent = createRecent<number, { readonly treeSha: string; readonly files: readonly TreeFile[] }>(
    entriesMax,
    ({ files }) => files.length,
  );
  return {
    recall(repositoryId, treeSha) {
      const last = recent.get(repositoryId);
      return last?.treeSha === treeSha ? last.files : undefined;
    },
    learn(repositoryId, treeSha, entries, check) {
      const known = findIn(recent.get(repositoryId)?.files ?? []);
      const files: TreeFile[] = [];
      for (const entry of entries) {
        const before = known(entry);
        if (before !== undefined) {
          files.push(before);
          continue;
        }
        const checked = check(entry);
        if (checked.type !== "tree") files.push(fileOf("", checked));
      }
      recent.set(repositoryId, { treeSha, files });
      return files;
    },
  };
}

/** An entry as a file, by the folder that it is listed in: `""`, or a path that ends with a slash. */
export function fileOf(folder: string, entry: TreeEntry): TreeFile {
  return { path: folder + entry.path, mode: entry.mode, gitSha: entry.sha, sizeBytes: entry.size };
}

/** Finds the file that an entry, in the order of its tree, was before; `undefined` where it was another or none. */
function findIn(files: readonly TreeFile[]): (entry: unknown) => TreeFile | undefined {
  let next = 0;
  let places: Map<string, number> | undefined;
  return (entry) => {
    const { path, mode, type, sha, size } = (entry ?? {}) as Partial<TreeEntry>;
    if (path === undefined || type === "tree") return undefined;
    let before = files[next];
    if (before?.path !== path) {
      // One that came or went shifts all that follow.
      places ??= new Map(files.map((file, place) => [file.path, place]));
      const place = places.get(path);
      if (place === undefined) return undefined;
      before = files[place];
      next = place;
    }
    next += 1;
    const isSame = before !== undefined && before.gitSha === sha && before.mode === mode && before.sizeBytes === size;
    // A submodule's mode and a blob's differ, so equal modes are equal types.
    return isSame && (type === "blob" || type === "commit") ? before : undefined;
  };
}
