// An executor that reads whole scopes from the cache, as a run does.
import { type CachedSourceEdges, takeCachedSource } from "../../src/run/cached-source.ts";
import type { GrantedScope } from "../../src/workspace/grant.ts";
import { scopeSlug } from "../../src/workspace/scope.ts";
import type { Tree } from "./trees.ts";

export interface ReadScope {
  readonly revision: number;
  readonly files: Tree;
}

/** Reads every file of a scope in one snapshot. */
export async function readScope(edges: CachedSourceEdges, granted: GrantedScope): Promise<ReadScope> {
  const source = await takeCachedSource(edges, granted);
  const [layer] = source.layers;
  if (layer === undefined) throw new Error("A source without a layer");
  const wanted = [...layer.files].map(([path, hash]) => ({ scope: granted.scope, path, hash }));
  const contents = await source.read(wanted);
  return {
    revision: source.revision[scopeSlug(granted.scope)] ?? 0,
    files: Object.fromEntries([...contents].map(([file, content]) => [file.path, content])),
  };
}
