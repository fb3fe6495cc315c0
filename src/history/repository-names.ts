// Which repository brought something, by the name that people know it by.
import type { HistoryEdges } from "./edges.ts";

/** Gives a repository's `owner/name`, or null where there is none. */
export type NameOf = (repositoryId: number | null) => string | null;

/** Looks up the names of these repositories. One that is not known any more is called by its id. */
export async function repositoryNames(
  { store }: Pick<HistoryEdges, "store">,
  ids: Iterable<number | null>,
): Promise<NameOf> {
  const names = new Map<number, string>();
  for (const id of new Set(ids)) {
    if (id === null) continue;
    const repository = await store.repository(id);
    names.set(id, repository === undefined ? `repository ${id}` : `${repository.owner}/${repository.name}`);
  }
  return (id) => (id === null ? null : (names.get(id) ?? null));
}
