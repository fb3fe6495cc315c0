// Which names a module declares at its top level, and which of them are left once types are erased.
import type * as ESTree from "oxc-parser";
import { Visitor } from "oxc-parser";
import { isErasedNamespace } from "./erasable.ts";
import type { Span } from "./record.ts";

export interface Bindings {
  /** Names with a value, and where each was declared last. */
  readonly values: ReadonlyMap<string, Span>;
  /** Names that are types and nothing else. */
  readonly types: ReadonlySet<string>;
}

/** Gives the names that statements declare at their own level. Imports are not among them. */
export function collectBindings(statements: readonly (ESTree.Directive | ESTree.Statement)[]): Bindings {
  const values = new Map<string, Span>();
  const types = new Set<string>();
  for (const statement of statements) {
    const declaration = declarationOf(statement);
    switch (declaration.type) {
      case "VariableDeclaration":
        for (const { id } of declaration.declarations) {
          for (const { name, start, end } of namesIn(id)) {
            if (declaration.declare) types.add(name);
            // The node of a binding reaches over its type; the name alone is what was declared.
            else values.set(name, { start, end: Math.min(end, start + name.length) });
          }
        }
        break;
      case "FunctionDeclaration":
      case "ClassDeclaration":
      case "TSEnumDeclaration":
        if (declaration.id === null) break;
        if (declaration.declare) types.add(declaration.id.name);
        else values.set(declaration.id.name, spanOf(declaration.id));
        break;
      case "TSModuleDeclaration":
        if (declaration.id.type !== "Identifier") break;
        if (isErasedNamespace(declaration)) types.add(declaration.id.name);
        else values.set(declaration.id.name, spanOf(declaration.id));
        break;
      case "TSDeclareFunction":
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
        if (declaration.id) types.add(declaration.id.name);
        break;
    }
  }
  return { values, types: types.difference(values) };
}

/** Whether a name is declared by a `var` further down, in a block, which JavaScript lifts to the top. */
export function isHoistedVariable(program: ESTree.Program, name: string): boolean {
  let isFound = false;
  new Visitor({
    VariableDeclaration({ kind, declarations }) {
      if (kind !== "var") return;
      isFound ||= declarations.some(({ id }) => namesIn(id).some((bound) => bound.name === name));
    },
  }).visit(program);
  return isFound;
}

function declarationOf(statement: ESTree.Directive | ESTree.Statement) {
  if (statement.type === "ExportNamedDeclaration") return statement.declaration ?? statement;
  return statement.type === "ExportDefaultDeclaration" ? statement.declaration : statement;
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** The names that a pattern binds. */
export function namesIn(pattern: ESTree.BindingPattern | ESTree.BindingRestElement): ESTree.BindingIdentifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : namesIn(element)));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === "RestElement" ? property : property.value),
      );
    default:
      throw pattern satisfies never;
  }
}
