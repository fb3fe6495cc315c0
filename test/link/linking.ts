// Links files that are written down in a test: layers of plain text, and the loop that a caller of the linker runs.
import { hash } from "node:crypto";
import { createLinker, type Linker, type LinkResult } from "../../src/link/linker.ts";
import type { RecordCache } from "../../src/link/record-cache.ts";
import { type ContentHash, createLayer, type Layer, type LayeredFile } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type OrganizationId, type Scope, scopeOf } from "../../src/workspace/scope.ts";

const acme: Scope = scopeOf({ id: "0b0e7a52-5b0f-4c57-9f6e-1d2f6f9f0a01" as OrganizationId, slug: "acme" });

export type Files = Readonly<Record<string, string>>;

export interface TestWorkspace {
  readonly layers: readonly Layer[];
  readonly linker: Linker;
  /** Adds what linking needs, round by round, and gives what each round asked for. */
  supply(...paths: string[]): string[][];
  /** Supplies and links one entry, found in the highest layer that has exactly this path. */
  link(path: string): LinkResult;
  file(path: string): LayeredFile;
}

/** A workspace of an organisation's files over global ones; without the former, of global ones alone. */
export function workspaceOf(
  { org, global = {} }: { readonly org?: Files; readonly global?: Files },
  records?: RecordCache,
): TestWorkspace {
  const contents = new Map<ContentHash, string>();
  const layerOf = (scope: Scope, files: Files) =>
    createLayer(
      scope,
      new Map(
        Object.entries(files).map(([path, content]) => {
          const contentHash = hash("sha256", content, "hex") as ContentHash;
          contents.set(contentHash, content);
          return [path as WorkspacePath, contentHash];
        }),
      ),
    );
  const layers = [...(org === undefined ? [] : [layerOf(acme, org)]), layerOf(globalScope, global)];
  const linker = createLinker(layers, records);
  const file = (path: string): LayeredFile => {
    for (const { scope, files } of layers) {
      const contentHash = files.get(path as WorkspacePath);
      if (contentHash !== undefined) return { scope, path: path as WorkspacePath, hash: contentHash };
    }
    throw new Error(`No layer of this test has ${path}`);
  };
  const supply = (...paths: string[]) => {
    const rounds: string[][] = [];
    for (let missing = linker.missing(paths.map(file)); missing.length > 0; missing = linker.missing(paths.map(file))) {
      rounds.push(missing.map(({ path }) => path));
      for (const needed of missing) linker.add(needed, contents.get(needed.hash) ?? "");
    }
    return rounds;
  };
  return {
    layers,
    linker,
    file,
    supply,
    link(path) {
      supply(path);
      return linker.link(file(path));
    },
  };
}
