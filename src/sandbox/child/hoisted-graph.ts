// A program that is one script, in the place of a graph of modules: see hoist/hoist.ts. The only modules are namespaces, which V8
// alone can make as they have to be.
import type ivm from "isolated-vm";
import type { ProgramModule } from "../../workspace/program.ts";
import { handoverName } from "../isolate/bootstrap.ts";
import { eagerly } from "./eagerly.ts";
import type { Graph } from "./graph.ts";
import { type HoistedNamespace, hoistedName } from "./hoist/hoist.ts";
import { prepare } from "./prepare.ts";
import type { CompiledProgram } from "./programs.ts";

/**
 * Brings a program's script into an isolate, with the namespaces that it fills. The bootstrap script must have run in the
 * context, and nothing else. No code of the program runs by this.
 */
export function compileInto(
  isolate: ivm.Isolate,
  context: ivm.Context,
  { text, code, namespaces }: CompiledProgram,
): ivm.Script {
  return eagerly(() => {
    for (const namespace of namespaces) makeNamespace(isolate, context, namespace);
    return isolate.compileScriptSync(text, { filename: hoistedName, cachedData: code });
  });
}

/** Makes the graph of a run of such a script. */
export function createHoistedGraph(context: ivm.Context, script: ivm.Script, modules: readonly ProgramModule[]): Graph {
  const texts = new Map<string, ProgramModule>();
  return {
    // No program with an `import()` is made a script, so nothing asks for these.
    find: () => undefined,
    add: () => undefined,
    probe: () => {},
    shownText: (url) => {
      if (texts.size === 0) for (const module of modules) texts.set(module.url, module);
      const module = texts.get(url);
      const prepared = module === undefined || module.language === "facade" ? undefined : prepare(module);
      return prepared?.kind === "code" ? prepared.text : undefined;
    },
    evaluate: (_request, _url, timeoutMs) => {
      script.runSync(context, { timeout: timeoutMs });
    },
  };
}

/** A module that exports variables, and hands over its own namespace with a function that fills them. */
function makeNamespace(isolate: ivm.Isolate, context: ivm.Context, { names }: HoistedNamespace): void {
  const variables = names.map((_, position) => `v${position}`);
  const source = [
    'import * as namespace from "bifrost:self";',
    variables.length > 0 ? `let ${variables.join(",")};` : "",
    `export { ${names.map((name, position) => `v${position} as ${JSON.stringify(name)}`).join(", ")} };`,
    `globalThis[${JSON.stringify(handoverName)}].namespaces.push({ __proto__: null, namespace,`,
    `fill: (${variables.map((variable) => `${variable}_`).join(",")}) => { ${variables.map((variable) => `${variable} = ${variable}_;`).join("")} } });`,
  ].join("\n");
  const module = isolate.compileModuleSync(source, { filename: "bifrost:namespace" });
  module.instantiateSync(context, () => module);
  module.evaluateSync();
}
