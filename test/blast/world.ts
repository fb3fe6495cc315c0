// A deployment for the tests of blast radii: organisations and global as plain text, a store of snapshots in memory with
// a hook on every read, and linkers that know global before and after a change.
import type { BlastEdges, BlastRequest } from "../../src/blast/blast-radius.ts";
import { contentHash } from "../../src/digest.ts";
import { createLinker, type Linker } from "../../src/link/linker.ts";
import { createRecordCache } from "../../src/link/record-cache.ts";
import type { LayerSource } from "../../src/run/layer-source.ts";
import { loadGraph } from "../../src/run/load.ts";
import type { GrantedScope } from "../../src/workspace/grant.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { changedPaths, createLayer, type Layer, type LayeredFile } from "../../src/workspace/layer.ts";
import { moduleExtension, type WorkspacePath } from "../../src/workspace/path.ts";
import {
  globalScope,
  type Organization,
  type OrganizationId,
  type Scope,
  scopeKey,
} from "../../src/workspace/scope.ts";

export type Files = Readonly<Record<string, string>>;

export interface BlastWorld {
  readonly store: BlastEdges["store"];
  readonly request: BlastRequest;
}

export const slugs = ["acme", "globex", "initech", "umbrella"] as const;

/** The organisation of a slug. */
export function organizationOf(slug: string): Organization {
  const hex = Buffer.from(slug).toString("hex").padEnd(12, "0").slice(0, 12);
  return { id: `0b0e7a52-5b0f-4c57-9f6e-${hex}` as OrganizationId, slug, name: slug };
}

/** Makes a layer of files, whose contents are kept in `contents`. */
export function layerOf(scope: Scope, files: Files, contents: Map<string, string>): Layer {
  const hashes = Object.entries(files).map(([path, content]) => {
    const hash = contentHash(Buffer.from(content));
    contents.set(hash, content);
    return [path as WorkspacePath, hash] as const;
  });
  return createLayer(scope, new Map(hashes));
}

export function sourceOf(layers: readonly Layer[], contents: ReadonlyMap<string, string>): LayerSource {
  return {
    layers,
    revision: {},
    read: async (files) => new Map(files.map((file) => [file, contents.get(file.hash) ?? ""])),
  };
}

/** Takes organisations by slug, and global before and after. `onRead` is called before files of an organisation are read. */
export async function blastWorld(
  organizations: Readonly<Record<string, Files>>,
  before: Files,
  after: Files,
  onRead: (granted: GrantedScope) => void = () => {},
): Promise<BlastWorld> {
  const contents = new Map<string, string>();
  const layers = { before: layerOf(globalScope, before, contents), after: layerOf(globalScope, after, contents) };
  const sources = { before: sourceOf([layers.before], contents), after: sourceOf([layers.after], contents) };
  const linker = createLinker([layers.before], createRecordCache());
  await linkAll(linker, sources.before);
  const later = linker.derive([layers.after], changedPaths(layers.before.files, layers.after.files));
  await linkAll(later, sources.after);
  const filesOf = ({ scope }: GrantedScope) => organizations[scope.kind === "global" ? "" : scope.slug] ?? {};
  return {
    store: {
      snapshot: async (granted) => {
        const { files } = layerOf(granted.scope, filesOf(granted), contents);
        return { scope: granted.scope, revision: 1, pin: null, files };
      },
      contents: async (granted, paths) => {
        onRead(granted);
        return new Map(
          paths.map((path) => {
            const content = filesOf(granted)[path] ?? "";
            return [path, { hash: contentHash(Buffer.from(content)), content }];
          }),
        );
      },
    },
    request: {
      granted: grantOperator(globalScope),
      before: { source: sources.before, linker },
      after: { source: sources.after, linker: later },
      organizations: Object.keys(organizations).map(organizationOf),
      pinned: new Set(),
      mayRun: false,
    },
  };
}

async function linkAll(linker: Linker, source: LayerSource): Promise<void> {
  for (const layer of source.layers) {
    const files = filesOfLayer(layer).filter(({ path }) => moduleExtension(path) !== undefined);
    await loadGraph(linker, source, files);
    for (const file of files) linker.link(file);
  }
}

function filesOfLayer({ scope, files }: Layer): LayeredFile[] {
  return [...files].map(([path, hash]) => ({ scope, path, hash }));
}

export function isOf(scope: Scope, file: LayeredFile): boolean {
  return scopeKey(scope) === scopeKey(file.scope);
}
