// `<workflow>.example.json`: the input that a workflow is called with in checks.
import { parseJson } from "../link/parse-json.ts";
import { placeOf } from "../link/position.ts";
import { resolveFile } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { examplePathOf } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { sameScope, scopeSlug } from "../workspace/scope.ts";
import type { LayerSource } from "./layer-source.ts";

/**
 * The file with the input that a workflow is called with in checks. A workflow of the highest layer has its example
 * beside it, and never that of the workflow below which it hides.
 */
export function exampleOf(layers: readonly Layer[], { scope, path }: LayeredFile): LayeredFile | undefined {
  const start = layers.findIndex((layer) => sameScope(layer.scope, scope));
  const seen = start === 0 ? layers.slice(0, 1) : layers;
  return resolveFile(seen, examplePathOf(path) as WorkspacePath);
}

export type Example =
  | { readonly kind: "input"; readonly input: unknown }
  | { readonly kind: "invalid"; readonly diagnostic: Diagnostic };

/** Reads the input of a workflow, or says what is wrong with it; `undefined` where there is none. */
export async function readExample(source: LayerSource, workflow: LayeredFile): Promise<Example | undefined> {
  const file = exampleOf(source.layers, workflow);
  if (file === undefined) return undefined;
  const content = (await source.read([file])).get(file) ?? "";
  const [fault] = parseJson(content).findings;
  if (fault === undefined) return { kind: "input", input: JSON.parse(content) };
  const diagnostic: Diagnostic = {
    code: "syntax-error",
    severity: "error",
    message: `The example input is not JSON: ${fault.message}`,
    scope: scopeSlug(file.scope),
    path: file.path,
    ...placeOf(content, fault),
    remedy: `Write the input that ${workflow.path} is called with in checks as JSON`,
  };
  return { kind: "invalid", diagnostic };
}
