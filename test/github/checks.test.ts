import { expect, test } from "vitest";
import { octokitOf, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const create = "POST /repos/{owner}/{repo}/check-runs";
const update = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";

interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: "failure";
  message: string;
  title?: string;
}

function annotation(line: number, more: Partial<Annotation> = {}): Annotation {
  return { path: "a.ts", start_line: line, end_line: line, annotation_level: "failure", message: "Wrong", ...more };
}

test("a check run is created, grows by annotations and completes", async () => {
  const { octokit, repository } = await setScene();
  const head_sha = await repository.head();
  const { data: run } = await octokit.request(create, {
    ...{ ...repositoryName, name: "bifrost", head_sha, status: "in_progress", external_id: "run-1" },
    output: { title: "Checking", summary: "**so far**", annotations: [annotation(1)] },
  });
  await octokit.request(update, {
    ...{ ...repositoryName, check_run_id: run.id, status: "completed", conclusion: "failure" },
    output: { title: "Failed", summary: "**done**", annotations: [annotation(2, { start_column: 1, end_column: 4 })] },
  });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...repositoryName,
    check_run_id: run.id,
  });
  expect(data).toMatchObject({ status: "completed", conclusion: "failure", external_id: "run-1", head_sha });
  expect(data.output).toMatchObject({ title: "Failed", summary: "**done**", annotations_count: 2 });
  const listed = await octokit.request("GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", {
    ...repositoryName,
    check_run_id: run.id,
  });
  expect(listed.data.map(({ start_line, start_column }) => [start_line, start_column])).toEqual([
    [1, null],
    [2, 1],
  ]);
  expect(repository.checkRuns(head_sha)[0]).toMatchObject({ name: "bifrost", title: "Failed", writes: 2 });
});

test("lists show the newest run of each name, and the suite takes the worst conclusion", async () => {
  const { octokit, repository } = await setScene();
  const head_sha = await repository.head();
  const draft = { ...repositoryName, head_sha, status: "completed" } as const;
  await octokit.request(create, { ...draft, name: "bifrost", conclusion: "failure" });
  await octokit.request(create, { ...draft, name: "bifrost", conclusion: "success" });
  await octokit.request(create, { ...draft, name: "bifrost/sync", conclusion: "neutral" });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...repositoryName,
    ref: head_sha,
  });
  expect(data.check_runs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ["bifrost/sync", "neutral"],
    ["bifrost", "success"],
  ]);
  const { data: suites } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-suites", {
    ...repositoryName,
    ref: head_sha,
  });
  expect(suites.check_suites).toMatchObject([{ status: "completed", conclusion: "failure", head_branch: "main" }]);
});

test("a run of a pull request names it, one of a fork names none", async () => {
  const { github, octokit, repository } = await setScene();
  const own = await repository.openPullRequest({ branch: "feature", files: { "c.ts": "" } });
  const fork = await repository.fork(github.createAccount("outsider", { type: "User" }));
  const foreign = await repository.openPullRequest({ branch: "patch", from: fork, files: { "d.ts": "" } });
  const numbers = async (head_sha: string) => {
    const { data } = await octokit.request(create, { ...repositoryName, name: "bifrost", head_sha });
    return data.pull_requests.map(({ number }) => number);
  };
  expect(await numbers(own.headSha)).toEqual([own.number]);
  expect(await numbers(foreign.headSha)).toEqual([]);
  const suite = repository.checkSuites.find(({ headSha }) => headSha === foreign.headSha);
  expect(suite?.headBranch).toBeNull();
});

test("a commit that does not exist takes no check run", async () => {
  const { octokit } = await setScene();
  const refusal = await refusalOf(octokit.request(create, { ...repositoryName, name: "x", head_sha: "0".repeat(40) }));
  expect(refusal.status).toBe(422);
  expect(refusal.message).toContain("No commit found for SHA");
});

test("an app cannot change the runs of another app", async () => {
  const { github, account, octokit, repository } = await setScene();
  const { data } = await octokit.request(create, {
    ...repositoryName,
    name: "bifrost",
    head_sha: await repository.head(),
  });
  const other = octokitOf(await github.registerApp({ name: "Other" }).install(account));
  const changing = other.request(update, { ...repositoryName, check_run_id: data.id, status: "in_progress" });
  expect(await refusalOf(changing)).toMatchObject({ status: 403 });
});

const action = { label: "Approve", description: "Run it", identifier: "approve" };
const output = { title: "Title", summary: "Summary" };

// Limits that the published description has break it too, so they count as violations.
test.for([
  [
    "more than 50 annotations",
    1,
    { output: { ...output, annotations: Array.from({ length: 51 }, () => annotation(1)) } },
  ],
  ["more than three actions", 1, { actions: [action, action, action, action] }],
  ["a summary over 65,535 characters", 1, { output: { ...output, summary: "x".repeat(65_536) } }],
  ["a text over 65,535 characters", 1, { output: { ...output, text: "x".repeat(65_536) } }],
  ["a label over 20 characters", 1, { actions: [{ ...action, label: "x".repeat(21) }] }],
  [
    "an annotation's title over 255 characters",
    0,
    { output: { ...output, annotations: [annotation(1, { title: "x".repeat(256) })] } },
  ],
  [
    "an annotation's message over 64 KB",
    0,
    { output: { ...output, annotations: [annotation(1, { message: "x".repeat(65_537) })] } },
  ],
  [
    "columns on more than one line",
    0,
    { output: { ...output, annotations: [annotation(1, { end_line: 2, start_column: 1, end_column: 2 })] } },
  ],
] as const)("%s are refused", async ([, violations, more]) => {
  const { octokit, repository } = await setScene({ violations });
  const head_sha = await repository.head();
  const draft = { ...repositoryName, name: "bifrost", head_sha, ...more } as unknown as Parameters<
    typeof octokit.request<typeof create>
  >[1];
  expect(await refusalOf(octokit.request(create, draft))).toMatchObject({ status: 422 });
  expect(repository.checkRuns(head_sha)).toEqual([]);
});

test("a completed run needs a conclusion", async () => {
  const { octokit, repository } = await setScene();
  const draft = { ...repositoryName, name: "bifrost", head_sha: await repository.head(), status: "completed" };
  expect(await refusalOf(octokit.request(create, draft as never))).toMatchObject({ status: 422 });
});
