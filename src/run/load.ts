// Feeds a linker until it knows every file that its entries need: one read for each step away from the entries.
import type { Linker } from "../link/linker.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { LayerSource } from "./layer-source.ts";

/** Reads the whole graph of these entries into the linker. Files that it knows by content are not read again. */
export async function loadGraph(
  linker: Linker,
  source: Pick<LayerSource, "read">,
  entries: readonly LayeredFile[],
): Promise<void> {
  for (let missing = linker.missing(entries); missing.length > 0; missing = linker.missing(entries)) {
    await linker.addAll(await source.read(missing));
  }
}
