// Where a run's layers come from: a snapshot of which files there are, and a way to read those that are needed.
import type { Layer, LayeredFile } from "../workspace/layer.ts";

export interface LayerSource {
  /** Highest layer first, all of one moment. */
  readonly layers: readonly Layer[];
  /** The revision of each layer, by slug. */
  readonly revision: Readonly<Record<string, number>>;
  /**
   * Contents of files of these layers, as they were when the layers were taken. Throws `Fault` `snapshot-moved` where one
   * of them cannot be had any more: whoever reads then starts again from new layers, so no run ever sees two moments at
   * once.
   */
  read(files: readonly LayeredFile[]): Promise<ReadonlyMap<LayeredFile, string>>;
}
