// The answer to one commit: a check run that is opened, worked on and concluded, whatever happens in between. What is
// asked and how it is evaluated is the caller's business.
import { Fault } from "../errors.ts";
import type { CheckRunDraft } from "../github/github.ts";
import { type ReportPlace, reportPath } from "../workspace/addresses.ts";
import { type CheckRecord, type CheckSubject, subjectName } from "../workspace/check.ts";
import { reportSubject, reportToStore } from "../workspace/full-report.ts";
import type { Repository } from "../workspace/repository.ts";
import type { CheckEdges } from "./edges.ts";
import { couldNotEvaluate, type Verdict } from "./verdict.ts";
import { whileWanted } from "./while-wanted.ts";

// Ten times the time between two renewals, so that a busy worker does not lose what it works on.
const leaseMs = 5 * 60_000;
const renewEveryMs = 30_000;

export interface Question {
  readonly repository: Repository;
  readonly subject: CheckSubject;
  readonly headSha: string;
  /** Answer although there is an answer. */
  readonly force: boolean;
  /** Works the answer out. `record` is what is known of it by now. */
  readonly evaluate: (signal: AbortSignal, record: CheckRecord) => Promise<Verdict>;
  /** What to say in place of an answer that nobody needs any more; nothing while somebody does. */
  readonly withdrawn: () => Promise<Verdict | undefined>;
}

/** Answers, unless there is an answer. Gives the verdict that was written. */
export async function answer(
  edges: CheckEdges,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<Verdict | undefined> {
  const { github, store } = edges;
  const { repository, subject, headSha, force } = question;
  const before = await store.check(repository.id, subject, headSha);
  if (before !== undefined && isAnswered(before) && !force) return undefined;

  const startedAt = new Date();
  const record = await openCheckRun(edges, question, before, startedAt);
  const { verdict, retry } = await verdictOn(edges, question, record, signal);
  await keepReport(edges, question, verdict);
  await github.updateCheckRun(repository, record.checkRunId, draftOf(edges, question, startedAt, verdict));
  // An answer that says that it is tried again is none yet.
  if (retry !== undefined) throw retry;
  const { conclusion, awaits = null } = verdict;
  await store.saveCheck({ ...record, conclusion, awaits, leaseUntil: null });
  return verdict;
}

/** Concludes the checks of a subject that nobody needs an answer to any more, with what `verdictFor` says of each. */
export async function withdraw(
  edges: CheckEdges,
  repository: Repository,
  checks: readonly CheckRecord[],
  verdict: Verdict,
): Promise<void> {
  const { github, store } = edges;
  for (const record of checks) {
    const { subject, headSha, checkRunId } = record;
    const about = { repository, subject, headSha };
    await keepReport(edges, about, verdict);
    await github.updateCheckRun(repository, checkRunId, draftOf(edges, about, new Date(), verdict));
    await store.saveCheck({ ...record, conclusion: verdict.conclusion, leaseUntil: null });
  }
}

/** One that was withdrawn answers nothing. */
function isAnswered({ conclusion }: CheckRecord): boolean {
  return conclusion !== null && conclusion !== "cancelled";
}

/**
 * The check run to answer in: a new one, or the one of this head that was left without an answer. A re-run gets a new
 * one, since the annotations of the old one cannot be taken back.
 */
async function openCheckRun(
  edges: CheckEdges,
  question: Question,
  before: CheckRecord | undefined,
  startedAt: Date,
): Promise<CheckRecord> {
  const { github, store } = edges;
  const { repository, subject, headSha } = question;
  const inProgress = draftOf(edges, question, startedAt, undefined);
  let checkRunId = before?.conclusion === null ? before.checkRunId : undefined;
  if (checkRunId === undefined) checkRunId = await github.createCheckRun(repository, inProgress);
  else await github.updateCheckRun(repository, checkRunId, inProgress);
  const record: CheckRecord = {
    repositoryId: repository.id,
    subject,
    headSha,
    checkRunId,
    conclusion: null,
    leaseUntil: new Date(Date.now() + leaseMs),
    runAllowedBy: before?.runAllowedBy ?? null,
    awaits: null,
  };
  await store.saveCheck(record);
  return record;
}

/**
 * Never without an answer: what stops the evaluation becomes a failure that says so. Only a process that is itself asked
 * to stop writes none, since whatever it found in half an evaluation is nobody's fault: the check run stays in progress,
 * and the retry answers in it.
 */
async function verdictOn(
  { store }: CheckEdges,
  { evaluate, withdrawn }: Question,
  record: CheckRecord,
  signal: AbortSignal | undefined,
): Promise<{ readonly verdict: Verdict; readonly retry?: unknown }> {
  let renewedAt = Date.now();
  const look = async () => {
    if (Date.now() - renewedAt >= renewEveryMs) {
      renewedAt = Date.now();
      await store.renewCheck(record, new Date(renewedAt + leaseMs));
    }
    return withdrawn();
  };
  try {
    const work = async (wanted: AbortSignal) => {
      const verdict = await onStillFiles(() => evaluate(wanted, record));
      wanted.throwIfAborted();
      return verdict;
    };
    const outcome = await whileWanted({ look, signal }, work);
    return { verdict: outcome.kind === "done" ? outcome.value : outcome.reason };
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

type About = Pick<Question, "repository" | "subject" | "headSha">;

/** Keeps what is said before it is said, so that the check run never leads to nothing. */
async function keepReport({ store }: CheckEdges, about: About, { conclusion, title, summary, parts }: Verdict) {
  const report = reportToStore({ conclusion, title }, parts ?? { words: [summary] });
  await store.saveReport(placeOf(about), about.repository.scope, report);
}

function placeOf({ repository, subject, headSha }: About): ReportPlace {
  return { repositoryId: repository.id, subject: reportSubject(subject), headSha };
}

function draftOf(
  { publicUrl }: Pick<CheckEdges, "publicUrl">,
  about: About,
  startedAt: Date,
  verdict: Verdict | undefined,
): CheckRunDraft {
  const { repository, subject, headSha } = about;
  const base = {
    name: "bifrost",
    headSha,
    externalId: subjectName(subject),
    startedAt,
    ...(publicUrl !== undefined && { detailsUrl: publicUrl + reportPath(repository.scope, placeOf(about)) }),
  } as const;
  if (verdict === undefined) {
    return { ...base, status: "in_progress", title: "Linking and running workflows", summary: "", annotations: [] };
  }
  const { parts: _, ...words } = verdict;
  return { ...base, status: "completed", completedAt: new Date(), ...words };
}
