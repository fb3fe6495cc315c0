// A repository as a page of a scope shows it: where it stands, why, and how far its sync has come.
import type { GrantedScope } from "../workspace/grant.ts";
import { count } from "../workspace/markdown.ts";
import { type SyncProgress, syncPhases } from "../workspace/progress.ts";
import type { Repository } from "../workspace/repository.ts";
import { sameScope, scopeKey, scopeSlug } from "../workspace/scope.ts";
import { type Standing, standingOf } from "../workspace/standing.ts";
import type { ScopeAccess } from "./access/viewer.ts";
import type { DashboardEdges } from "./edges.ts";

type Reading = Pick<DashboardEdges, "store" | "jobs">;

/**
 * The repository of this id where it belongs to the scope: it feeds it, or asks for it and feeds none, which is the
 * business of those who may let it.
 */
export async function repositoryIn(
  { store }: Pick<Reading, "store">,
  { scope, writable }: Pick<ScopeAccess, "scope" | "writable">,
  idText: string | undefined,
): Promise<Repository | undefined> {
  if (idText === undefined || !/^[1-9]\d{0,15}$/.test(idText)) return undefined;
  const repository = await store.repository(Number(idText));
  if (repository === undefined) return undefined;
  if (repository.scope !== null) return sameScope(repository.scope, scope) ? repository : undefined;
  const asked = repository.requestedScope ?? "";
  const isAsked = asked === scopeSlug(scope) || asked.toLowerCase() === scopeKey(scope);
  return isAsked && writable !== undefined ? repository : undefined;
}

/** Every repository that feeds the scope, and where it stands. */
export async function repositoriesIn(
  { store, jobs }: Reading,
  granted: GrantedScope,
): Promise<{ readonly repository: Repository; readonly standing: Standing }[]> {
  const [repositories, syncs] = await Promise.all([store.repositoriesOf(granted), jobs.unfinished("sync")]);
  const byKey = Map.groupBy(syncs, ({ key }) => key);
  return repositories.map((repository) => ({
    repository,
    standing: standingOf(repository, byKey.get(`${repository.id}`) ?? []),
  }));
}

/** Where a repository stands, and how far its sync has come while one runs. */
export async function standingNow(
  { store, jobs }: Reading,
  repository: Repository,
): Promise<{ readonly standing: Standing; readonly progress: SyncProgress | null }> {
  const syncs = await jobs.unfinished("sync", `${repository.id}`);
  const standing = standingOf(repository, syncs);
  // What a process that died has left is nobody's progress.
  const progress = standing.runningSince === null ? undefined : await store.progressOf(repository.id);
  return { standing, progress: progress ?? null };
}

/** How far it has come, in words. */
export function progressWords({ phase, done, total }: SyncProgress): string {
  switch (phase) {
    case "tree":
      return "Reading the tree of its head";
    case "files":
      return `Reading files: ${done.toLocaleString("en")} of ${count(total, "file")}`;
    case "storing":
      return `Storing ${count(total, "file")}`;
    case "publishing":
      return "Publishing to executors";
    default:
      throw phase satisfies never;
  }
}

/** How far it has come, of 1. Reading takes nearly all of the time; the steps around it have a twentieth each. */
export function progressShare({ phase, done, total }: SyncProgress): number {
  if (phase === "files") return 0.05 + 0.85 * (total === 0 ? 1 : done / total);
  return [0, 0.05, 0.9, 0.95][syncPhases.indexOf(phase)] ?? 0;
}
