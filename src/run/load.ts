// Feeds a linker until it knows every file that its entries need: one read for each step away from the entries.
import type { Linker } from "../link/linker.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { moduleUrl } from "../workspace/program.ts";
import type { LayerSource } from "./layer-source.ts";

// A linker forgets nothing, so the graph of an entry that it once knew whole need not be walked again.
const known = new WeakMap<Linker, Set<string>>();

/** Reads the whole graph of these entries into the linker. Files that it knows by content are not read again. */
export async function loadGraph(
  linker: Linker,
  source: Pick<LayerSource, "read">,
  entries: readonly LayeredFile[],
): Promise<void> {
  const whole = known.get(linker) ?? new Set();
  known.set(linker, whole);
  const keyOf = ({ scope, path, hash }: LayeredFile) => `${hash} ${moduleUrl(scope, path)}`;
  const open = entries.filter((entry) => !whole.has(keyOf(entry)));
  for (let missing = linker.missing(open); missing.length > 0; missing = linker.missing(open)) {
    await linker.addAll(await source.read(missing));
  }
  for (const entry of open) whole.add(keyOf(entry));
}
