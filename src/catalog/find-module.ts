// One file of a scope as its organisation sees it: now, as it was at a revision, or as it was last, where it is gone.
import { pathsOfName } from "../workspace/cascade.ts";
import { type EntityType, entityTypeOf } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type FileVersion, isLiveAt, successionOf } from "../workspace/revision.ts";
import { type Catalog, type CatalogEntry, catalogOf, type LayerName } from "./catalog.ts";
import type { CatalogEdges } from "./edges.ts";
import { type TakenLayers, takeLayers } from "./layers.ts";

export interface ModuleRequest {
  readonly granted: GrantedScope;
  readonly path: WorkspacePath;
  /** Default: the organisation's where it has the path, else global's. */
  readonly layer?: LayerName | undefined;
  /** A revision of the layer. Default: now. */
  readonly at?: number | undefined;
}

export interface FoundModule {
  readonly path: WorkspacePath;
  readonly kind: EntityType;
  readonly layer: LayerName;
  /** By which the layer is read. */
  readonly granted: GrantedScope;
  /** What the layer held at the revision that was asked for; of a file that is gone, what it held last. */
  readonly version: FileVersion;
  /** Whether `version` is what the scope sees now. */
  readonly isPresent: boolean;
  /** The file as the catalogue has it, where it is still there. */
  readonly entry: CatalogEntry | undefined;
  /** Of the same name in the other layer: what this one hides, or what hides it. */
  readonly counterpart: CatalogEntry | undefined;
  readonly taken: TakenLayers;
  readonly catalog: Catalog;
}

/** Finds a file; undefined where no layer ever had it, or had it not at that revision. */
export async function findModule(edges: CatalogEdges, request: ModuleRequest): Promise<FoundModule | undefined> {
  const taken = await takeLayers(edges, request.granted);
  const catalog = await catalogOf(edges, taken);
  for (const layer of layersToLook(request, taken)) {
    const place = placeOf(taken, layer);
    const listed = place?.files.get(request.path);
    // A file that is there is looked for before one that is gone.
    if (place === undefined || (listed === undefined) !== (layer.isGone === true)) continue;
    const versions = successionOf([request.path], await edges.store.versions(place.granted, [request.path]));
    const seen = versions.filter(({ made }) => made.number <= place.revision);
    const version =
      request.at === undefined ? seen.at(-1) : versions.find((candidate) => isLiveAt(candidate, request.at ?? 0));
    if (version === undefined) continue;
    const entry = catalog.entries.find((one) => one.path === request.path && one.layer === layer.name);
    return {
      path: request.path,
      kind: entry?.kind ?? entityTypeOf(request.path) ?? "module",
      layer: layer.name,
      granted: place.granted,
      version,
      isPresent: entry !== undefined && version === seen.at(-1),
      entry,
      counterpart: counterpartOf(catalog, request.path, layer.name),
      taken,
      catalog,
    };
  }
  return undefined;
}

interface LayerToLook {
  readonly name: LayerName;
  readonly isGone?: boolean;
}

function layersToLook({ layer }: ModuleRequest, { layers }: TakenLayers): LayerToLook[] {
  const names: LayerName[] = layers.length === 1 ? ["own"] : ["own", "global"];
  const asked = names.filter((name) => layer === undefined || name === layer);
  return [...asked.map((name) => ({ name })), ...asked.map((name) => ({ name, isGone: true }))];
}

function placeOf({ layers }: TakenLayers, { name }: LayerToLook) {
  return name === "own" ? layers[0] : layers[1];
}

/** The first of the other layer that goes by the same name, in the order in which names are looked for. */
function counterpartOf({ entries }: Catalog, path: WorkspacePath, layer: LayerName): CatalogEntry | undefined {
  const paths = new Set<string>(pathsOfName(path));
  const others = entries.filter((entry) => entry.layer !== layer && paths.has(entry.path));
  return [...paths].map((other) => others.find((entry) => entry.path === other)).find((entry) => entry !== undefined);
}
