// The layers that a scope sees, all of one moment, each with what is known of its files.
import type { LayerAt, ListedFile } from "../store/store.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { createLayer, type Layer } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Revision } from "../workspace/revision.ts";
import { scopeKey } from "../workspace/scope.ts";
import type { CatalogEdges } from "./edges.ts";

/** A layer at a revision, whole. */
export interface ListedLayer {
  readonly granted: GrantedScope;
  readonly revision: number;
  readonly layer: Layer;
  readonly files: ReadonlyMap<WorkspacePath, ListedFile>;
  /** Every revision that wrote one of its files, by number. */
  readonly revisions: ReadonlyMap<number, Revision>;
}

export interface TakenLayers {
  /** The scope's own layer first, then what it sees below. */
  readonly layers: readonly [ListedLayer, ...ListedLayer[]];
  /** Which revision of global an organisation is pinned to; null: it follows global. */
  readonly pin: Revision["pin"];
  /** Global as those who follow it see it, where the scope is pinned; else null. */
  readonly latest: ListedLayer | null;
  /** Stands for all of this: two moments with the same key hold the same. */
  readonly key: string;
}

/** Takes the layers that a granted scope sees at this moment. */
export async function takeLayers(edges: CatalogEdges, granted: GrantedScope): Promise<TakenLayers> {
  const { layers, pin, latest } = await edges.store.layersNow(granted);
  const [own, ...below] = await Promise.all(layers.map((layer) => listLayer(edges, layer)));
  if (own === undefined) throw new TypeError("A granted scope sees at least its own layer");
  return {
    layers: [own, ...below],
    pin,
    latest: latest && (await listLayer(edges, latest)),
    key: [...layers, ...(latest ? [latest] : [])].map(keyOf).join(" "),
  };
}

async function listLayer({ store, memory }: CatalogEdges, at: LayerAt): Promise<ListedLayer> {
  const { granted, revision } = at;
  const known = memory.layers.get(keyOf(at));
  // The grant is the caller's own: what it allows is not what somebody else was allowed.
  if (known !== undefined) return { ...known, granted };
  const files = await store.listLayer(granted, revision);
  const revisions = await store.revisionsNumbered(granted, [...new Set(files.map((file) => file.revision))]);
  const listed: ListedLayer = {
    granted,
    revision,
    layer: createLayer(granted.scope, new Map(files.map(({ path, hash }) => [path, hash]))),
    files: new Map(files.map((file) => [file.path, file])),
    revisions,
  };
  memory.layers.set(keyOf(at), listed);
  return listed;
}

function keyOf({ granted, key }: LayerAt): string {
  return `${scopeKey(granted.scope)}@${key}`;
}
