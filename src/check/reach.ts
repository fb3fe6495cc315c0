// Whether a check of a repository could be written at all.
import type { Repository } from "../workspace/repository.ts";
import type { CheckEdges } from "./edges.ts";

/** The repository, or `undefined` where GitHub lets the app write nothing: taken off, suspended, or archived. */
export async function checkedRepository(
  { store }: Pick<CheckEdges, "store">,
  repositoryId: number,
): Promise<Repository | undefined> {
  const repository = await store.repository(repositoryId);
  if (repository === undefined || repository.state === "detached") return undefined;
  return repository.installationSuspended || repository.archived ? undefined : repository;
}
