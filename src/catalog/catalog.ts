// Everything that a scope sees, file by file: its own, and global's as far as it sees them, those that are hidden included.
// Which file answers is the cascade's to say.
import { overridesOf, pathsOfName, visibleFiles } from "../workspace/cascade.ts";
import type { EntityType } from "../workspace/file.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { OverrideState } from "../workspace/override.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";
import type { Revision } from "../workspace/revision.ts";
import type { Scope } from "../workspace/scope.ts";
import type { CatalogEdges } from "./edges.ts";
import type { ListedLayer, TakenLayers } from "./layers.ts";
import { overridesAt } from "./overrides-at.ts";

/** The layer of the scope itself, or the global one below an organisation's. */
export const layerNames = ["own", "global"] as const;
export type LayerName = (typeof layerNames)[number];

export interface CatalogEntry {
  readonly path: WorkspacePath;
  /** The name that it goes by in every layer. */
  readonly name: string;
  readonly kind: EntityType;
  readonly layer: LayerName;
  readonly scope: Scope;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly repositoryId: number | null;
  /** The revision that wrote it; undefined where nothing is known of it any more. */
  readonly changed: Revision | undefined;
  /** The global file that it hides. */
  readonly overrides: WorkspacePath | null;
  /** The organisation's file that hides it. */
  readonly hiddenBy: WorkspacePath | null;
  /** How it stands to what it hides, or hid; null where it never hid anything. */
  readonly override: OverrideState | null;
  /** `behind`: a file of a pinned layer that global has changed, or given up, since. Null where nothing is pinned. */
  readonly pinned: "current" | "behind" | null;
}

export interface Catalog {
  /** In order of path, the organisation's before global's. */
  readonly entries: readonly CatalogEntry[];
}

/** The catalogue of what was taken. The same moment is worked out once. */
export async function catalogOf(edges: CatalogEdges, taken: TakenLayers): Promise<Catalog> {
  const known = edges.memory.catalogs.get(taken.key);
  if (known !== undefined) return known;
  const overrides = await overridesAt(edges, taken);
  const states = new Map(overrides?.overrides.map(({ yours, state }) => [yours.path, state]));
  const [own, below] = taken.layers;
  const layers = taken.layers.map(({ layer }) => layer);
  const hides = new Map(overridesOf(layers).map((found) => [found.file.path, found.overrides.path]));
  const seenBelow = new Set(
    visibleFiles(layers)
      .filter(({ scope }) => below !== undefined && scope === below.layer.scope)
      .map(({ path }) => path),
  );
  const entries = [
    ...entriesOf(own, "own").map((entry) => ({
      ...entry,
      overrides: hides.get(entry.path) ?? null,
      override: states.get(entry.path) ?? null,
    })),
    ...(below === undefined ? [] : entriesOf(below, "global")).map((entry) => ({
      ...entry,
      hiddenBy: seenBelow.has(entry.path)
        ? null
        : (pathsOfName(entry.path).find((path) => own.files.has(path)) ?? null),
      pinned: pinnedState(entry, taken),
    })),
  ];
  const catalog = { entries: entries.sort(byPath) };
  edges.memory.catalogs.set(taken.key, catalog);
  return catalog;
}

function entriesOf({ layer, files, revisions }: ListedLayer, name: LayerName): CatalogEntry[] {
  return Array.from(files.values(), ({ path, entityType, hash, sizeBytes, repositoryId, revision }) => ({
    path,
    name: moduleName(path),
    kind: entityType,
    layer: name,
    scope: layer.scope,
    hash,
    sizeBytes,
    repositoryId,
    changed: revisions.get(revision),
    overrides: null,
    hiddenBy: null,
    override: null,
    pinned: null,
  }));
}

function pinnedState({ path, hash }: CatalogEntry, { latest }: TakenLayers): CatalogEntry["pinned"] {
  if (latest === null) return null;
  return latest.files.get(path)?.hash === hash ? "current" : "behind";
}

function byPath(one: CatalogEntry, other: CatalogEntry): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.layer === other.layer ? 0 : one.layer === "own" ? -1 : 1;
}
