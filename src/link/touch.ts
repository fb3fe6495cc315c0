// Which modules of a linked graph a change of files can touch: those that could resolve to one of them, and whatever
// imports those. All the others lead, check and evaluate as before, so a linker over the changed layers takes them over.
import { answeringNames, specifierPath } from "../workspace/cascade.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { folderOf, moduleExtension, moduleName } from "../workspace/path.ts";
import type { FileNode } from "./node.ts";
import type { Wiring } from "./wiring.ts";

export interface DeriveOptions {
  /** Takes over also what imports in vain and stays so, with the words and the code that it had: good for a verdict. */
  readonly keepsWords?: boolean;
}

export interface TouchIndex {
  /**
   * Gives whether a module stays as it is when files at these paths come, go or change, in any layer. A module that was
   * not wholly known when the index was made never does. What imports something in vain is touched by every path, since
   * the words for it name what is nearest, unless `keepsWords`.
   */
  untouchedBy(paths: Iterable<WorkspacePath>, options?: DeriveOptions): (module: FileNode) => boolean;
}

/** What is known of the graph: the wiring of a module, `undefined` while contents that it needs are not there. */
export interface KnownGraph {
  readonly modules: Iterable<FileNode>;
  wiringOf(module: FileNode): Wiring | undefined;
  nodeOf(file: Wiring["files"][number]): FileNode;
  leadsToFile(module: FileNode, specifier: string): boolean;
}

/** Reads the whole graph once; each question then costs what it touches. */
export function createTouchIndex({ modules, wiringOf, nodeOf, leadsToFile }: KnownGraph): TouchIndex {
  const known = new Set<FileNode>();
  const importers = new Map<FileNode, FileNode[]>();
  const atPath = new Map<string, FileNode[]>();
  // By the name of a file that could be what they import.
  const askers = new Map<string, FileNode[]>();
  // Whoever imports in vain a path that might become a folder, which is another thing to be wrong.
  const folderAskers = new Map<string, FileNode[]>();
  const inVain = new Set<FileNode>();
  const unknown: FileNode[] = [];
  const note = <Key>(map: Map<Key, FileNode[]>, key: Key, module: FileNode) => {
    map.getOrInsertComputed(key, () => []).push(module);
  };

  for (const module of modules) {
    const wiring = wiringOf(module);
    if (wiring === undefined) {
      unknown.push(module);
      continue;
    }
    known.add(module);
    note(atPath, module.file.path, module);
    for (const file of wiring.files) note(importers, nodeOf(file), module);
    const { requests, names, dynamicImports } = module.record;
    const namesOf = Map.groupBy(names, ({ request }) => request);
    for (const [position, { specifier }] of requests.entries()) {
      const asked = (namesOf.get(position) ?? []).map(({ name }) => name);
      for (const name of answeringNames(specifier, module.file.path, asked)) note(askers, name, module);
      const path = specifierPath(specifier, module.file.path);
      if (wiring.targets[position] !== undefined) continue;
      inVain.add(module);
      if (path !== undefined) note(folderAskers, path, module);
    }
    if (!wiring.findings.isEmpty() || dynamicImports.some(({ specifier }) => !leadsToFile(module, specifier))) {
      inVain.add(module);
    }
    for (const { specifier } of dynamicImports) {
      for (const name of answeringNames(specifier, module.file.path, [])) note(askers, name, module);
    }
  }

  const spread = (touched: Set<FileNode>): Set<FileNode> => {
    // A Set gives what is added to it while it is gone through.
    for (const module of touched) for (const importer of importers.get(module) ?? []) touched.add(importer);
    return touched;
  };
  for (const target of importers.keys()) if (!known.has(target)) unknown.push(target);
  for (const module of spread(new Set(unknown))) known.delete(module);

  return {
    untouchedBy(paths, { keepsWords = false } = {}) {
      const direct = new Set<FileNode>(keepsWords ? [] : inVain);
      const touch = (found: readonly FileNode[] | undefined) => {
        for (const module of found ?? []) direct.add(module);
      };
      for (const path of paths) {
        touch(atPath.get(path));
        if (moduleExtension(path) !== undefined) touch(askers.get(moduleName(path)));
        if (folderAskers.size === 0) continue;
        for (let folder = folderOf(path); folder !== ""; folder = folderOf(folder)) touch(folderAskers.get(folder));
      }
      const touched = spread(direct);
      return (module) => known.has(module) && !touched.has(module);
    },
  };
}
