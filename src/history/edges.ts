// What looking at the past may touch: it reads, and only with a grant.
import type { Registry, ScopeReader } from "../store/store.ts";

export interface HistoryEdges {
  readonly store: Pick<
    ScopeReader,
    "snapshot" | "layersAt" | "versions" | "contentsAt" | "revision" | "revisionAt" | "revisions" | "overrideVersions"
  > &
    Pick<Registry, "repository">;
}
