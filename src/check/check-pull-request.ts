// A pull request: what would be stored if it were merged is linked and run, and the head commit gets the answer. The
// types of the edges hold no way to write to store or cache: a check changes nothing but its own check run.
import type { PullRequestFacts } from "../github/github.ts";
import { type CheckJob, jobKey } from "../workspace/job.ts";
import type { Repository } from "../workspace/repository.ts";
import { answer, withdraw } from "./answer.ts";
import { pullCandidate } from "./candidate.ts";
import type { CheckEdges } from "./edges.ts";
import { evaluate } from "./evaluate.ts";
import { checkedRepository } from "./reach.ts";
import { closed, overtaken, type Verdict } from "./verdict.ts";

/** Answers the newest head of a pull request, unless it has its answer. Gives the verdict that was written. */
export async function checkPullRequest(
  edges: CheckEdges,
  job: CheckJob,
  signal?: AbortSignal,
): Promise<Verdict | undefined> {
  const { github, store } = edges;
  const repository = await checkedRepository(edges, job.repositoryId);
  if (repository === undefined) return undefined;
  const pull = await github.pullRequest(repository, job.pullNumber);
  const subject = { kind: "pull", number: job.pullNumber } as const;
  const left = await store.openChecks(repository.id, subject);
  if (pull === undefined || pull.state === "closed") {
    await withdraw(edges, repository, left, closed());
    return undefined;
  }
  const { headSha } = pull;
  const older = left.filter((check) => check.headSha !== headSha);
  await withdraw(edges, repository, older, overtaken(headSha));
  return answer(
    edges,
    {
      repository,
      subject,
      headSha,
      force: job.force,
      evaluate: async (wanted, record) =>
        evaluate(edges, repository, await pullCandidate(edges, repository, pull, record.runAllowedBy), record, wanted),
      withdrawn: newsOf(edges, repository, pull, job),
    },
    signal,
  );
}

// How often GitHub is asked while another job of the pull request waits.
const askEveryMs = 3000;

/**
 * Looks whether the head is still the newest. Another job of the pull request that waits is a hint that it may not be;
 * GitHub is asked before anything is given up, since hints come late and twice.
 */
function newsOf(
  { github, jobs }: CheckEdges,
  repository: Repository,
  { number, headSha }: PullRequestFacts,
  job: CheckJob,
): () => Promise<Verdict | undefined> {
  let askedAt = 0;
  return async () => {
    if (Date.now() - askedAt < askEveryMs) return undefined;
    const waiting = (await jobs.unfinished("check", jobKey(job))).some(({ state }) => state === "waiting");
    if (!waiting) return undefined;
    askedAt = Date.now();
    const now = await github.pullRequest(repository, number);
    if (now === undefined || now.state === "closed") return closed();
    return now.headSha === headSha ? undefined : overtaken(now.headSha);
  };
}
