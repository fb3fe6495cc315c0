// Many modules as one script, which V8 can keep compiled from one run to the next, as it cannot for modules. The meaning stays
// that of modules because only graphs are taken in which nothing can tell the difference: without circles, without
// anything that waits at a top level, and without exports that change after their module has run. Then every module
// simply runs once, in order, and an import is a constant.
import type { ModuleUrl, ProgramModule } from "../../../workspace/program.ts";
import { sdkUrl } from "../../../workspace/program.ts";
import { handoverName } from "../../isolate/bootstrap.ts";
import type { ScriptLines } from "../../isolate/stacks.ts";
import { withoutEscapes } from "../escapes.ts";
import { hostSpecifier, perModuleSpecifier, prepare } from "../prepare.ts";
import { type Binding, exportsOf, type NamedExports } from "./exports.ts";
import { type ModuleParts, partsOf } from "./module-parts.ts";

/** The file name by which V8 knows a script of this kind. */
export const hoistedName = "bifrost:program";

export interface HoistedProgram {
  readonly script: string;
  /** Modules whose namespaces the script takes from `handover.namespaces`, by their position there. */
  readonly namespaces: readonly HoistedNamespace[];
}

export interface HoistedNamespace {
  /** Exported names in the order in which the script gives their values. */
  readonly names: readonly string[];
}

interface Part {
  readonly url: ModuleUrl;
  readonly parts: ModuleParts;
  readonly imports: ProgramModule["imports"];
}

/**
 * Takes the modules of a linked program in the order of evaluation, the entry last, and gives the script, or undefined where the
 * graph is not of the kind that can be one. V8 must have compiled and linked the same modules before.
 */
export function hoist(modules: readonly ProgramModule[], entry: ModuleUrl): HoistedProgram | undefined {
  const parts = takeApart(modules);
  if (parts === undefined || modules.at(-1)?.url !== entry) return undefined;
  return write(parts, entry);
}

function takeApart(modules: readonly ProgramModule[]): Part[] | undefined {
  const found: Part[] = [];
  const earlier = new Set<string>([sdkUrl]);
  for (const module of modules) {
    // An import of what comes later, or of itself, is a circle.
    if (!Object.values(module.imports).every((url) => earlier.has(url))) return undefined;
    earlier.add(module.url);
    const prepared = prepare(module);
    if (prepared.kind === "broken") return undefined;
    const parts = partsOf(prepared.text);
    if (parts === undefined || importsAtRunTime(parts)) return undefined;
    found.push({ url: module.url, parts, imports: module.imports });
  }
  return found;
}

/** Whether the text calls `import()`: what that leads to has to be a module of V8's. */
function importsAtRunTime({ text, imports }: ModuleParts): boolean {
  for (const [local, { specifier, name }] of imports) {
    if (specifier === perModuleSpecifier && name === "dynamicImport" && text.includes(local)) return true;
  }
  return false;
}

