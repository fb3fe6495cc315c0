// Reads a folder on disk as the files of a commit.
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type EntryChange, executable, symlink, type TreeChanges } from "./tree-entry.ts";

/** Every file below a folder, by its path from there; symlinks as symlinks, `.git` left out. */
export async function readFolder(folder: string): Promise<TreeChanges> {
  const files: Record<string, EntryChange> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const location = join(entry.parentPath, entry.name);
    const path = relative(folder, location).split(sep).join("/");
    if (path === ".git" || path.startsWith(".git/")) continue;
    if (entry.isSymbolicLink()) files[path] = symlink(await readlink(location));
    else if (entry.isFile()) {
      const content = await readFile(location);
      files[path] = ((await stat(location)).mode & 0o100) === 0 ? content : executable(content);
    }
  }
  return files;
}
