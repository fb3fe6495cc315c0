// Syntax that no engine here can run: TypeScript that is more than types, and proposals that V8 does not know. Types are
// erased in place and nothing is ever transformed, so that lines and columns stay true.
import type * as ESTree from "oxc-parser";
import { Visitor } from "oxc-parser";
import type { SourceFinding, Span } from "./record.ts";

/** Finds everything that erasing types would leave behind and V8 would refuse, and expressions that can never compile. */
export function findUnsupportedSyntax(program: ESTree.Program): SourceFinding[] {
  const findings: SourceFinding[] = [];
  const refuse = ({ start, end }: Span, message: string, remedy: string) => {
    // Within a declaration everything is erased, and a namespace is named once with all that is in it.
    if (shelter === 0) findings.push({ code: "unsupported-syntax", start, end, message, remedy });
  };
  let shelter = 0;
  new Visitor({
    TSEnumDeclaration(node) {
      if (!node.declare) {
        refuse(
          { start: node.start, end: node.id.end },
          `The enum "${node.id.name}" is TypeScript that cannot be erased`,
          "Write a constant object, such as `const Colour = { red: 0 } as const`, and a type of its values",
        );
      }
    },
    TSModuleDeclaration(node) {
      const head = { start: node.start, end: node.id.end };
      if (!isErasedNamespace(node)) {
        refuse(head, "A namespace with values in it is TypeScript that cannot be erased", "Write a module of its own");
      } else if (node.kind === "module" && !node.declare) {
        refuse(head, "The keyword `module` is no longer a namespace in TypeScript", "Write `namespace`");
      }
      shelter += 1;
    },
    "TSModuleDeclaration:exit"() {
      shelter -= 1;
    },
    TSParameterProperty(node) {
      refuse(
        node,
        "A parameter property is TypeScript that cannot be erased",
        "Declare the property in the class and assign it in the constructor",
      );
    },
    TSImportEqualsDeclaration(node) {
      if (node.importKind === "type") return;
      refuse(node, "`import … = …` is TypeScript that cannot be erased", "Write `import … from`");
    },
    TSExportAssignment(node) {
      refuse(node, "`export =` is TypeScript that cannot be erased", "Write `export default`");
    },
    TSNamespaceExportDeclaration(node) {
      refuse(node, "`export as namespace` is for declaration files only", "Take the line out");
    },
    TSTypeAssertion(node) {
      refuse(
        { start: node.start, end: node.expression.start },
        "A type assertion in angle brackets cannot be erased in place",
        "Write `value as Type`",
      );
    },
    Decorator(node) {
      refuse(node, "Decorators are not JavaScript yet, and V8 does not know them", "Call the function yourself");
    },
    AccessorProperty(node) {
      refuse(
        { start: node.start, end: node.key.end },
        "The keyword `accessor` is not JavaScript yet, and V8 does not know it",
        "Write a getter and a setter",
      );
    },
    ImportDeclaration(node) {
      if (node.phase !== null) refuse(node, `\`import ${node.phase}\` is not supported`, "Write `import … from`");
    },
    ImportExpression(node) {
      if (node.phase !== null) refuse(node, `\`import.${node.phase}()\` is not supported`, "Write `import()`");
    },
    Literal(node) {
      if (!("regex" in node) || node.value !== null) return;
      const message = `Invalid regular expression ${node.raw ?? ""}`.trimEnd();
      findings.push({ code: "syntax-error", start: node.start, end: node.end, message });
    },
  }).visit(program);
  return findings;
}

/** Whether erasing types erases the whole namespace: it is a declaration, or has nothing but types in it. */
export function isErasedNamespace(node: ESTree.TSModuleDeclaration | ESTree.TSGlobalDeclaration): boolean {
  if (node.declare || node.global) return true;
  return (node.body?.body ?? []).every(isErasedStatement);
}

function isErasedStatement(statement: ESTree.Directive | ESTree.Statement): boolean {
  switch (statement.type) {
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "EmptyStatement":
      return true;
    case "TSModuleDeclaration":
      return isErasedNamespace(statement);
    case "ExportNamedDeclaration":
      if (statement.declaration) return isErasedStatement(statement.declaration);
      return statement.exportKind === "type";
    default:
      return "declare" in statement && statement.declare === true;
  }
}
