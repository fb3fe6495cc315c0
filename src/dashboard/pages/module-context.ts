// What the tabs of one module have in common.
import type { LayerName } from "../../catalog/catalog.ts";
import type { FoundModule } from "../../catalog/find-module.ts";
import type { Override } from "../../workspace/override.ts";
import type { PageEdges } from "../edges.ts";
import type { Html } from "../parts/html.ts";
import { label } from "../parts/label.ts";
import type { ScopeRequest } from "../route.ts";
import type { ModuleQuery } from "./module-query.ts";

/** What every tab of a module is made from. */
export interface ModuleContext {
  readonly edges: PageEdges;
  readonly request: ScopeRequest;
  readonly query: ModuleQuery;
  readonly slug: string;
  readonly found: FoundModule;
  /** How it stands, or what hides it stands; undefined where neither is an override. */
  readonly override: Override | undefined;
  /** The address of this file with something else asked of it. */
  hrefTo(change: Partial<Record<Exclude<keyof ModuleQuery, "layer">, string | number | undefined>>): string;
}

/** The title of a layer, as people know it. */
export function layerTitle(layer: LayerName, { slug, found }: Pick<ModuleContext, "slug" | "found">): string {
  return layer === "global" || found.taken.layers.length === 1 ? "global" : slug;
}

/** The label of a layer; an organisation's own stands out. */
export function layerLabel(layer: LayerName, context: Pick<ModuleContext, "slug" | "found">): Html {
  const title = layerTitle(layer, context);
  return label(title, title === "global" ? "" : "success");
}
