// Which `import()`s of a source say where they lead without running anything. The others are left to the run.
import { type EcmaScriptModule, parseSync } from "oxc-parser";
import type { ModuleRecord } from "./record.ts";

/** Gives every `import()` whose specifier is one string literal, or a template without holes. */
export function readDynamicImports(module: EcmaScriptModule, source: string): ModuleRecord["dynamicImports"] {
  return module.dynamicImports.flatMap(({ moduleRequest: span }) => {
    const specifier = constantText(source.slice(span.start, span.end));
    return specifier === undefined ? [] : [{ specifier, span }];
  });
}

/** The text that an expression stands for, where it is a literal. The parser knows every escape, so it is asked. */
function constantText(expression: string): string | undefined {
  if (!/^["'`]/.test(expression)) return undefined;
  const [statement] = parseSync("specifier.js", `(${expression})`, { lang: "js", preserveParens: false }).program.body;
  if (statement?.type !== "ExpressionStatement") return undefined;
  const value = statement.expression;
  if (value.type === "Literal" && typeof value.value === "string") return value.value;
  if (value.type === "TemplateLiteral" && value.expressions.length === 0) {
    return value.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}
