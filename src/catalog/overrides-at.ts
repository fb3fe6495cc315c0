// The overrides of the moment that was taken. Judging them reads the store again, and a push may have come in between.
import { Fault } from "../errors.ts";
import { listOverrides, type OverrideList } from "../history/list-overrides.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { CatalogEdges } from "./edges.ts";
import type { TakenLayers } from "./layers.ts";

/** The overrides of layers that were taken; undefined for global. Throws `Fault` `snapshot-moved` where they are others by now. */
export async function overridesAt(edges: CatalogEdges, taken: TakenLayers): Promise<OverrideList | undefined> {
  const [own, below] = taken.layers;
  if (below === undefined) return undefined;
  const known = edges.memory.overrides.get(taken.key);
  if (known !== undefined) return known;
  const list = await listOverrides(edges, own.granted);
  const now = await edges.store.layersNow(own.granted);
  const isSame =
    list?.revision === own.revision &&
    list.below.revision === below.revision &&
    // Of a pinned layer, what came after the pin is told as well.
    now.layers[0]?.revision === own.revision &&
    (now.latest ?? now.layers[1])?.revision === (taken.latest ?? below).revision;
  if (list === undefined || !isSame) {
    throw new Fault("snapshot-moved", `"${scopeSlug(own.layer.scope)}" changed while its overrides were being read`);
  }
  edges.memory.overrides.set(taken.key, list);
  return list;
}
