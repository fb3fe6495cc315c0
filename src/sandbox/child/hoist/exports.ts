// Which binding stands behind an exported name, by the rules of ECMAScript for graphs without circles. Whether every name can be
// found was told by the linker and by V8 before.
import type { ModuleUrl } from "../../../workspace/program.ts";
import type { ForeignName, ModuleParts } from "./module-parts.ts";

/** A variable of one module, or the namespace of one. */
export type Binding =
  | { readonly kind: "local"; readonly url: ModuleUrl; readonly local: string }
  | { readonly kind: "namespace"; readonly url: ModuleUrl };

export interface NamedExports {
  resolve(url: ModuleUrl, name: string): Binding | "ambiguous" | undefined;
  /** Every exported name of a module, also those that are ambiguous. */
  names(url: ModuleUrl): readonly string[];
}

interface ExportingModule {
  readonly parts: ModuleParts;
  readonly imports: Readonly<Record<string, ModuleUrl>>;
}

/** Answers for the modules of a graph without circles. */
export function exportsOf(modules: ReadonlyMap<ModuleUrl, ExportingModule>): NamedExports {
  const known = new Map<string, Binding | "ambiguous" | undefined>();
  const knownNames = new Map<ModuleUrl, readonly string[]>();

  function resolve(url: ModuleUrl, name: string): Binding | "ambiguous" | undefined {
    const key = `${name} ${url}`;
    if (!known.has(key)) known.set(key, find(url, name));
    return known.get(key);
  }

  function find(url: ModuleUrl, name: string): Binding | "ambiguous" | undefined {
    const module = modules.get(url);
    if (module === undefined) return undefined;
    const local = module.parts.locals.get(name);
    if (local !== undefined) return { kind: "local", url, local };
    const foreign = module.parts.indirect.get(name);
    if (foreign !== undefined) return behind(module, foreign);
    if (name === "default") return undefined;
    let found: Binding | undefined;
    for (const specifier of module.parts.stars) {
      const target = module.imports[specifier];
      const binding = target === undefined ? undefined : resolve(target, name);
      if (binding === "ambiguous") return binding;
      if (binding === undefined) continue;
      if (found !== undefined && !isSame(found, binding)) return "ambiguous";
      found = binding;
    }
    return found;
  }

  function behind({ imports }: ExportingModule, { specifier, name }: ForeignName): Binding | "ambiguous" | undefined {
    const target = imports[specifier];
    if (target === undefined) return undefined;
    return name === null ? { kind: "namespace", url: target } : resolve(target, name);
  }

  function names(url: ModuleUrl): readonly string[] {
    const found = knownNames.get(url) ?? findNames(url);
    knownNames.set(url, found);
    return found;
  }

  function findNames(url: ModuleUrl): readonly string[] {
    const module = modules.get(url);
    if (module === undefined) return [];
    const { locals, indirect, stars } = module.parts;
    const own = [...locals.keys(), ...indirect.keys()];
    const starred = stars.flatMap((specifier) => {
      const target = module.imports[specifier];
      return target === undefined ? [] : names(target).filter((name) => name !== "default");
    });
    return [...new Set([...own, ...starred])];
  }

  return { resolve, names };
}

function isSame(one: Binding, other: Binding): boolean {
  const localOf = (binding: Binding) => (binding.kind === "local" ? binding.local : null);
  return one.url === other.url && localOf(one) === localOf(other);
}
