// Random module graphs of two layers, each written twice: as an author writes it, for the linker, and as plain JavaScript
// whose every specifier is the very module that it must mean, for V8. Which layer answers and what a folder offers is
// worked out here by itself, from the rules and not from the code under test.
import type { V8Graph } from "./v8.ts";

export interface RandomGraph {
  readonly org: Readonly<Record<string, string>>;
  readonly global: Readonly<Record<string, string>>;
  /** The path of the entry. */
  readonly entry: string;
  readonly v8: V8Graph;
  /** Whether a module stands for a folder somewhere: V8's order of evaluation is then not comparable. */
  readonly hasSubmodule: boolean;
}

interface Module {
  /** Path without extension and without `/index`. */
  readonly name: string;
  readonly path: string;
  readonly layer: "org" | "global";
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly kind: Kind;
  /** The name of the module that it is about; a name that no module has where it leads nowhere. */
  readonly to: string;
  readonly name: string;
  readonly as: string | undefined;
  /** Draws for how it is written. */
  readonly draw: number;
}

const kinds = {
  declare: 12,
  import: 6,
  namespace: 4,
  "pass-on": 6,
  star: 10,
  "star-as": 3,
  effect: 2,
  "type-import": 2,
  "type-beside": 1,
  "type-export": 2,
  "declare-type": 2,
  submodule: 3,
  dynamic: 1,
  attribute: 1,
} as const;
type Kind = keyof typeof kinds;

const bag = Object.entries(kinds).flatMap(([kind, weight]) => new Array<Kind>(weight).fill(kind as Kind));
const common = ["a", "b", "c", "default"];
const rare = ["two words", "\u{1f600}", "ä", "__proto__", "constructor", "then"];
const folder = "lib";
const leaves = ["a", "b", "c"];
const extensions = [".js", ".ts", ".mjs", ".mts"];

/** Gives a graph. The same numbers give the same graph. */
export function randomGraph(random: () => number): RandomGraph {
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  const roots = Array.from({ length: 1 + below(6) }, (_, index) => `m${index}`);
  const hasFolder = random() < 0.35;
  const inFolder = hasFolder ? leaves.slice(0, 1 + below(3)).map((leaf) => `${folder}/${leaf}`) : [];
  const hasIndex = hasFolder && random() < 0.5;
  const names = [...roots, ...inFolder, ...(hasIndex ? [folder] : []), ...(random() < 0.2 ? ["data"] : [])];

  const statement = (): Statement => ({
    kind: pick(bag),
    // A module that is not there is rare, or hardly any graph would link.
    to: random() < 0.02 ? "gone" : pick(names),
    name: random() < 0.1 ? pick(rare) : pick(common),
    as: random() < 0.4 ? undefined : random() < 0.1 ? pick(rare) : pick(common),
    draw: random(),
  });
  const moduleOf = (name: string, layer: Module["layer"]): Module => {
    const stem = name === folder ? `${folder}/index` : name;
    const path = `${stem}${name === "data" ? ".json" : pick(extensions)}`;
    const statements = name === "data" ? [] : Array.from({ length: 1 + below(5) }, statement);
    return { name, path, layer, statements };
  };
  const modules = names.flatMap((name) => {
    const place = random();
    // Hidden files are there to be hidden: nothing of them may matter.
    if (place < 0.25) return [moduleOf(name, "org"), moduleOf(name, "global")];
    return [moduleOf(name, place < 0.55 ? "org" : "global")];
  });
  return writeGraph(modules, pick(roots));
}

function writeGraph(modules: readonly Module[], entryName: string): RandomGraph {
  const visible = new Map<string, Module>();
  for (const layer of ["global", "org"]) {
    for (const module of modules) if (module.layer === layer) visible.set(module.name, module);
  }
  const offered = offeredNames(visible);
  const written = modules.map((module) => ({ module, ...writeModule(module, visible, offered) }));
  const textsOf = (layer: string) =>
    Object.fromEntries(
      written.filter(({ module }) => module.layer === layer).map(({ module, author }) => [module.path, author]),
    );
  const v8: Record<string, V8Graph["modules"][string]> = {};
  let hasSubmodule = false;
  for (const [name, { path }] of visible) {
    // What a folder gives by name is one and the same thing, whoever asks for it.
    const source = `export * as ${JSON.stringify(name.slice(folder.length + 1))} from "to";`;
    if (name.startsWith(`${folder}/`)) v8[`single:${path}`] = { source, imports: { to: path } };
  }
  for (const { module, plain, imports, usesSubmodule } of written) {
    if (visible.get(module.name) !== module) continue;
    v8[module.path] = { source: plain, imports };
    hasSubmodule ||= usesSubmodule;
  }
  const entry = visible.get(entryName)?.path ?? "";
  return { org: textsOf("org"), global: textsOf("global"), entry, v8: { entry, modules: v8 }, hasSubmodule };
}

