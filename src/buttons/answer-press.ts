// A button of a check run was pressed. GitHub shows buttons to more people than may use them, so whoever pressed is looked
// up first, and a refusal is said where the button is.
import { approveDeletes } from "../acts/approve-deletes.ts";
import type { GitHub, RepositoryRole } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { ButtonId } from "../workspace/button.ts";
import { type CheckSubject, checkJobFor, parseSubject } from "../workspace/check.ts";
import type { PressJob } from "../workspace/job.ts";
import { markdownCode } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";

export interface PressEdges {
  readonly github: Pick<GitHub, "roleOf" | "pullRequest" | "noteOnCheckRun">;
  readonly store: {
    repository(id: number): Promise<Repository | undefined>;
    transaction<T>(
      work: (transaction: Pick<StoreTransaction, "allowRun" | "approveHold" | "sql">) => Promise<T>,
    ): Promise<T>;
  };
  readonly jobs: Pick<Jobs, "enqueue">;
}

/** The least role for each button: deletes reach everybody who uses the scope, a run only the check. */
const leastRole: Readonly<Record<ButtonId, RepositoryRole>> = {
  "run-again": "write",
  "run-workflows": "write",
  "approve-deletes": "admin",
};

const ranks: readonly RepositoryRole[] = ["none", "read", "write", "admin"];

/** Does what a press asks for, or says in the check run why not. Gives whether it was done. */
export async function answerPress(edges: PressEdges, job: PressJob): Promise<boolean> {
  const { github, store } = edges;
  const repository = await store.repository(job.repositoryId);
  if (repository === undefined || repository.state === "detached" || repository.installationSuspended) return false;
  const least = leastRole[job.button];
  const role = await github.roleOf(repository, job.user);
  const refusal =
    ranks.indexOf(role) < ranks.indexOf(least)
      ? `nothing was done, as that takes the permission "${least}" in this repository`
      : await press(edges, repository, job);
  if (refusal === undefined) return true;
  const note = `**${markdownCode(job.user.login)} pressed a button: ${refusal}.**`;
  await github.noteOnCheckRun(repository, job.checkRunId, note);
  return false;
}

/** Gives why nothing was done, or nothing where it was. */
function press(edges: PressEdges, repository: Repository, job: PressJob): Promise<string | undefined> {
  switch (job.button) {
    case "run-again":
      return runAgain(edges, job);
    case "run-workflows":
      return runWorkflows(edges, repository, job);
    case "approve-deletes":
      return approve(edges, job);
    default:
      throw job.button satisfies never;
  }
}

async function runAgain({ jobs }: PressEdges, job: PressJob): Promise<string | undefined> {
  const subject = parseSubject(job.subject);
  if (subject === undefined) return "nothing was done, as this check run is about nothing that is still known";
  await jobs.enqueue(checkJobFor({ ...job, subject }, true));
  return undefined;
}

/** Code is let run at one commit: what is pushed later was seen by nobody. */
async function runWorkflows(
  { github, store, jobs }: PressEdges,
  repository: Repository,
  job: PressJob,
): Promise<string | undefined> {
  const subject: CheckSubject | undefined = parseSubject(job.subject);
  if (subject?.kind !== "pull") return "nothing was done, as this check is not about a pull request";
  const pull = await github.pullRequest(repository, subject.number);
  if (pull?.headSha !== job.headSha || pull.state === "closed") {
    return "nothing was done, as this is not the newest commit of an open pull request any more";
  }
  const check = { repositoryId: job.repositoryId, subject, headSha: job.headSha };
  const isKnown = await store.transaction(async (transaction) => {
    const known = await transaction.allowRun(check, job.user.login);
    if (known) await jobs.enqueue(checkJobFor(check, true), transaction.sql);
    return known;
  });
  return isKnown ? undefined : "nothing was done, as this check run is about nothing that is still known";
}

async function approve(edges: PressEdges, { repositoryId, headSha, user }: PressJob): Promise<string | undefined> {
  const isHeld = await approveDeletes(edges, { repositoryId, commit: headSha }, `github:${user.login}`);
  return isHeld ? undefined : "nothing was done, as this commit is not held any more";
}
