// A layer: which files one scope holds, by path and content hash. Contents are elsewhere; resolving needs none.
import type { WorkspacePath } from "./path.ts";
import type { Scope } from "./scope.ts";

/** SHA-256 of a file's bytes, 64 lower-case hex digits. */
export type ContentHash = string & { readonly __brand: "ContentHash" };

/** Path to content hash, one entry for every live file of a scope. */
export type LayerFiles = ReadonlyMap<WorkspacePath, ContentHash>;

export interface Layer {
  readonly scope: Scope;
  readonly files: LayerFiles;
  /** Whether any file lies below this folder. */
  hasFolder(folder: string): boolean;
}

/** A file where the cascade found it. */
export interface LayeredFile {
  readonly scope: Scope;
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
}

/** Makes a layer of a scope's files. The set of folders is worked out at the first question about one. */
export function createLayer(scope: Scope, files: LayerFiles): Layer {
  let folders: Set<string> | undefined;
  return {
    scope,
    files,
    hasFolder(folder) {
      folders ??= collectFolders(files.keys());
      return folders.has(folder);
    },
  };
}

/** The paths at which two states of a layer differ: files that came, went or changed. */
export function changedPaths(one: LayerFiles, other: LayerFiles): Set<WorkspacePath> {
  const paths = new Set<WorkspacePath>();
  for (const [path, hash] of one) if (other.get(path) !== hash) paths.add(path);
  for (const path of other.keys()) if (!one.has(path)) paths.add(path);
  return paths;
}

function collectFolders(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}
