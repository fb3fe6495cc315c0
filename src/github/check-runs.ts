// Writes check runs. A draft is the whole truth about a run; this file cuts it into requests, and sees to it that a run
// that is completed has an answer even where GitHub will not take the words of it.
import { z } from "zod";
import { Fault } from "../errors.ts";
import { answeredWith, read, servedYet } from "./answer.ts";
import {
  type AnnotationBody,
  annotationsPerRequest,
  type CheckRunOutput,
  cutSummary,
  minimalOutput,
  outputOf,
} from "./check-run-output.ts";
import type { Connection, Octokit } from "./connection.ts";
import type { CheckRunDraft, RepositoryAddress } from "./github.ts";
import type { Refusal } from "./refusal.ts";

const created = z.object({ id: z.int() });
const listed = z.array(
  z.object({
    id: z.int(),
    external_id: z.string().nullish(),
    app: z.object({ id: z.int() }).nullish(),
  }),
);
const described = z.object({ output: z.object({ title: z.string().nullable(), summary: z.string().nullable() }) });
const shown = z.array(
  z.object({
    path: z.string(),
    start_line: z.int(),
    start_column: z.int().nullish(),
    annotation_level: z.string().nullish(),
    title: z.string().nullish(),
    message: z.string().nullish(),
  }),
);

/**
 * Creates a check run and gives its id. A run of ours that is in progress for the same thing is taken up in place of a new
 * one: whoever created it did not live to note its id. Throws `github-behind` where GitHub does not know the commit yet.
 */
export async function createCheckRun(
  connection: Connection,
  appId: number,
  address: RepositoryAddress,
  draft: CheckRunDraft,
): Promise<number> {
  const octokit = checksOf(connection, address);
  if (draft.status === "in_progress") {
    const found = await findInProgress(octokit, appId, address, draft);
    if (found !== undefined) {
      await updateCheckRun(connection, address, found, draft);
      return found;
    }
  }
  const { id, output } = await whole(draft, async (sent) => {
    const annotations = draft.status === "completed" ? sent.annotations.slice(0, annotationsPerRequest) : [];
    const { data } = await servedYet(
      nameOf(address, draft),
      octokit.rest.checks.create({
        owner: address.owner,
        repo: address.name,
        head_sha: draft.headSha,
        ...bodyOf(draft),
        output: { ...wordsOf(sent), annotations },
      }),
      isCommitUnknown,
    );
    return { id: read("the check run", created, data).id, output: sent };
  });
  const rest = draft.status === "completed" ? output.annotations.slice(annotationsPerRequest) : [];
  await append(octokit, address, id, output, rest);
  return id;
}

async function findInProgress(
  octokit: Octokit,
  appId: number,
  address: RepositoryAddress,
  draft: CheckRunDraft,
): Promise<number | undefined> {
  const found = await servedYet(
    nameOf(address, draft),
    octokit.paginate(octokit.rest.checks.listForRef, {
      owner: address.owner,
      repo: address.name,
      ref: draft.headSha,
      check_name: draft.name,
      status: "in_progress",
      filter: "all",
      per_page: 100,
    }),
    isCommitUnknown,
  );
  return read("the check runs of a commit", listed, found).find(
    (run) => run.app?.id === appId && run.external_id === draft.externalId,
  )?.id;
}

function nameOf(address: RepositoryAddress, { headSha }: CheckRunDraft): string {
  return `commit ${headSha} of ${address.owner}/${address.name}`;
}

/** Sends the output, and where GitHub finds it wrong, the least that a check run can say. */
async function whole<T>(draft: CheckRunDraft, send: (output: CheckRunOutput) => Promise<T>): Promise<T> {
  try {
    return await send(outputOf(draft));
  } catch (error) {
    if (!isAboutContent(error)) throw error;
    return send(minimalOutput(draft));
  }
}

/** GitHub also answers 422 to a request that it finds wrong, and only its words tell the two apart. */
function isCommitUnknown(error: unknown): error is Refusal {
  return answeredWith(error, 422) && /no commit found/i.test(error.message);
}

