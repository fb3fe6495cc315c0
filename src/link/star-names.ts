// What a module passes on by `export *`, by name: a folder's index with a thousand of them is asked for thousands of names, and
// following every star for each of them takes time to the square.
import type { ModuleNode } from "./node.ts";

/** What the modules that a star leads to, and theirs, have under one name. */
export type StarAnswer =
  /** Exactly one of them declares it. */
  | { readonly kind: "one"; readonly node: ModuleNode }
  /** None of them has it. `isSure` where all of them are known. */
  | { readonly kind: "none"; readonly isSure: boolean }
  /** It has to be looked for: several have it, or it comes from elsewhere. */
  | { readonly kind: "many" };

export interface StarNames {
  /** What comes in by the stars of a module that has no entry of its own for the name; undefined where it is not kept. */
  ask(module: ModuleNode, name: string): StarAnswer | undefined;
}

interface Table {
  /** Null for what has to be looked for. */
  readonly nodes: ReadonlyMap<string, ModuleNode | null>;
  readonly isSure: boolean;
}

// Names kept in all, each with what a Map needs for it: some 50 MB, and far more than any workspace has.
const keptMax = 500_000;
// A table costs as much as looking for a few names.
const asksBeforeMaking = 3;

/** `starTargets` gives what the stars of a module lead to; undefined stands for what leads nowhere. */
export function createStarNames(starTargets: (module: ModuleNode) => readonly (ModuleNode | undefined)[]): StarNames {
  const tables = new Map<ModuleNode, Table | null>();
  const asks = new Map<ModuleNode, number>();
  let kept = 0;

  function make(module: ModuleNode): Table | null {
    const nodes = new Map<string, ModuleNode | null>();
    const seen = new Set([module]);
    let isSure = true;
    for (const node of seen) {
      if (node.record.isOpen) {
        isSure = false;
        continue;
      }
      if (node !== module) {
        for (const [name, { kind }] of node.record.exports) {
          nodes.set(name, nodes.has(name) || kind !== "local" ? null : node);
        }
      }
      for (const target of starTargets(node)) {
        if (target) seen.add(target);
        else isSure = false;
      }
      if (kept + nodes.size + seen.size > keptMax) return null;
    }
    kept += nodes.size + seen.size;
    return { nodes, isSure };
  }

  return {
    ask(module, name) {
      const count = (asks.get(module) ?? 0) + 1;
      asks.set(module, count);
      if (count <= asksBeforeMaking) return undefined;
      const table = tables.getOrInsertComputed(module, () => make(module));
      if (table === null) return undefined;
      const node = table.nodes.get(name);
      if (node === undefined) return { kind: "none", isSure: table.isSure };
      return node === null ? { kind: "many" } : { kind: "one", node };
    },
  };
}
