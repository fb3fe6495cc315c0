// A folder on disk as git would list it: files, symbolic links and submodules, with paths from the folder. Needs no git,
// follows no link, and takes the working tree as it is, committed or not.
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../errors.ts";
import type { TreeFile } from "../workspace/file.ts";

// What git itself writes for a file of the working tree that it has not hashed.
const unknownSha = "0".repeat(40);

/** Throws `Fault` `wrong-use` where a path that somebody gave is no folder. */
export async function requireFolder(directory: string, what: string): Promise<void> {
  const facts = await statOf(directory, true);
  if (facts?.isDirectory()) return;
  const problem = facts === undefined ? "it does not exist" : "it is not a folder";
  throw new Fault("wrong-use", `Cannot read ${what} ${JSON.stringify(directory)}: ${problem}`, {
    remedy: "Give the path of a checked-out repository",
  });
}

/**
 * Lists everything below `root` (a path from `directory`, `""` for all of it), in order of path. Folders whose names begin
 * with a dot and `node_modules` are not entered: nothing in them is ever kept. `gitSha` is all zeros.
 */
export async function listFolder(directory: string, root: string): Promise<TreeFile[]> {
  const found: TreeFile[] = [];
  const folders = (await isPlainFolder(directory, root)) ? [root] : [];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await attempt(folder, () => readdir(join(directory, folder), { withFileTypes: true }));
    // A folder with a repository of its own is what git calls a submodule.
    if (folder !== root && entries.some((entry) => entry.name === ".git")) {
      found.push({ path: folder, mode: "160000", gitSha: unknownSha, sizeBytes: undefined });
      continue;
    }
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isMangled(entry.name)) {
        if (!entry.name.startsWith(".") && entry.name !== "node_modules") folders.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink() || entry.isDirectory()) {
        const file = await treeFile(directory, path, entry.name);
        if (file !== undefined) found.push(file);
      }
    }
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The bytes of a regular file, or `undefined` where there is none. */
export async function readRegularFile(directory: string, path: string): Promise<Uint8Array | undefined> {
  const facts = await statOf(join(directory, path), false);
  return facts?.isFile() ? attempt(path, () => readFile(join(directory, path))) : undefined;
}

/** One entry as git lists it, or `undefined` where it is gone since the folder was read. */
async function treeFile(directory: string, path: string, name: string): Promise<TreeFile | undefined> {
  // Nobody can open it by this name; it is listed so that it is skipped with a reason and not in silence.
  if (isMangled(name)) return { path, mode: "100644", gitSha: unknownSha, sizeBytes: undefined };
  const facts = await statOf(join(directory, path), false);
  if (facts === undefined) return undefined;
  const fileMode = (facts.mode & 0o111) === 0 ? "100644" : "100755";
  return { path, mode: facts.isSymbolicLink() ? "120000" : fileMode, gitSha: unknownSha, sizeBytes: facts.size };
}

/** Whether a name on disk is not UTF-8, which leaves this character in its place. */
function isMangled(name: string): boolean {
  return name.includes("\ufffd");
}

/** Whether a path leads from folder to folder without a link: git would list nothing behind one. */
async function isPlainFolder(directory: string, path: string): Promise<boolean> {
  let reached = directory;
  for (const segment of path === "" ? [] : path.split("/")) {
    reached = join(reached, segment);
    if (!(await statOf(reached, false))?.isDirectory()) return false;
  }
  return true;
}

async function statOf(path: string, follow: boolean) {
  try {
    return await (follow ? stat(path) : lstat(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): Fault {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new Fault("wrong-use", `Cannot read ${JSON.stringify(path)}: ${code}`, {
    cause,
    remedy: "Make the file readable, or name it in the ignore list of .github/bifrost.yml",
  });
}
