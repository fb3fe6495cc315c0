// What a look at a scope may touch: it reads, and only with a grant.
import type { HistoryEdges } from "../history/edges.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { ScopeReader } from "../store/store.ts";
import type { CatalogMemory } from "./memory.ts";

export interface CatalogEdges {
  readonly store: HistoryEdges["store"] & Pick<ScopeReader, "layersNow" | "listLayer" | "revisionsNumbered">;
  readonly memory: CatalogMemory;
}

/** The same, for following imports: sources are parsed where a hostile one does no harm. */
export interface ImportEdges extends CatalogEdges {
  readonly records: RecordCache;
}