/** What the index of the folder exports, its `export *` included, by which it is known what else the folder gives. */
function offeredNames(visible: ReadonlyMap<string, Module>): ReadonlySet<string> {
  const names = new Set<string>();
  const index = visible.get(folder);
  const seen = new Set<Module>(index ? [index] : []);
  for (const module of seen) {
    for (const name of exportsOf(module)) if (name !== "default" || module === index) names.add(name);
    if (module.name === "data" && module === index) names.add("default");
    for (const { kind, to } of module.statements) {
      const target = kind === "star" ? visible.get(to) : undefined;
      if (target) seen.add(target);
    }
  }
  return names;
}

/** The name under which a statement exports something, if it does. */
function exportedBy({ kind, name, as }: Statement): string | undefined {
  switch (kind) {
    case "declare":
      return name;
    case "pass-on":
    case "star-as":
      return as ?? name;
    case "import":
    case "namespace":
    case "submodule":
      return as;
    default:
      return undefined;
  }
}

/** The exports of a module but for its `export *`: the first statement that exports a name has it. */
function exportsOf({ statements, name }: Module): Set<string> {
  const written = statements.filter(({ kind }) => kind !== "submodule" || name !== folder);
  return new Set(written.map(exportedBy).filter((name) => name !== undefined));
}

interface Written {
  readonly author: string;
  readonly plain: string;
  readonly imports: Record<string, string>;
  readonly usesSubmodule: boolean;
}

