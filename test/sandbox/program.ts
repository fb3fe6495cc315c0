// Programs for the sandbox's tests, made from sources alone: every import names its module by its exact path. Not a linker.
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";
import type { ContentHash } from "../../src/workspace/layer.ts";
import { joinPath } from "../../src/workspace/path.ts";
import { type ModuleLanguage, type ModuleUrl, type Program, sdkUrl } from "../../src/workspace/program.ts";
import type { RunContext, RunOutcome, RunRequest } from "../../src/workspace/run.ts";

export const context: RunContext = {
  organization: { id: "3f0c7a52-7f0e-4c59-9d3f-0d0c7b6a4e11", slug: "acme" },
  workflow: "workflows/main.ts",
  revision: { acme: 3, global: 7 },
};

/**
 * Takes sources by path, dependencies first and the entry last, and gives the program. A path that begins with `global:` is
 * of the global layer, every other of the organisation's. `import … from "./x.ts"` leads to the path seen from the importer,
 * in whichever layer holds it.
 */
export function programOf(files: Readonly<Record<string, string>>): Program {
  const urls = new Map(Object.keys(files).map((name) => [name.replace("global:", ""), urlOf(name)]));
  const modules = Object.entries(files).map(([name, source]) => {
    const folder = name.replace("global:", "").split("/").slice(0, -1).join("/");
    const imports: Record<string, ModuleUrl> = {};
    for (const [, specifier = ""] of source.matchAll(/(?:from|import|import\()\s*["']([^"']+)["']/g)) {
      const target = specifier === "bifrost" ? sdkUrl : urls.get(joinPath(folder, specifier) ?? "");
      if (target !== undefined) imports[specifier] = target;
    }
    return { url: urlOf(name), language: languageOf(name), source, hash: hashOf(source), imports };
  });
  return { entry: modules.at(-1)?.url ?? ("" as ModuleUrl), modules };
}

function urlOf(name: string): ModuleUrl {
  const path = name.replace("global:", "");
  return `bifrost://${path === name ? "acme" : "global"}/${path}` as ModuleUrl;
}

function languageOf(name: string): ModuleLanguage {
  if (name.endsWith(".json")) return "json";
  if (name.endsWith(".facade")) return "facade";
  return name.endsWith("ts") ? "typescript" : "javascript";
}

function hashOf(source: string): ContentHash {
  return createHash("sha256").update(source).digest("hex") as ContentHash;
}

/** Runs sources, or one source as `workflows/main.ts`. */
export function run(
  sandbox: Sandbox,
  files: string | Readonly<Record<string, string>>,
  rest: Partial<RunRequest> = {},
): Promise<RunOutcome> {
  const program = programOf(typeof files === "string" ? { "workflows/main.ts": files } : files);
  return sandbox.run({ program, context, mode: "call", ...rest });
}

/** What the body of a default export returns; it must not fail. */
export async function resultOf(sandbox: Sandbox, body: string): Promise<unknown> {
  const outcome = await run(sandbox, `export default async (input, context) => {\n${body}\n};`);
  expect(outcome.diagnostics).toEqual([]);
  return outcome.result;
}

/** The only diagnostic of a run that must have failed. */
export function failureOf(outcome: RunOutcome): Diagnostic {
  expect(outcome.ok).toBe(false);
  expect(outcome.result).toBeNull();
  expect(outcome.diagnostics).toHaveLength(1);
  const [diagnostic] = outcome.diagnostics;
  if (diagnostic === undefined) throw new Error("The run failed without a diagnostic");
  return diagnostic;
}
