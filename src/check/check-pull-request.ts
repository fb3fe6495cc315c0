// A pull request: what would be stored if it were merged is linked and run, and the head commit gets the answer. The
// types of the edges hold no way to write to store or cache: a check changes nothing but its own check run.
import { Fault } from "../errors.ts";
import type { CheckRunDraft, PullRequestFacts } from "../github/github.ts";
import type { CheckRecord } from "../store/store.ts";
import type { CheckJob } from "../workspace/job.ts";
import type { Repository } from "../workspace/repository.ts";
import type { CheckEdges } from "./edges.ts";
import { evaluate } from "./evaluate.ts";
import { couldNotEvaluate, type Verdict } from "./verdict.ts";

/** Answers the newest head of a pull request, unless it has its answer. Gives the verdict that was written. */
export async function checkPullRequest(
  edges: CheckEdges,
  job: CheckJob,
  signal?: AbortSignal,
): Promise<Verdict | undefined> {
  const { github, store } = edges;
  const repository = await store.repository(job.repositoryId);
  if (repository === undefined || repository.state === "detached" || repository.installationSuspended) return undefined;
  const pull = await github.pullRequest(repository, job.pullNumber);
  if (pull === undefined || pull.state === "closed") return undefined;

  const before = await store.check(repository.id, pull.number, pull.headSha);
  if (before !== undefined && before.conclusion !== null && !job.force) return undefined;

  const answer = await openCheckRun(edges, repository, pull, before);
  const verdict = await verdictOn(edges, repository, pull, signal);
  await github.updateCheckRun(repository, answer.checkRunId, draft(pull, answer.startedAt, verdict.verdict));
  // An answer that says that it is tried again is none yet.
  if (verdict.retry !== undefined) throw verdict.retry;
  await store.saveCheck({ ...answer.record, conclusion: verdict.verdict.conclusion });
  return verdict.verdict;
}

/**
 * The check run to answer in: a new one, or the one of this head that was left without an answer. A re-run gets a new
 * one, since the annotations of the old one cannot be taken back.
 */
async function openCheckRun(
  { github, store }: CheckEdges,
  repository: Repository,
  pull: PullRequestFacts,
  before: CheckRecord | undefined,
): Promise<{ readonly checkRunId: number; readonly startedAt: Date; readonly record: CheckRecord }> {
  const startedAt = new Date();
  const inProgress = draft(pull, startedAt, undefined);
  let checkRunId = before?.conclusion === null ? before.checkRunId : undefined;
  if (checkRunId === undefined) checkRunId = await github.createCheckRun(repository, inProgress);
  else await github.updateCheckRun(repository, checkRunId, inProgress);
  const record: CheckRecord = {
    repositoryId: repository.id,
    pullNumber: pull.number,
    headSha: pull.headSha,
    checkRunId,
    conclusion: null,
  };
  await store.saveCheck(record);
  return { checkRunId, startedAt, record };
}

/**
 * Never without an answer: what stops the evaluation becomes a failure that says so. Only a process that is itself asked
 * to stop writes none, since whatever it found in half an evaluation is nobody's fault: the check run stays in progress,
 * and the retry answers in it.
 */
async function verdictOn(
  edges: CheckEdges,
  repository: Repository,
  pull: PullRequestFacts,
  signal: AbortSignal | undefined,
): Promise<{ readonly verdict: Verdict; readonly retry?: unknown }> {
  try {
    const verdict = await onStillFiles(() => evaluate(edges, repository, pull, signal));
    signal?.throwIfAborted();
    return { verdict };
  } catch (error) {
    if (signal?.aborted) throw new Fault("interrupted", "The check was interrupted", { cause: error });
    const isFinal = error instanceof Fault && error.row.retry === "never";
    const verdict = couldNotEvaluate(error);
    return isFinal ? { verdict } : { verdict, retry: error };
  }
}

// A push takes far less time than a check, so a second or third moment is nearly always a still one.
const momentsMax = 5;

/** Starts again from new layers when a push changed files under the evaluation. */
async function onStillFiles<T>(work: () => Promise<T>): Promise<T> {
  for (let moment = 1; ; moment += 1) {
    try {
      return await work();
    } catch (error) {
      const moved = error instanceof Fault && error.code === "snapshot-moved";
      if (!moved || moment === momentsMax) throw error;
    }
  }
}

function draft(pull: PullRequestFacts, startedAt: Date, verdict: Verdict | undefined): CheckRunDraft {
  const base = { name: "bifrost", headSha: pull.headSha, externalId: `pull:${pull.number}`, startedAt } as const;
  if (verdict === undefined) {
    return { ...base, status: "in_progress", title: "Linking and running workflows", summary: "", annotations: [] };
  }
  return { ...base, status: "completed", completedAt: new Date(), ...verdict };
}