function writeModule(module: Module, visible: ReadonlyMap<string, Module>, offered: ReadonlySet<string>): Written {
  if (module.name === "data") {
    return { author: '{ "a": 1 }', plain: note("export default 1;", module), imports: {}, usesSubmodule: false };
  }
  const author: string[] = [];
  const plain: string[] = [];
  const imports: Record<string, string> = {};
  let usesSubmodule = false;
  const exported = new Set<string>();
  const isTypeScript = module.path.endsWith("ts");
  for (const [position, statement] of module.statements.entries()) {
    const { kind, to, name, draw } = statement;
    const local = `local${position}`;
    // An index that asks its own folder has a rule of its own, with its own test.
    if (kind === "submodule" && module.name === folder) continue;
    const wanted = exportedBy(statement);
    // A second export of one name is a fault of one source, and no matter of linking.
    const isTaken = wanted !== undefined && exported.has(wanted);
    if (isTaken && ["declare", "pass-on", "star-as"].includes(kind)) continue;
    if (wanted !== undefined) exported.add(wanted);
    const again = wanted === undefined || isTaken ? "" : ` export { ${local} as ${spelled(wanted, draw)} };`;
    const target = visible.get(to);
    // One specifier is one module to whoever writes it, so `export *` of a folder has the modules that other statements
    // ask of it by name as well; V8 has no word for that, and the index is named by its path.
    const mayBeFolder = kind !== "star" && module.name !== folder;
    const specifier = JSON.stringify(specifierFor(module, to, target, draw, mayBeFolder));
    const direct = JSON.stringify(`to${position}`);
    // What is missing for V8 is missing by its name.
    imports[`to${position}`] = target?.path ?? "missing";
    const both = (write: (from: string) => string) => {
      author.push(write(specifier));
      plain.push(write(direct));
    };
    const asked = spelled(name, 1 - draw);
    // What the folder is asked for by name is a module in it, unless its index exports that name.
    const askFolder = (leaf: string) => {
      const index = visible.get(folder);
      const single = visible.get(`${folder}/${leaf}`);
      if (index) plain.push(`import ${JSON.stringify(`index${position}`)};`);
      imports[`index${position}`] = index?.path ?? "missing";
      if (single === undefined || offered.has(leaf)) imports[`to${position}`] = index?.path ?? "missing";
      else {
        imports[`to${position}`] = `single:${single.path}`;
        usesSubmodule = true;
      }
    };
    const isFolder = /^(\.\.?\/)?lib$/.test(JSON.parse(specifier));
    switch (kind) {
      case "declare":
        if (name === "default" && draw < 0.5) both(() => "export default 1;");
        else both(() => `const ${local} = 1; export { ${local} as ${spelled(name, draw)} };`);
        break;
      case "import":
        if (name === "default" && draw < 0.5) both((from) => `import ${local} from ${from};${again}`);
        else both((from) => `${again} import { ${asked} as ${local} } from ${from};`);
        if (isFolder) askFolder(name);
        break;
      case "namespace":
        both((from) => `import * as ${local} from ${from};${again}`);
        break;
      case "pass-on":
        both((from) => `export { ${asked} as ${spelled(wanted ?? name, draw)} } from ${from};`);
        if (isFolder) askFolder(name);
        break;
      case "star":
        both((from) => `export * from ${from};`);
        break;
      case "star-as":
        both((from) => `export * as ${spelled(wanted ?? name, draw)} from ${from};`);
        break;
      case "effect":
        both((from) => `import ${from};`);
        break;
      case "dynamic":
        both((from) => `export const call${position} = () => import(${from});`);
        break;
      case "declare-type":
        if (isTypeScript) author.push(`interface ${local} { x: 1 } type Other${position} = ${local};`);
        break;
      case "type-import":
        if (isTypeScript) author.push(`import type { ${asked} as ${local} } from ${specifier};`);
        break;
      case "type-export":
        if (isTypeScript) author.push(`export type { ${asked} as T${position} } from ${specifier};`);
        break;
      case "type-beside":
        if (!isTypeScript) break;
        author.push(`import { type ${asked} as ${local} } from ${specifier};`);
        plain.push(`import {} from ${direct};`);
        break;
      case "attribute": {
        author.push(`import ${local} from ${specifier} with { type: "json" };`);
        plain.push(`import ${local} from ${direct};`);
        if (to !== "data") imports[`to${position}`] = "missing";
        break;
      }
      case "submodule": {
        const leaf = leaves.includes(name) ? name : "a";
        author.push(`import { ${leaf} as ${local} } from ${JSON.stringify(folder)};${again}`);
        plain.push(`import { ${leaf} as ${local} } from ${direct};${again}`);
        askFolder(leaf);
        break;
      }
      default:
        throw kind satisfies never;
    }
  }
  const line = `order.push(${JSON.stringify(module.path)});`;
  const head = isTypeScript ? "declare const order: string[];" : "";
  return {
    author: [head, ...author, line, "export {};"].join("\n"),
    plain: note([...plain, "export {};"].join("\n"), module),
    imports,
    usesSubmodule,
  };
}

function note(source: string, { path }: Module): string {
  return `${source}\norder.push(${JSON.stringify(path)});`;
}

/** A name as an export may be written: as it is, or as a string where it is no word, and sometimes where it is one. */
function spelled(name: string, draw: number): string {
  const isWord = /^[\p{ID_Start}_]\w*$/u.test(name);
  return isWord && draw < 0.8 ? name : JSON.stringify(name);
}

/** One of the ways to write the same module. */
function specifierFor(
  importer: Module,
  to: string,
  target: Module | undefined,
  draw: number,
  mayBeFolder: boolean,
): string {
  const up = importer.path.includes("/") ? "../" : "./";
  const extension = target?.path.match(/\.\w+$/)?.[0] ?? "";
  // Whoever names a folder's module by its extension names its index.
  const stem = target && to === folder ? `${folder}/index` : to;
  const forms = [`${up}${stem}${extension}`, `${stem}${extension}`, `${up}${stem}`];
  if (mayBeFolder || to !== folder) forms.push(to, `${up}${to}`);
  // TypeScript's habit: the file that a compiler would write.
  if (extension.endsWith("ts")) forms.push(`${up}${stem}${extension.replace("ts", "js")}`);
  return forms[Math.floor(draw * 997) % forms.length] ?? to;
}