function write(modules: readonly Part[], entry: ModuleUrl): HoistedProgram | undefined {
  const graph: NamedExports = exportsOf(new Map(modules.map((module) => [module.url, module])));
  const prefix = unusedPrefix(modules);
  const cells = new Map<string, string>();
  const namespaces = new Map<ModuleUrl, number>();
  const cell = ({ url, local }: Extract<Binding, { kind: "local" }>): string => {
    const key = `${local} ${url}`;
    const name = cells.get(key) ?? `${prefix}${cells.size}`;
    cells.set(key, name);
    return name;
  };
  const namespace = (url: ModuleUrl): string => {
    const position = namespaces.get(url) ?? namespaces.size;
    namespaces.set(url, position);
    return `${prefix}h.namespaces[${position}].namespace`;
  };
  const expressionOf = (binding: Binding): string =>
    binding.kind === "local" ? cell(binding) : namespace(binding.url);

  /** What an import stands for, as an expression; undefined where it is nothing that the script has. */
  function imported({ url, imports }: Part, specifier: string, name: string | null): string | undefined {
    if (specifier === hostSpecifier) return name === null ? undefined : `${prefix}h[${JSON.stringify(name)}]`;
    if (specifier === perModuleSpecifier) return `${prefix}h.importer(${JSON.stringify(url)})[${JSON.stringify(name)}]`;
    const target = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
    if (target === undefined) return undefined;
    if (target === sdkUrl) return name === null ? undefined : `${prefix}h[${JSON.stringify(name)}]`;
    if (name === null) return namespace(target);
    const binding = graph.resolve(target, name);
    return binding === undefined || binding === "ambiguous" ? undefined : expressionOf(binding);
  }

  // Every import first: it says which exports are wanted.
  const heads: string[] = [];
  for (const module of modules) {
    const constants: string[] = [];
    for (const [local, { specifier, name }] of module.parts.imports) {
      const value = imported(module, specifier, name);
      if (value === undefined) return undefined;
      constants.push(`${local}=${value}`);
    }
    const { defaultName } = module.parts;
    heads.push(
      `${defaultName === null ? "" : `let ${defaultName};`}${constants.length > 0 ? `const ${constants.join(",")};` : ""}`,
    );
  }
  const main = graph.resolve(entry, "default");
  const mainValue = main === undefined || main === "ambiguous" ? undefined : expressionOf(main);
  // A namespace wants every export of its module, and those may be namespaces of further ones.
  const filled = new Map<ModuleUrl, readonly { readonly name: string; readonly value: string }[]>();
  for (const url of namespaces.keys()) {
    filled.set(
      url,
      graph.names(url).flatMap((name) => {
        const binding = graph.resolve(url, name);
        return binding === undefined || binding === "ambiguous" ? [] : [{ name, value: expressionOf(binding) }];
      }),
    );
  }

  const body = modules.map(({ url, parts }, position) => {
    const saved = new Set(parts.locals.values());
    const tails = [...saved].flatMap((local) => {
      const name = cells.get(`${local} ${url}`);
      return name === undefined ? [] : [`${name}=${local};`];
    });
    const slot = namespaces.get(url);
    if (slot !== undefined) {
      const values = (filled.get(url) ?? []).map(({ value }) => value);
      tails.push(`${prefix}h.namespaces[${slot}].fill(${values.join(",")});`);
    }
    return { url, head: `(()=>{${heads[position]}`, text: parts.text, tail: `${tails.join("")}})();` };
  });
  const { lines, places } = layOut(body);
  const own = JSON.stringify(handoverName);
  const script = [
    `"use strict";(function(){const ${prefix}h=globalThis[${own}];delete globalThis[${own}];${prefix}h.mapStacks(${places});`,
    cells.size > 0 ? `let ${[...cells.values()].join(",")};` : "",
    ...lines,
    `${prefix}h.settle(0,{__proto__:null${mainValue === undefined ? "" : `,default:${mainValue}`}});})()`,
  ].join("\n");
  return {
    script,
    namespaces: [...filled.values()].map((exported) => ({ names: exported.map(({ name }) => name) })),
  };
}

// What stands before the modules, and V8 counts from 1.
const firstLine = 3;

/** The lines of the script, and which of them are which module's, as source text. */
function layOut(
  body: readonly { readonly url: ModuleUrl; readonly head: string; readonly text: string; readonly tail: string }[],
): { readonly lines: string[]; readonly places: string } {
  const lines: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let next = firstLine;
  for (const { head, text, tail } of body) {
    starts.push(next + 1);
    // A CR at the text's end and the LF behind it are one end of a line.
    next += 1 + (`${text}\n`.match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0);
    ends.push(next);
    next += 1;
    lines.push(head, text, tail);
  }
  const places: ScriptLines = { name: hoistedName, urls: body.map(({ url }) => url), starts, ends };
  return { lines, places: JSON.stringify(places) };
}

/** What no name of a module holds, so that a name that begins with it is nobody's. */
function unusedPrefix(modules: readonly Part[]): string {
  const used = new Set(modules.flatMap(({ parts }) => withoutEscapes(parts.text).match(/\$[\da-z]+_/g) ?? []));
  for (let number = 0; ; number += 1) {
    const prefix = `$${number.toString(36)}_`;
    if (!used.has(prefix)) return prefix;
  }
}
