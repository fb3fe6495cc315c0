// What a check run `bifrost` is about, and how far its answer is. The same words name it in our records and, as its
// external id, at GitHub.
import type { CheckCommitJob, CheckJob } from "./job.ts";

/**
 * - `pull`: a pull request's head, checked as what merging it would give.
 * - `commit`: a commit of the repository itself, as it is: a merge queue's, or one of the default branch.
 */
export type CheckSubject = { readonly kind: "pull"; readonly number: number } | { readonly kind: "commit" };

/** A check of one commit, and what came of it. */
export interface CheckRecord {
  readonly repositoryId: number;
  readonly subject: CheckSubject;
  readonly headSha: string;
  /** GitHub's id of the check run. */
  readonly checkRunId: number;
  /** Null while it is being worked on. */
  readonly conclusion: string | null;
  /** Until when whoever works on it is believed to live, unless it says more by then; null once it is concluded. */
  readonly leaseUntil: Date | null;
  /** What it was refused for want of, and which may come, by the name that `awaitedBy` gives it; null: nothing. */
  readonly awaits: string | null;
  /** Who, being allowed to, agreed to the run of a fork's code at this commit, by login; null: nobody. */
  readonly runAllowedBy: string | null;
}

/** A group of a merge queue: the commit that would land next. */
export interface MergeGroup {
  readonly repositoryId: number;
  readonly headSha: string;
  /** The commit that it would be put on. */
  readonly baseSha: string;
  /** The branch that it would land on, without `refs/heads/`. */
  readonly baseBranch: string;
  /** The queue has no use for an answer any more. */
  readonly isOver: boolean;
}

/** A subject's name, such as `pull:12`. */
export function subjectName(subject: CheckSubject): string {
  return subject.kind === "pull" ? `pull:${subject.number}` : "commit";
}

/** The subject of that name; `undefined` where it names none. */
export function parseSubject(name: string): CheckSubject | undefined {
  if (name === "commit") return { kind: "commit" };
  const number = /^pull:(\d{1,15})$/.exec(name)?.[1];
  return number === undefined ? undefined : { kind: "pull", number: Number(number) };
}

/** The job that answers a subject at a commit. */
export function checkJobFor(
  { repositoryId, subject, headSha }: Pick<CheckRecord, "repositoryId" | "subject" | "headSha">,
  force: boolean,
): CheckJob | CheckCommitJob {
  return subject.kind === "pull"
    ? { kind: "check", repositoryId, pullNumber: subject.number, force }
    : { kind: "check-commit", repositoryId, commit: headSha, force };
}
