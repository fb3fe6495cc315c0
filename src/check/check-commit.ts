// A commit of the repository itself: what a merge queue would land, or what has landed on the default branch.
import type { CheckCommitJob } from "../workspace/job.ts";
import { answer, withdraw } from "./answer.ts";
import { commitCandidate } from "./candidate.ts";
import type { CheckEdges } from "./edges.ts";
import { evaluate } from "./evaluate.ts";
import { checkedRepository } from "./reach.ts";
import { groupOver, type Verdict } from "./verdict.ts";

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
  const isOver = async () => {
    const [now, latest] = await Promise.all([store.mergeGroup(repository.id, commit), store.repository(repository.id)]);
    // A group that was merged is the default branch's head.
    return now?.isOver === true && latest?.wantedSha !== commit;
  };
  if (await isOver()) {
    const left = await store.openChecks(repository.id, subject);
    await withdraw(
      edges,
      repository,
      left.filter(({ headSha }) => headSha === commit),
      groupOver(),
    );
    return undefined;
  }
  return answer(
    edges,
    {
      repository,
      subject,
      headSha: commit,
      force,
      evaluate: async (wanted) =>
        evaluate(edges, repository, await commitCandidate(edges, repository, commit, group), wanted),
      withdrawn: async () => ((await isOver()) ? groupOver() : undefined),
    },
    signal,
  );
}
