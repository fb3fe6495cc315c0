// The tree of a commit, as far as a binding can need it. What is in the files is bind-tree.ts's business, except that a
// tree too large to be given at once is walked where the repository's own file says that the modules are.
import type { GitHub, RepositoryAddress } from "../github/github.ts";
import { readManifest } from "../manifest/manifest.ts";
import { bindingPath } from "../workspace/binding.ts";
import { isFolderLeftOut, type TreeFile } from "../workspace/file.ts";
import { folderOf } from "../workspace/path.ts";

export interface TreeEdges {
  readonly github: Pick<GitHub, "tree" | "folders" | "blob">;
}

/**
 * Every file of a tree that a binding may select or must judge, with paths from the repository's root. Of a tree that
 * GitHub gives whole that is everything; of a larger one, the folder that holds the modules without the folders below it
 * that are left out by themselves. What it gives is complete in that sense, or the call throws.
 */
export async function readTree(
  { github }: TreeEdges,
  repository: RepositoryAddress,
  treeSha: string,
): Promise<readonly TreeFile[]> {
  const whole = await github.tree(repository, treeSha);
  if (whole !== undefined) return whole;
  const manifestFolder = folderOf(bindingPath);
  const top = await github.folders(repository, treeSha, (folder) => folder === manifestFolder);
  const file = findManifest(top);
  if (file === undefined) return top;
  const manifest = readManifest(new TextDecoder().decode(await github.blob(repository, file.gitSha)));
  // A file that cannot be read binds nothing, whatever else the tree holds.
  if (!("request" in manifest)) return top;
  const { root } = manifest.request;
  return await github.folders(
    repository,
    treeSha,
    (folder) => folder === manifestFolder || mayHoldModules(folder, root),
  );
}

/** The repository's own file in a tree. A symlink in its place is none. */
export function findManifest(tree: readonly TreeFile[]): TreeFile | undefined {
  return tree.find((entry) => entry.path === bindingPath && entry.mode.startsWith("100"));
}

function mayHoldModules(folder: string, root: string): boolean {
  if (root === "") return !isFolderLeftOut(folder);
  if (folder === root || root.startsWith(`${folder}/`)) return true;
  return folder.startsWith(`${root}/`) && !isFolderLeftOut(folder.slice(root.length + 1));
}
