// A module taken apart for a script that holds many: what it imports and exports, and its text with those statements
// blanked in place. A module whose meaning would not survive that has no parts, and its program runs as V8's own modules.
import { parseSync } from "oxc-parser";
import { withoutEscapes } from "../escapes.ts";
import { hasOwnTopLevel, lateAssignments } from "./top-level.ts";

/** A name in another module; `null` stands for the namespace of the whole module. */
export interface ForeignName {
  readonly specifier: string;
  readonly name: string | null;
}

export interface ModuleParts {
  /** As long as the module's text, line for line and column for column. */
  readonly text: string;
  /** Imported bindings by their local name. */
  readonly imports: ReadonlyMap<string, ForeignName>;
  /** Exported names of the module's own bindings: the name by which the text knows each. */
  readonly locals: ReadonlyMap<string, string>;
  /** Exported names that other modules stand behind. */
  readonly indirect: ReadonlyMap<string, ForeignName>;
  /** Specifiers of `export * from`. */
  readonly stars: readonly string[];
  /** The name of the variable that holds an anonymous default export, and has to be declared; null where there is none. */
  readonly defaultName: string | null;
}

type Edit = readonly [start: number, end: number, text: string];

/**
 * Takes a module's text as V8 would take it, and gives its parts, or undefined where it can only be a module of its own.
 * The text must be one that V8 has compiled as a module.
 */
export function partsOf(text: string): ModuleParts | undefined {
  // In a script, HTML's comments are comments; and a handler of stacks sees our frames.
  const names = withoutEscapes(text);
  if (/<!--|-->/.test(text) || names.includes("prepareStackTrace")) return undefined;
  const { program, errors } = parseSync("module.js", text, { lang: "js", sourceType: "module" });
  if (errors.length > 0 || !hasOwnTopLevel(program)) return undefined;

  const imports = new Map<string, ForeignName>();
  const locals = new Map<string, string>();
  const named: { readonly exported: string; readonly local: string }[] = [];
  const indirect = new Map<string, ForeignName>();
  const stars: string[] = [];
  const edits: Edit[] = text.startsWith("#!") ? [[0, 2, "//"]] : [];
  const defaultName = unusedName(names);
  let hasDefault = false;
  const blank = (start: number, end: number) => edits.push([start, end, blanked(text.slice(start, end))]);

  for (const statement of program.body) {
    switch (statement.type) {
      case "ImportDeclaration":
        for (const specifier of statement.specifiers) {
          const name =
            specifier.type === "ImportSpecifier"
              ? nameOf(specifier.imported)
              : specifier.type === "ImportDefaultSpecifier"
                ? "default"
                : null;
          imports.set(specifier.local.name, { specifier: statement.source.value, name });
        }
        blank(statement.start, statement.end);
        break;
      case "ExportAllDeclaration":
        if (statement.exported === null) stars.push(statement.source.value);
        else indirect.set(nameOf(statement.exported), { specifier: statement.source.value, name: null });
        blank(statement.start, statement.end);
        break;
      case "ExportNamedDeclaration":
        if (statement.declaration) {
          for (const name of declaredNames(statement.declaration)) locals.set(name, name);
          blank(statement.start, statement.start + "export".length);
          break;
        }
        for (const { local, exported } of statement.specifiers) {
          if (statement.source === null) named.push({ exported: nameOf(exported), local: nameOf(local) });
          else indirect.set(nameOf(exported), { specifier: statement.source.value, name: nameOf(local) });
        }
        blank(statement.start, statement.end);
        break;
      case "ExportDefaultDeclaration": {
        const keywords = /^export[ \t]+default/.exec(text.slice(statement.start))?.[0];
        if (keywords === undefined) return undefined;
        const afterKeywords = statement.start + keywords.length;
        const { declaration } = statement;
        if ("id" in declaration && declaration.id && /Declaration$/.test(declaration.type)) {
          locals.set("default", declaration.id.name);
          blank(statement.start, afterKeywords);
          break;
        }
        // Behind the export nothing on its line may move.
        if (!/^[ \t]*(?:\/\/.*)?$/.test(lineFrom(text, statement.end))) return undefined;
        hasDefault = true;
        locals.set("default", defaultName);
        // As the value of a property called so, an anonymous function is named "default", as it is by the export.
        const [before, behind] = isAnonymousFunction(declaration) ? ["{default:", "}.default;"] : ["", ";"];
        edits.push([statement.start, afterKeywords, `${defaultName}=${before}`.padEnd(keywords.length)]);
        const end = text[statement.end - 1] === ";" ? statement.end - 1 : statement.end;
        edits.push([end, end, behind]);
        break;
      }
      default:
    }
  }
  for (const { exported, local } of named) {
    const foreign = imports.get(local);
    if (foreign) indirect.set(exported, foreign);
    else locals.set(exported, local);
  }
  // An export is copied when the module has run, so it must not change later.
  const late = lateAssignments(program);
  if ([...locals.values()].some((local) => late.has(local))) return undefined;
  return {
    text: edited(text, edits),
    imports,
    locals,
    indirect,
    stars,
    defaultName: hasDefault ? defaultName : null,
  };
}

function nameOf(name: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return name.type === "Literal" ? String(name.value) : (name.name ?? "");
}

/** Whether an exported expression is a function or a class that gets its name from the export. */
function isAnonymousFunction(expression: { readonly type: string }): boolean {
  if (expression.type === "ParenthesizedExpression" && "expression" in expression) {
    return isAnonymousFunction(expression.expression as typeof expression);
  }
  if (expression.type === "ArrowFunctionExpression") return true;
  return (
    /^(?:Function|Class)(?:Declaration|Expression)$/.test(expression.type) && !("id" in expression && expression.id)
  );
}

type Declaration = Parameters<typeof declaredNames>[0];

/** The names that an exported declaration declares. */
function declaredNames(declaration: { readonly type: string }): string[] {
  const { id, declarations } = declaration as Declaration & {
    readonly id?: { readonly name: string } | null;
    readonly declarations?: readonly { readonly id: unknown }[];
  };
  if (declarations === undefined) return id ? [id.name] : [];
  const names: string[] = [];
  const collect = (pattern: unknown): void => {
    if (typeof pattern !== "object" || pattern === null || !("type" in pattern)) return;
    const node = pattern as Record<string, unknown>;
    if (node.type === "Identifier") names.push(String(node.name));
    else if (node.type === "AssignmentPattern") collect(node.left);
    else if (node.type === "RestElement") collect(node.argument);
    else if (node.type === "ArrayPattern") for (const element of node.elements as unknown[]) collect(element);
    else if (node.type === "ObjectPattern") for (const property of node.properties as unknown[]) collect(property);
    else if (node.type === "Property") collect(node.value);
  };
  for (const { id: pattern } of declarations) collect(pattern);
  return names;
}

/** Two characters that no name in a text without escapes holds next to each other; there are more than a text can use. */
function unusedName(text: string): string {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
  for (const first of "$_") for (const second of letters) if (!text.includes(first + second)) return first + second;
  return "";
}

/** Nothing in place of a statement, which still ends what stands before it. */
function blanked(text: string): string {
  return `;${text.slice(1).replace(/[^\r\n\u2028\u2029]/g, " ")}`;
}

function lineFrom(text: string, start: number): string {
  return /[^\r\n\u2028\u2029]*/.exec(text.slice(start))?.[0] ?? "";
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = "";
  let from = 0;
  for (const [start, end, instead] of edits) {
    result += text.slice(from, start) + instead;
    from = end;
  }
  return result + text.slice(from);
}

// The parser loads parts of itself at their first use, and this process may read no files by then.
partsOf("0");
