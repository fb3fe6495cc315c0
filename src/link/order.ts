// The order in which ECMAScript evaluates a graph: depth first, dependencies before dependents, imports as written.
import type { ModuleNode } from "./node.ts";

/** Gives every module that a root leads to, itself last. Nothing recurses, so depth is bounded by memory alone. */
export function evaluationOrder(
  root: ModuleNode,
  targetsOf: (module: ModuleNode) => readonly (ModuleNode | undefined)[],
): ModuleNode[] {
  const order: ModuleNode[] = [];
  const seen = new Set<ModuleNode>([root]);
  const open = [{ module: root, targets: targetsOf(root), next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.next === top.targets.length) {
      order.push(top.module);
      open.pop();
      continue;
    }
    const target = top.targets[top.next];
    top.next += 1;
    if (target === undefined || seen.has(target)) continue;
    seen.add(target);
    open.push({ module: target, targets: targetsOf(target), next: 0 });
  }
  return order;
}
