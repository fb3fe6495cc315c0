// What a name leads to among a module's exports: ECMAScript's ResolveExport, as a search over pairs of module and name.
// The specification's algorithm walks the same pairs by recursion; here nothing is recursive, so that a chain of a
// hundred thousand re-exports does not overflow the stack.
import type { ModuleNode } from "./node.ts";
import { createStarNames, type StarNames } from "./star-names.ts";

export type ExportAnswer =
  | {
      readonly kind: "found";
      /** Another way to the name is a circle of re-exports, with which V8 may have trouble: see circles.ts. */
      readonly isCircular: boolean;
    }
  /** A module on the way could not be found or understood, which is reported at its own place. */
  | { readonly kind: "unknown" }
  | {
      readonly kind: "absent";
      /** A re-export on the way asks for the name in vain, and is reported at its own place. */
      readonly isReportedElsewhere: boolean;
      readonly isCircular: boolean;
    }
  | {
      readonly kind: "ambiguous";
      readonly between: readonly [ModuleNode, ModuleNode];
      readonly isReportedElsewhere: boolean;
    };

export interface ExportSearch {
  resolve(module: ModuleNode, name: string): ExportAnswer;
  /** Whether it has looked for so much that it gives up: what it did not look for is "unknown". */
  isSpent(): boolean;
  /** Every name that a module exports, those of its `export *` included. */
  names(module: ModuleNode): Set<string>;
  /** Whether a name is among the exports of a module as a type. */
  isType(module: ModuleNode, name: string): boolean;
}

/** Where a module's request leads, or `undefined` where it leads nowhere. */
export type TargetOf = (module: ModuleNode, request: number) => ModuleNode | undefined;

// Pairs of module and name that are looked at in all: less than half a second. A folder's index of a thousand modules that is asked for
// each name of them takes a thousandth of it.
const visitsMax = 2_000_000;

/** Answers are kept: where `targetOf` leads must not change. */
export function createExportSearch(targetOf: TargetOf): ExportSearch {
  const answers = new Map<ModuleNode, Map<string, ExportAnswer>>();
  const stars = new Map<ModuleNode, readonly (ModuleNode | undefined)[]>();
  const starTargets = (node: ModuleNode) =>
    stars.getOrInsertComputed(node, () => node.record.stars.map((request) => targetOf(node, request)));
  const graph: SearchedGraph = {
    targetOf,
    starTargets,
    starNames: createStarNames(starTargets),
    answered: (module, name) => answers.get(module)?.get(name),
    visitsLeft: visitsMax,
  };
  return {
    resolve(module, name) {
      return answers
        .getOrInsertComputed(module, () => new Map<string, ExportAnswer>())
        .getOrInsertComputed(name, () => search(graph, module, name));
    },
    isSpent: () => graph.visitsLeft < 0,
    names(module) {
      const names = new Set<string>();
      const seen = new Set([module]);
      for (const node of seen) {
        for (const name of node.record.exports.keys()) if (name !== "default" || node === module) names.add(name);
        for (const target of starTargets(node)) if (target) seen.add(target);
      }
      return names;
    },
    isType(module, name) {
      const visits: Visits = new Map();
      const queue: [ModuleNode, string][] = [[module, name]];
      for (const [node, wanted] of queue) {
        graph.visitsLeft -= 1;
        if (graph.visitsLeft < 0) return false;
        if (!visit(visits, node, wanted)) continue;
        if (node.record.types.has(wanted)) return true;
        const entry = node.record.exports.get(wanted);
        if (entry?.kind === "indirect") {
          const target = targetOf(node, entry.request);
          if (target) queue.push([target, entry.name]);
        } else if (entry === undefined) {
          for (const target of starTargets(node)) if (target) queue.push([target, wanted]);
        }
      }
      return false;
    },
  };
}

interface SearchedGraph {
  readonly targetOf: TargetOf;
  starTargets(node: ModuleNode): readonly (ModuleNode | undefined)[];
  readonly starNames: StarNames;
  /** The answer to a question that was asked before. */
  answered(module: ModuleNode, name: string): ExportAnswer | undefined;
  visitsLeft: number;
}

/**
 * Collects every binding that can be reached: none is absent, two are ambiguous. A pair that was seen before adds
 * nothing, which ends cycles and is what the specification's resolve set does.
 */
function search(graph: SearchedGraph, module: ModuleNode, name: string): ExportAnswer {
  const { targetOf, starTargets, starNames } = graph;
  const visits: Visits = new Map();
  const queue: { node: ModuleNode; wanted: string; isIndirect: boolean }[] = [
    { node: module, wanted: name, isIndirect: false },
  ];
  let found: { readonly node: ModuleNode; readonly name: string } | undefined;
  let isUnknown = false;
  let isCircular = false;
  let isReexported = false;
  // Until the first `export *` there is one way only, and whoever re-exports along it asks the same question.
  let isAfterStar = false;
  let isReexportedBeforeStar = false;
  for (const { node, wanted, isIndirect } of queue) {
    graph.visitsLeft -= 1;
    // Whoever asks is told by `isSpent`.
    if (graph.visitsLeft < 0) return { kind: "unknown" };
    if (!visit(visits, node, wanted)) {
      // Two `export *` that meet are no circle. Each module of a true one comes back through its own re-export.
      isCircular ||= isIndirect;
      continue;
    }
    const entry = node.record.exports.get(wanted);
    if (entry?.kind === "local") {
      if (found === undefined) found = { node, name: wanted };
      else return { kind: "ambiguous", between: [found.node, node], isReportedElsewhere: isReexportedBeforeStar };
    } else if (entry) {
      // A facade is ours, and nothing is ever reported there.
      if (node.kind !== "facade") isReexported = true;
      if (!isAfterStar) isReexportedBeforeStar = isReexported;
      const target = targetOf(node, entry.request);
      const known = target && !isAfterStar ? graph.answered(target, entry.name) : undefined;
      // What leads back here would have come by this very re-export, and be circular.
      if (known?.kind === "found" && !known.isCircular) return known;
      if (known?.kind === "absent" && !known.isCircular) {
        return { ...known, isReportedElsewhere: known.isReportedElsewhere || isReexported };
      }
      if (target) queue.push({ node: target, wanted: entry.name, isIndirect: true });
      else isUnknown = true;
    } else if (node.record.isOpen) {
      isUnknown = true;
    } else if (wanted !== "default") {
      // While there is one way only, all that is left to be found is behind these stars.
      const known = isAfterStar ? undefined : starNames.ask(node, wanted);
      isAfterStar = true;
      if (known?.kind === "one") {
        found = { node: known.node, name: wanted };
      } else if (known?.kind === "none") {
        isUnknown ||= !known.isSure;
      } else {
        for (const target of starTargets(node)) {
          if (target) queue.push({ node: target, wanted, isIndirect: false });
          else isUnknown = true;
        }
      }
    }
  }
  if (found) return { kind: "found", isCircular };
  if (isUnknown) return { kind: "unknown" };
  return { kind: "absent", isReportedElsewhere: isReexported && !isCircular, isCircular };
}

type Visits = Map<ModuleNode, Set<string>>;

/** Notes a pair of module and name, and gives whether it is new. */
function visit(visits: Visits, node: ModuleNode, name: string): boolean {
  const names = visits.getOrInsertComputed(node, () => new Set());
  if (names.has(name)) return false;
  names.add(name);
  return true;
}
