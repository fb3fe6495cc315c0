// A commit of the repository itself: what a merge queue would land, or what has landed on the default branch.
import type { CheckCommitJob } from "../workspace/job.ts";
import { answer, withdraw } from "./answer.ts";
import { commitCandidate } from "./candidate.ts";
import type { CheckEdges } from "./edges.ts";
import { evaluate } from "./evaluate.ts";
import { checkedRepository } from "./reach.ts";
import { groupOver, overtaken, type Verdict } from "./verdict.ts";

/** Answers a commit, unless it has its answer or nobody waits for one. Gives the verdict that was written. */
export async function checkCommit(
  edges: CheckEdges,
  job: CheckCommitJob,
  signal?: AbortSignal,
): Promise<Verdict | undefined> {
  const { store } = edges;
  const { commit, force } = job;
  const repository = await checkedRepository(edges, job.repositoryId);
  if (repository === undefined) return undefined;
  const subject = { kind: "commit" } as const;
  const group = await store.mergeGroup(repository.id, commit);
  const withdrawn = async (): Promise<Verdict | undefined> => {
    const [now, latest] = await Promise.all([store.mergeGroup(repository.id, commit), store.repository(repository.id)]);
    const newest = latest?.wantedSha ?? null;
    // A group that was merged is the default branch's head.
    if (newest === commit) return undefined;
    if (now !== undefined) return now.isOver ? groupOver() : undefined;
    // Asked for by a person, an older commit is checked as well.
    return newest === null || force ? undefined : overtaken(newest);
  };
  const reason = await withdrawn();
  if (reason !== undefined) {
    const left = await store.openChecks(repository.id, subject);
    const here = left.filter(({ headSha }) => headSha === commit);
    await withdraw(edges, repository, here, reason);
    return undefined;
  }
  return answer(
    edges,
    {
      repository,
      subject,
      headSha: commit,
      force,
      evaluate: async (wanted, record) =>
        evaluate(edges, repository, await commitCandidate(edges, repository, commit, group), record, wanted),
      withdrawn,
    },
    signal,
  );
}
