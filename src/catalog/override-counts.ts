// How often each module of global is overridden across organisations. Numbers alone: nobody's code and nobody's name.
import type { Registry } from "../store/store.ts";
import { pathsOfName } from "../workspace/cascade.ts";
import type { OperatorScope } from "../workspace/grant.ts";
import { type Catalog, type CatalogEntry, catalogOf } from "./catalog.ts";
import type { CatalogEdges } from "./edges.ts";
import { takeLayers } from "./layers.ts";
import { wordsOf } from "./select-entries.ts";

export interface OverrideCount {
  readonly entry: CatalogEntry;
  /** How many organisations hold a live file of its name. */
  readonly organizations: number;
}

export interface OverrideCounts {
  /** Most often overridden first, then in order of path; only those that are overridden at all. */
  readonly counts: readonly OverrideCount[];
  /** How many organisations override anything. */
  readonly overriding: number;
}

export interface CountEdges extends CatalogEdges {
  readonly store: CatalogEdges["store"] &
    Pick<Registry, "overridingOrganizations" | "organizationsKey" | "organizations">;
}

/** Counts for an operator. `operator` is for global. A pin plays no part: it is global as it is now that is counted for. */
export async function countOverrides(
  edges: CountEdges,
  operator: OperatorScope,
  filter = "",
): Promise<OverrideCounts & { readonly organizations: number }> {
  const words = wordsOf(filter);
  const taken = await takeLayers(edges, operator);
  // A push between the key and the reading is seen early, and again under its own key.
  const key = `${taken.key} ${await edges.store.organizationsKey(operator)}`;
  let all = edges.memory.counts.get(key);
  if (all === undefined) {
    all = await countAll(edges, operator, await catalogOf(edges, taken));
    edges.memory.counts.set(key, all);
  }
  return {
    counts: all.counts.filter(({ entry }) => words.every((word) => entry.path.toLowerCase().includes(word))),
    overriding: all.overriding,
    organizations: (await edges.store.organizations()).length,
  };
}

async function countAll(edges: CountEdges, operator: OperatorScope, { entries }: Catalog): Promise<OverrideCounts> {
  const paths = new Set(entries.flatMap(({ path }) => pathsOfName(path)));
  const holders = await edges.store.overridingOrganizations(operator, [...paths]);
  const counts = entries.flatMap((entry): OverrideCount[] => {
    const holding = new Set(pathsOfName(entry.path).flatMap((path) => holders.get(path) ?? []));
    return holding.size > 0 ? [{ entry, organizations: holding.size }] : [];
  });
  return {
    counts: counts.sort((one, other) => other.organizations - one.organizations),
    overriding: new Set([...holders.values()].flat()).size,
  };
}
