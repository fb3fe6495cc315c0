// The revisions of a scope with everything that people know them by: the repository's name, releases, remarks.
import { repositoryNames } from "../history/repository-names.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { type Revision, revisionRemarks } from "../workspace/revision.ts";
import type { DashboardEdges } from "./edges.ts";

export interface TimelineEntry {
  readonly revision: Revision;
  /** `owner/name`; null where no repository brought it. */
  readonly repository: string | null;
  /** Names of the releases that stand for it: revisions of global have them. */
  readonly releases: readonly string[];
  readonly remarks: readonly string[];
}

/** Revisions, newest first, from before a number where one is named. */
export async function timeline(
  { store }: Pick<DashboardEdges, "store">,
  granted: GrantedScope,
  limit: number,
  before?: number,
): Promise<TimelineEntry[]> {
  // One more says what the last one changed of the pin.
  const [revisions, releases] = await Promise.all([
    store.revisions(granted, limit + 1, before),
    granted.scope.kind === "global" ? store.releases() : [],
  ]);
  const nameOf = await repositoryNames(
    { store },
    revisions.map(({ repositoryId }) => repositoryId),
  );
  const named = Map.groupBy(releases, ({ revision }) => revision);
  return revisions.slice(0, limit).map((revision, index) => ({
    revision,
    repository: nameOf(revision.repositoryId),
    releases: (named.get(revision.number) ?? []).map(({ name }) => name),
    remarks: revisionRemarks(revision, revisions[index + 1]),
  }));
}

/** One revision of the timeline, by its number as an address has it; `undefined` where there is none. */
export async function timelineEntry(
  edges: Pick<DashboardEdges, "store">,
  granted: GrantedScope,
  text: string | undefined,
): Promise<TimelineEntry | undefined> {
  const number = revisionNumber(text);
  if (number === undefined || number === 0) return undefined;
  const [entry] = await timeline(edges, granted, 1, number + 1);
  return entry?.revision.number === number ? entry : undefined;
}

/** The number that text says, from 0; `undefined` where it says none. */
export function revisionNumber(text: string | null | undefined): number | undefined {
  return text != null && /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined;
}