/** Makes a check run stand as the draft says, without marking twice what is marked already. */
export async function updateCheckRun(
  connection: Connection,
  address: RepositoryAddress,
  checkRunId: number,
  draft: CheckRunDraft,
): Promise<void> {
  const octokit = checksOf(connection, address);
  const { output, rest } = await whole(draft, async (sent) => {
    const annotations = draft.status === "completed" ? await notShownYet(octokit, address, checkRunId, sent) : [];
    await octokit.rest.checks.update({
      owner: address.owner,
      repo: address.name,
      check_run_id: checkRunId,
      ...bodyOf(draft),
      output: { ...wordsOf(sent), annotations: annotations.slice(0, annotationsPerRequest) },
    });
    return { output: sent, rest: annotations.slice(annotationsPerRequest) };
  });
  await append(octokit, address, checkRunId, output, rest);
}

/** Puts a sentence above the summary of a check run, unless it stands there already. */
export async function noteOnCheckRun(
  connection: Connection,
  address: RepositoryAddress,
  checkRunId: number,
  note: string,
): Promise<void> {
  const octokit = checksOf(connection, address);
  const about = { owner: address.owner, repo: address.name, check_run_id: checkRunId };
  const { data } = await octokit.rest.checks.get(about);
  const { output } = read("a check run", described, data);
  const before = output.summary ?? "";
  if (before.startsWith(note)) return;
  const summary = cutSummary(`${note}\n\n${before}`);
  await octokit.rest.checks.update({ ...about, output: { title: output.title ?? "", summary } });
}

/** GitHub adds annotations and never takes any away, so a repeated update must leave out what was sent before. */
async function notShownYet(
  octokit: Octokit,
  address: RepositoryAddress,
  checkRunId: number,
  output: CheckRunOutput,
): Promise<readonly AnnotationBody[]> {
  if (output.annotations.length === 0) return [];
  const found = await octokit
    .paginate(octokit.rest.checks.listAnnotations, {
      owner: address.owner,
      repo: address.name,
      check_run_id: checkRunId,
      per_page: 100,
    })
    .catch((error: unknown) => {
      if (answeredWith(error, 404)) return [];
      throw error;
    });
  const keys = new Set(read("the annotations of a check run", shown, found).map(keyOf));
  return output.annotations.filter((annotation) => !keys.has(keyOf(annotation)));
}

function keyOf(annotation: z.infer<typeof shown>[number] | AnnotationBody): string {
  const { path, start_line, start_column, annotation_level, title, message } = annotation;
  return JSON.stringify([path, start_line, start_column ?? null, annotation_level, title, message]);
}

/** Whether GitHub finds what was sent wrong. Its other refusals would meet anything that is sent. */
function isAboutContent(error: unknown): boolean {
  return answeredWith(error, 400, 413, 422);
}

/** Adds annotations to a run that has its answer. What GitHub finds wrong in them ends the adding, and the answer stands. */
async function append(
  octokit: Octokit,
  address: RepositoryAddress,
  checkRunId: number,
  output: CheckRunOutput,
  annotations: readonly AnnotationBody[],
): Promise<void> {
  for (let start = 0; start < annotations.length; start += annotationsPerRequest) {
    const portion = annotations.slice(start, start + annotationsPerRequest);
    try {
      await octokit.rest.checks.update({
        owner: address.owner,
        repo: address.name,
        check_run_id: checkRunId,
        output: { ...wordsOf(output), annotations: portion },
      });
    } catch (error) {
      if (isAboutContent(error)) return;
      throw error;
    }
  }
}

function bodyOf(draft: CheckRunDraft) {
  const common = {
    name: draft.name,
    external_id: draft.externalId,
    ...(draft.detailsUrl !== undefined && { details_url: draft.detailsUrl }),
    started_at: draft.startedAt.toISOString(),
  };
  if (draft.status === "in_progress") return { ...common, status: draft.status, actions: [] };
  // GitHub fails a run without a conclusion much later and in other words, so the mistake is named here.
  if (draft.conclusion === undefined) throw new Fault("github-rejected", "A completed check run needs a conclusion");
  return {
    ...common,
    status: draft.status,
    conclusion: draft.conclusion,
    completed_at: (draft.completedAt ?? new Date()).toISOString(),
    actions: (draft.buttons ?? []).map(({ id, label, description }) => ({ identifier: id, label, description })),
  };
}

function wordsOf(output: CheckRunOutput) {
  const { title, summary, text } = output;
  return { title, summary, ...(text !== undefined && { text }) };
}

function checksOf(connection: Connection, address: RepositoryAddress): Octokit {
  return connection.as({ installationId: address.installationId, repositoryId: address.id, purpose: "checks" });
}
