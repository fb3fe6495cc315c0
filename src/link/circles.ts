// Re-exports in a circle, as V8 takes them. By the specification a name that comes back to itself on one way may still be
// found on another; V8 gives up when the way back is an `export { name } from`. Whether it comes that far depends on
// where it begins, so a graph with such a circle is walked as V8 walks it. Other graphs need none of this.
import type { TargetOf } from "./exports.ts";
import type { ModuleNode } from "./node.ts";
import type { AskedName } from "./record.ts";

/** The first name in evaluation order that V8 refuses to resolve, with the module that asks for it. */
export interface RefusedName {
  readonly module: ModuleNode;
  readonly asked: AskedName;
}

/**
 * Resolves every name of a graph in V8's order and with its memory: what was resolved once is not walked again. Takes
 * the modules in evaluation order. Recurses as V8 does, and a graph too deep for that is refused there as here.
 */
export function findRefusedName(modules: readonly ModuleNode[], targetOf: TargetOf): RefusedName | undefined {
  const resolved = new Map<ModuleNode, Map<string, Binding>>();
  for (const module of modules) {
    const own = new Map<string, Binding>();
    for (const [name, { kind }] of module.record.exports) if (kind === "local") own.set(name, { module, name });
    resolved.set(module, own);
  }

  /** Gives the binding, `undefined` where there is none and none is demanded, or throws `Refusal`. */
  const resolve = (module: ModuleNode, name: string, isDemanded: boolean, seen: Map<ModuleNode, Set<string>>) => {
    const table = resolved.getOrInsertComputed(module, () => new Map());
    const known = table.get(name);
    if (known) return known;
    const names = seen.getOrInsertComputed(module, () => new Set());
    if (names.has(name)) return orRefuse(undefined, isDemanded);
    names.add(name);
    const entry = module.record.exports.get(name);
    const binding: Binding | undefined =
      entry?.kind === "indirect"
        ? resolveIn(targetOf(module, entry.request), entry.name, true, seen)
        : resolveStars(module, name, seen);
    if (binding) table.set(name, binding);
    return orRefuse(binding, isDemanded);
  };

  const resolveIn = (
    target: ModuleNode | undefined,
    name: string,
    isDemanded: boolean,
    seen: Map<ModuleNode, Set<string>>,
  ): Binding | undefined => (target ? resolve(target, name, isDemanded, seen) : orRefuse(undefined, isDemanded));

  const resolveStars = (module: ModuleNode, name: string, seen: Map<ModuleNode, Set<string>>) => {
    if (name === "default") return undefined;
    let only: Binding | undefined;
    for (const star of module.record.stars) {
      const binding = resolveIn(targetOf(module, star), name, false, seen);
      if (only && binding && binding !== only) throw new Refusal();
      only ??= binding;
    }
    return only;
  };

  for (const module of modules) {
    const { names, exports } = module.record;
    const { import: imported = [], export: passedOn = [] } = Object.groupBy(names, ({ form }) => form);
    for (const asked of imported) {
      const target = targetOf(module, asked.request);
      if (isRefused(() => resolveIn(target, asked.name, true, new Map()))) return { module, asked };
    }
    const asking = new Map(passedOn.toReversed().map((asked) => [`${asked.request} ${asked.name}`, asked]));
    for (const [name, entry] of exports) {
      // One that passes on an import was judged as that import.
      const asked = entry.kind === "indirect" ? asking.get(`${entry.request} ${entry.name}`) : undefined;
      if (asked && isRefused(() => resolve(module, name, true, new Map()))) return { module, asked };
    }
  }
  return undefined;
}

function isRefused(resolve: () => unknown): boolean {
  try {
    resolve();
    return false;
  } catch (error) {
    if (error instanceof Refusal || error instanceof RangeError) return true;
    throw error;
  }
}

interface Binding {
  readonly module: ModuleNode;
  readonly name: string;
}

class Refusal extends Error {}

function orRefuse(binding: Binding | undefined, isDemanded: boolean): Binding | undefined {
  if (binding === undefined && isDemanded) throw new Refusal();
  return binding;
}
