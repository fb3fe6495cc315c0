// A module's source as V8 takes it: types erased, JSON wrapped, `import()` and `import.meta` led to our own, all in place, so
// that every line and column stays what the author wrote. Does not resolve, compile or run anything.
import { stripTypeScriptTypes } from "node:module";
import { parseSync } from "oxc-parser";
import type { DiagnosticCode } from "../../workspace/diagnostic.ts";
import type { ProgramModule } from "../../workspace/program.ts";
import { withoutEscapes } from "./escapes.ts";
import { withoutSourceUrl } from "./source-url.ts";

/** Code for V8, or what is wrong with the source. `line` and `column` count from 1. */
export type Prepared =
  | { readonly kind: "code"; readonly text: string }
  | {
      readonly kind: "broken";
      readonly code: DiagnosticCode;
      readonly message: string;
      readonly line: number | null;
      readonly column: number | null;
    };

/** The specifier of the module that gives each importer its own `import()` and `import.meta`; see graph.ts. */
export const perModuleSpecifier = "bifrost:module";

/** The specifier of the module that holds the runtime. */
export const hostSpecifier = "bifrost:host";

// Text that was prepared before, by the hash of its source and its language alone. The oldest goes when the text kept
// weighs more than this many UTF-16 units: 16 Mi is some 5,000 modules of 3 KB.
const keptUnitsMax = 16 * 1024 * 1024;
const kept = new Map<string, Prepared>();
let keptUnits = 0;

/** Prepares a module, or gives what was prepared for the same source before. */
export function prepare(module: Pick<ProgramModule, "language" | "source" | "hash">): Prepared {
  const key = `${module.language} ${module.hash}`;
  const known = kept.get(key);
  if (known !== undefined) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const prepared = prepareAnew(module);
  kept.set(key, prepared);
  keptUnits += weightOf(prepared);
  for (const [oldest, value] of kept) {
    if (keptUnits <= keptUnitsMax) break;
    kept.delete(oldest);
    keptUnits -= weightOf(value);
  }
  return prepared;
}

function weightOf(prepared: Prepared): number {
  return prepared.kind === "code" ? prepared.text.length : prepared.message.length;
}

function prepareAnew({ language, source }: Pick<ProgramModule, "language" | "source">): Prepared {
  switch (language) {
    case "json":
      return prepareJson(source);
    case "typescript":
      return prepareTypeScript(source);
    case "javascript":
      return { kind: "code", text: leadImports(withoutSourceUrl(source)) };
    case "facade":
      return { kind: "code", text: source };
    default:
      return language satisfies never;
  }
}

function prepareJson(source: string): Prepared {
  const text = source.replace(/^\ufeff/, "");
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const place = /\(line (\d+) column (\d+)\)/.exec(message);
    return {
      kind: "broken",
      code: "syntax-error",
      message: `Not valid JSON: ${message.replace(/ \(line \d+ column \d+\)$/, "")}`,
      line: place ? Number(place[1]) : null,
      column: place ? Number(place[2]) : null,
    };
  }
  // Parsed from a string and not written as a literal: in a literal, "__proto__" would set the prototype.
  return {
    kind: "code",
    text: `import { parseJson } from "${hostSpecifier}"; export default parseJson(${JSON.stringify(text)});`,
  };
}

// What erases types is WebAssembly that Node loads once. Source that overflows its stack leaves it broken for every module
// that comes after, whosever it is.
let eraserIsBroken = false;

/** Whether the process can prepare no more modules, so that its run has to be the last. */
export function isSpent(): boolean {
  return eraserIsBroken;
}

function prepareTypeScript(source: string): Prepared {
  let text: string;
  try {
    text = stripTypeScriptTypes(source, { mode: "strip" });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? error.code : undefined;
    if (code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" && code !== "ERR_INVALID_TYPESCRIPT_SYNTAX") {
      eraserIsBroken = true;
      const message = "The module is nested too deeply for its types to be erased";
      return { kind: "broken", code: "syntax-error", message, line: null, column: null };
    }
    return {
      kind: "broken",
      code: code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ? "unsupported-syntax" : "syntax-error",
      message: error.message,
      ...placeInSnippet(error.stack ?? "", source),
    };
  }
  return { kind: "code", text: leadImports(withoutSourceUrl(text)) };
}

/**
 * Node gives the place of a fault only in the stack: its first line ends with the line's number, and below a copy of that
 * line stand carets. The copy is drawn with spaces for tabs, and otherwise where several lines are marked; there is no
 * column then.
 */
function placeInSnippet(
  stack: string,
  source: string,
): { readonly line: number | null; readonly column: number | null } {
  const drawn = stack.split("\n");
  const number = /:(\d+)$/.exec(drawn[0] ?? "")?.[1];
  if (number === undefined) return { line: null, column: null };
  const line = Number(number);
  const carets = drawn.findIndex((text) => /^ *\^+$/.test(text));
  const isCopy = drawn[carets - 1] === source.split("\n")[line - 1];
  return { line, column: isCopy ? (drawn[carets]?.indexOf("^") ?? 0) + 1 : null };
}

// Most modules have neither, and are spared the parser.
const mayImport = /\bimport\s*(?:\/[*/]|[(.])/;

/**
 * Leads `import(` and `import.meta` to bindings that the module imports at its end. The keyword is replaced by a name of the
 * same length that occurs nowhere in the source. Source that does not parse is given back as it is: V8 words the error.
 */
function leadImports(source: string): string {
  if (!mayImport.test(source)) return source;
  const { module, errors } = parseSync("module.js", source, { lang: "js", sourceType: "module" });
  if (errors.length > 0 || module.dynamicImports.length + module.importMetas.length === 0) return source;
  const [importName, metaName] = unusedNames(source);
  const marks = [
    ...module.dynamicImports.map(({ start }) => ({ start, end: start + "import".length, name: importName })),
    ...module.importMetas.map(({ start, end }) => ({ start, end, name: metaName })),
  ].sort((one, other) => one.start - other.start);
  let text = "";
  let from = 0;
  for (const { start, end, name } of marks) {
    // What follows the name is blanked, except for line ends: `import.meta` may be written over several lines.
    text +=
      source.slice(from, start) + name + source.slice(start + name.length, end).replace(/[^\r\n\u2028\u2029]/g, " ");
    from = end;
  }
  const bindings = `dynamicImport as ${importName}, meta as ${metaName}`;
  return `${text}${source.slice(from)}\nimport { ${bindings} } from "${perModuleSpecifier}";`;
}

/** Two names of six characters, the length of `import`, that the source does not contain. */
function unusedNames(source: string): [string, string] {
  const used = new Set(withoutEscapes(source).match(/\$[_\da-z]{5}/g));
  const names: string[] = [];
  for (let number = 0; names.length < 2; number += 1) {
    const name = `$${number.toString(36).padStart(5, "_")}`;
    if (!used.has(name)) names.push(name);
  }
  return names as [string, string];
}
