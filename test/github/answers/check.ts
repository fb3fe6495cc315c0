// Check runs, their annotations and suites as the API and the webhooks write them.
import type { CheckAnnotation, CheckRun } from "../check-run.ts";
import type { CheckSuite } from "../check-suite.ts";
import { apiTime, apiTimeOrNull, nodeId } from "../identifiers.ts";
import { appAnswer } from "./app.ts";
import { encodedPath, simpleCommit } from "./commit.ts";
import { pullRequestMinimal } from "./pull-request.ts";
import { repositoryAnswer } from "./repository.ts";

/** A check run. */
export function checkRunAnswer(run: CheckRun) {
  const { suite, id } = run;
  const { repository } = suite;
  const url = `${repository.apiUrl}/check-runs/${id}`;
  return {
    id,
    node_id: nodeId("CR", id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${repository.htmlUrl}/runs/${id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: apiTime(run.startedAt),
    completed_at: apiTimeOrNull(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: suite.id },
    app: appAnswer(suite.app),
    pull_requests: suite.pulls.map(pullRequestMinimal),
  };
}

/** A check run as webhook payloads carry it: with its suite. */
export function webhookCheckRun(run: CheckRun) {
  return { ...checkRunAnswer(run), check_suite: suiteInShort(run.suite) };
}

/** A mark on the lines of a file. */
export function annotationAnswer(run: CheckRun, annotation: CheckAnnotation) {
  const blob = `${run.suite.repository.htmlUrl}/blob/${run.headSha}/${encodedPath(annotation.path)}`;
  return { ...annotation, blob_href: blob };
}

/** A check suite. */
export async function checkSuiteAnswer(suite: CheckSuite) {
  return { ...(await suiteInFull(suite)), repository: repositoryAnswer(suite.repository) };
}

/** A check suite as webhook payloads carry it: the repository stands beside it. */
export function webhookCheckSuite(suite: CheckSuite) {
  return suiteInFull(suite);
}

async function suiteInFull(suite: CheckSuite) {
  const commit = await suite.repository.git.commit(suite.headSha);
  if (commit === undefined) throw new Error(`Cannot show a check suite as its commit ${suite.headSha} is gone`);
  return {
    ...suiteInShort(suite),
    latest_check_runs_count: suite.runs.length,
    check_runs_url: `${suite.repository.apiUrl}/check-suites/${suite.id}/check-runs`,
    head_commit: simpleCommit(commit),
    rerequestable: true,
    runs_rerequestable: true,
  };
}

function suiteInShort(suite: CheckSuite) {
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: `${suite.repository.apiUrl}/check-suites/${suite.id}`,
    before: suite.before,
    after: suite.headSha,
    pull_requests: suite.pulls.map(pullRequestMinimal),
    app: appAnswer(suite.app),
    created_at: apiTime(suite.createdAt),
    updated_at: apiTime(suite.updatedAt),
  };
}
