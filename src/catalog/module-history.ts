// The life of a module in both layers, as one story: what the organisation made of it, and what global did meanwhile.
import { type FileEvent, logOfPaths } from "../history/file-log.ts";
import { pathsOfName } from "../workspace/cascade.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { LayerName } from "./catalog.ts";
import type { CatalogEdges } from "./edges.ts";
import type { TakenLayers } from "./layers.ts";

/** What a revision of a layer did to a file of the name. */
export interface ModuleEvent extends FileEvent {
  readonly layer: LayerName;
  /** Whether it came to global after the revision that the organisation is pinned to. */
  readonly isAfterPin: boolean;
}

/** Everything that happened under the name of a path, newest first. */
export async function moduleHistory(
  edges: CatalogEdges,
  { layers, pin }: TakenLayers,
  path: WorkspacePath,
): Promise<ModuleEvent[]> {
  const paths = pathsOfName(path);
  const logs = await Promise.all(
    layers.map(async ({ granted }, index) => {
      const layer: LayerName = index === 0 ? "own" : "global";
      return (await logOfPaths(edges, granted, paths)).map((event) => ({
        ...event,
        layer,
        isAfterPin: layer === "global" && pin !== null && event.revision.number > pin.revision,
      }));
    }),
  );
  return logs.flat().sort((one, other) => other.revision.createdAt.getTime() - one.revision.createdAt.getTime());
}
