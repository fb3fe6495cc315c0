// Reads which files of src/ import what, by parsing them. An import that TypeScript erases is told from one that loads.
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

export interface Import {
  /** The importing file, from src/: `sync/sync-repository.ts`. */
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** `import { type A }` is none: what is left of it when the types are gone still loads the module. */
  readonly isErased: boolean;
}

const sourceFolder = fileURLToPath(new URL("../../src/", import.meta.url));

/** Every TypeScript file of src/, from there, with forward slashes. */
export function sourceFiles(): string[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(sourceFolder + file, "utf8");
}

/** Every import and re-export of one file, static and dynamic. */
export function importsOf(file: string): Import[] {
  const source = readSource(file);
  const { program, module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`Cannot parse src/${file}: ${errors[0]?.message}`);
  const at = (start: number) => source.slice(0, start).split("\n").length;
  const found: Import[] = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      const isErased = statement.importKind === "type";
      found.push({ file, line: at(statement.start), specifier: statement.source.value, isErased });
    } else if (statement.type === "ExportAllDeclaration" || statement.type === "ExportNamedDeclaration") {
      if (statement.source === null) continue;
      const isErased = statement.exportKind === "type";
      found.push({ file, line: at(statement.start), specifier: statement.source.value, isErased });
    }
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    const written = source.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^(["'`])([^$]*)\1$/.exec(written);
    found.push({ file, line: at(start), specifier: literal?.[2] ?? written, isErased: false });
  }
  return found;
}

/** What an import leads to: a room or a file of src/, a package, or a module of Node's own. */
export type Target =
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "outside"; readonly path: string };

export function targetOf({ file, specifier }: Import): Target {
  if (specifier.startsWith("node:")) return { kind: "builtin", name: specifier };
  if (specifier.startsWith(".")) {
    const path = posix.join(posix.dirname(file), specifier);
    return path.startsWith("../") ? { kind: "outside", path } : { kind: "room", room: roomOf(path) };
  }
  const [scope = "", name = ""] = specifier.split("/");
  return { kind: "package", name: scope.startsWith("@") ? `${scope}/${name}` : scope };
}

/** The folder of src/ that a file lies in, or the file itself where it lies in src/. */
export function roomOf(file: string): string {
  return file.split("/", 1)[0] ?? file;
}
