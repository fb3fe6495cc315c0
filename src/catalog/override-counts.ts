// How often each module of global is overridden across organisations. Numbers alone: nobody's code and nobody's name.
import type { Registry } from "../store/store.ts";
import { pathsOfName } from "../workspace/cascade.ts";
import type { OperatorScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { CatalogEntry } from "./catalog.ts";
import { catalogOf } from "./catalog.ts";
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
  /** How many organisations there are, and how many of them override anything. */
  readonly organizations: number;
  readonly overriding: number;
}

export interface CountEdges extends CatalogEdges {
  readonly store: CatalogEdges["store"] & Pick<Registry, "overridingOrganizations" | "organizations">;
}

/** Counts for an operator. `operator` is for global. A pin plays no part: it is global as it is now that is counted for. */
export async function countOverrides(edges: CountEdges, operator: OperatorScope, filter = ""): Promise<OverrideCounts> {
  const words = wordsOf(filter);
  const catalog = await catalogOf(edges, await takeLayers(edges, operator));
  const paths = new Set(catalog.entries.flatMap(({ path }) => pathsOfName(path)));
  const holders = await edges.store.overridingOrganizations(operator, [...paths]);
  const overriding = new Set([...holders.values()].flat());
  const counts = catalog.entries.flatMap((entry): OverrideCount[] => {
    const holding = new Set(pathsOfName(entry.path).flatMap((path: WorkspacePath) => holders.get(path) ?? []));
    const isWanted = holding.size > 0 && words.every((word) => entry.path.toLowerCase().includes(word));
    return isWanted ? [{ entry, organizations: holding.size }] : [];
  });
  return {
    counts: counts.sort((one, other) => other.organizations - one.organizations),
    organizations: (await edges.store.organizations()).length,
    overriding: overriding.size,
  };
}
