// The life of one file, or of one module under all its extensions: every version that it ever had.
import { pathsOfName } from "../workspace/cascade.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { moduleExtension, type WorkspacePath } from "../workspace/path.ts";
import { type FileVersion, type Revision, successionOf } from "../workspace/revision.ts";
import type { HistoryEdges } from "./edges.ts";

/** What a revision did to a file. */
export interface FileEvent {
  readonly kind: "added" | "changed" | "deleted";
  readonly revision: Revision;
  /** What was written, or what was deleted. */
  readonly version: FileVersion;
}

/**
 * What happened to a file, newest first. A path with an extension is that file alone, one without is every file that goes
 * by that name. A revision that only gave a file to another repository is no event.
 */
export async function fileLog(
  edges: Pick<HistoryEdges, "store">,
  granted: GrantedScope,
  named: WorkspacePath,
): Promise<FileEvent[]> {
  const isName = moduleExtension(named) === undefined;
  return logOfPaths(edges, granted, isName ? [named, ...pathsOfName(`${named}.ts` as WorkspacePath)] : [named]);
}

/** What happened to these files of a scope, newest first. */
export async function logOfPaths(
  { store }: Pick<HistoryEdges, "store">,
  granted: GrantedScope,
  paths: readonly WorkspacePath[],
): Promise<FileEvent[]> {
  const versions = await store.versions(granted, paths);
  const events: FileEvent[] = [];
  for (const path of paths) {
    let last: FileVersion | undefined;
    for (const version of successionOf([path], versions)) {
      const isChange = last !== undefined && last.ended?.number === version.made.number;
      events.push({ kind: isChange ? "changed" : "added", revision: version.made, version });
      if (last?.ended && !isChange) events.push({ kind: "deleted", revision: last.ended, version: last });
      last = version;
    }
    if (last?.ended) events.push({ kind: "deleted", revision: last.ended, version: last });
  }
  return events.sort((one, other) => other.revision.number - one.revision.number);
}
