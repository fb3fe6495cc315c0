// Writes check runs. A draft is the whole truth about a run; this file cuts it into requests.
import { z } from "zod";
import { Fault } from "../errors.ts";
import { answeredWith, read, servedYet } from "./answer.ts";
import { type AnnotationBody, annotationsPerRequest, type CheckRunOutput, outputOf } from "./check-run-output.ts";
import type { Connection, Octokit } from "./connection.ts";
import type { CheckRunDraft, RepositoryAddress } from "./github.ts";
import type { Refusal } from "./refusal.ts";

const created = z.object({ id: z.int() });
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

/** Creates a check run and gives its id. Throws `github-behind` where GitHub does not know the commit yet. */
export async function createCheckRun(
  connection: Connection,
  address: RepositoryAddress,
  draft: CheckRunDraft,
): Promise<number> {
  const octokit = checksOf(connection, address);
  const output = outputOf(draft);
  const annotations = draft.status === "completed" ? output.annotations : [];
  const { data } = await servedYet(
    `commit ${draft.headSha} of ${address.owner}/${address.name}`,
    octokit.rest.checks.create({
      owner: address.owner,
      repo: address.name,
      head_sha: draft.headSha,
      ...bodyOf(draft),
      output: { ...wordsOf(output), annotations: annotations.slice(0, annotationsPerRequest) },
    }),
    isCommitUnknown,
  );
  const { id } = read("the check run", created, data);
  await append(octokit, address, id, output, annotations.slice(annotationsPerRequest));
  return id;
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
  const output = outputOf(draft);
  const annotations = draft.status === "completed" ? await notShownYet(octokit, address, checkRunId, output) : [];
  await octokit.rest.checks.update({
    owner: address.owner,
    repo: address.name,
    check_run_id: checkRunId,
    ...bodyOf(draft),
    output: { ...wordsOf(output), annotations: annotations.slice(0, annotationsPerRequest) },
  });
  await append(octokit, address, checkRunId, output, annotations.slice(annotationsPerRequest));
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

async function append(
  octokit: Octokit,
  address: RepositoryAddress,
  checkRunId: number,
  output: CheckRunOutput,
  annotations: readonly AnnotationBody[],
): Promise<void> {
  for (let start = 0; start < annotations.length; start += annotationsPerRequest) {
    await octokit.rest.checks.update({
      owner: address.owner,
      repo: address.name,
      check_run_id: checkRunId,
      output: { ...wordsOf(output), annotations: annotations.slice(start, start + annotationsPerRequest) },
    });
  }
}

function bodyOf(draft: CheckRunDraft) {
  const common = {
    name: draft.name,
    external_id: draft.externalId,
    started_at: draft.startedAt.toISOString(),
  };
  if (draft.status === "in_progress") return { ...common, status: draft.status };
  // GitHub fails a run without a conclusion much later and in other words, so the mistake is named here.
  if (draft.conclusion === undefined) throw new Fault("github-rejected", "A completed check run needs a conclusion");
  return {
    ...common,
    status: draft.status,
    conclusion: draft.conclusion,
    completed_at: (draft.completedAt ?? new Date()).toISOString(),
  };
}

function wordsOf(output: CheckRunOutput) {
  const { title, summary, text } = output;
  return { title, summary, ...(text !== undefined && { text }) };
}

function checksOf(connection: Connection, address: RepositoryAddress): Octokit {
  return connection.as({ installationId: address.installationId, repositoryId: address.id, purpose: "checks" });
}
