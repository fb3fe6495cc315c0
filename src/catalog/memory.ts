// What was read of layers, kept for as long as their revisions stay what they were: a revision's files never change, so
// one small read tells whether all of it still holds. Everything in it can be read again.
import type { OverrideList } from "../history/list-overrides.ts";
import { createRecent, type Recent } from "../recent.ts";
import type { Catalog } from "./catalog.ts";
import type { ListedLayer } from "./layers.ts";
import type { OverrideCounts } from "./override-counts.ts";

export interface CatalogMemory {
  /** By scope and revision. */
  readonly layers: Recent<string, ListedLayer>;
  /** By the revisions of all layers that are seen. */
  readonly catalogs: Recent<string, Catalog>;
  /** The same. */
  readonly overrides: Recent<string, OverrideList>;
  /** By the revisions of global and of every organisation. */
  readonly counts: Recent<string, OverrideCounts>;
  /** How many lines one content differs from another by, by their hashes. */
  readonly distances: Recent<string, Distance>;
}

/** Lines that are there on one side alone. */
export interface Distance {
  readonly added: number;
  readonly removed: number;
}

// Files: some 80 MB, twenty layers of 10,000 files each with what is made of them.
const filesMax = 200_000;
const distancesMax = 50_000;

/** Makes an empty memory. It is asked by key, and only whoever holds a grant for a scope can make the scope's key. */
export function createCatalogMemory(): CatalogMemory {
  return {
    layers: createRecent(filesMax, ({ files }) => files.size + 1),
    catalogs: createRecent(filesMax, ({ entries }) => entries.length + 1),
    overrides: createRecent(filesMax, ({ overrides }) => overrides.length + 1),
    counts: createRecent(filesMax, ({ counts }) => counts.length + 1),
    distances: createRecent(distancesMax, () => 1),
  };
}
