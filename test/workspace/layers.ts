// Layers that hold paths and nothing else: resolving reads no content.
import { type ContentHash, createLayer, type Layer } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type OrganizationId, type Scope, scopeOf } from "../../src/workspace/scope.ts";

export const acme: Scope = scopeOf({ id: "0b0e7a52-5b0f-4c57-9f6e-1d2f6f9f0a01" as OrganizationId, slug: "acme" });

/** A layer in which each file's hash is its path, after a sign for the scope. */
export function layerOf(scope: Scope, paths: readonly string[]): Layer {
  const files = paths.map((path) => [path as WorkspacePath, `${scope.kind}:${path}` as ContentHash] as const);
  return createLayer(scope, new Map(files));
}

/** The layers of an organisation's run. */
export function layersOf(org: readonly string[], global: readonly string[]): Layer[] {
  return [layerOf(acme, org), layerOf(globalScope, global)];
}
