// How the sync of a repository comes on, for as long as one runs or waits.
import { setTimeout as pause } from "node:timers/promises";
import type { DashboardEdges } from "../edges.ts";
import { progressShare, progressWords, repositoryIn, standingNow } from "../look-at-repository.ts";
import type { ScopeRequest, StreamEvent } from "../route.ts";

// What a person takes for moving. The sync itself tells no more often.
const everyMs = 500;

/** `GET /scopes/:scope/repositories/:repository/events`. */
export async function repositoryEvents(
  edges: DashboardEdges,
  request: ScopeRequest,
): Promise<AsyncIterable<StreamEvent> | undefined> {
  const repository = await repositoryIn(edges, request.access, request.params.repository);
  return repository && looks(edges, request);
}

async function* looks(edges: DashboardEdges, { access, params, signal }: ScopeRequest): AsyncGenerator<StreamEvent> {
  let told = "";
  while (!signal.aborted) {
    // It may have gone to another scope since.
    const repository = await repositoryIn(edges, access, params.repository);
    if (repository === undefined) return;
    const { standing, progress } = await standingNow(edges, repository);
    const { status, message } = standing;
    const data = {
      status,
      words: progress === null ? message : progressWords(progress),
      value: progress === null ? 0 : Number(progressShare(progress).toFixed(3)),
    };
    if (standing.runningSince === null && standing.nextTryAt === null) {
      yield { event: "end", data };
      return;
    }
    const text = JSON.stringify(data);
    if (text !== told) yield { event: "look", data };
    told = text;
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}
