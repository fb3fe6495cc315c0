import { expect, test } from "vitest";
import { octokitOf, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const getPull = "GET /repos/{owner}/{repo}/pulls/{pull_number}";

test("a pull request tells its numbers, its ends and whether it merges", async () => {
  const { octokit, repository } = await setScene();
  const pull = await repository.openPullRequest({ title: "Add c", branch: "feature", files: { "c.ts": "1\n2\n" } });
  const { data } = await octokit.request(getPull, { ...repositoryName, pull_number: pull.number });
  expect(data).toMatchObject({
    ...{ title: "Add c", state: "open", commits: 1, additions: 2, deletions: 0, changed_files: 1, mergeable: true },
    head: { ref: "feature", sha: pull.headSha, label: "acme-inc:feature" },
    base: { ref: "main", sha: await repository.head() },
  });
  const merged = await repository.git.commit("refs/pull/1/merge");
  expect(merged?.sha).toBe(data.merge_commit_sha);
  expect(merged?.parents).toEqual([await repository.head(), pull.headSha]);
});

test("a pull request that conflicts does not merge", async () => {
  const { octokit, repository } = await setScene();
  const pull = await repository.openPullRequest({ branch: "feature", files: { "a.ts": "one\n" } });
  await repository.push({ files: { "a.ts": "two\n" } });
  const { data } = await octokit.request(getPull, { ...repositoryName, pull_number: pull.number });
  expect(data).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  await expect(pull.merge()).rejects.toThrow("conflicts");
});

test("a merge moves the base branch and closes the pull request", async () => {
  const { octokit, repository } = await setScene();
  const pull = await repository.openPullRequest({ branch: "feature", files: { "c.ts": "text" } });
  const { sha } = await pull.merge();
  expect(await repository.head()).toBe(sha);
  expect(await repository.read("c.ts")).toBe("text");
  const { data } = await octokit.request(getPull, { ...repositoryName, pull_number: 1 });
  expect(data).toMatchObject({
    state: "closed",
    merged: true,
    merge_commit_sha: sha,
    merged_by: { login: "developer" },
  });
});

test("the commits of a fork can be read in the base repository, the fork itself cannot", async () => {
  const { github, octokit, repository } = await setScene();
  const outsider = github.createAccount("outsider", { type: "User" });
  const fork = await repository.fork(outsider);
  const pull = await repository.openPullRequest({
    branch: "patch",
    from: fork,
    files: { "c.ts": "" },
    sender: outsider,
  });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", {
    ...repositoryName,
    commit_sha: pull.headSha,
  });
  expect(data.sha).toBe(await fork.head("patch"));
  const { data: shown } = await octokit.request(getPull, { ...repositoryName, pull_number: 1 });
  expect(shown.head.repo?.full_name).toBe("outsider/modules");
  const reading = octokit.request("GET /repos/{owner}/{repo}", { owner: "outsider", repo: "modules" });
  expect(await refusalOf(reading)).toMatchObject({ status: 404 });
});

test("a commit leads to the pull requests that bring it", async () => {
  const { octokit, repository } = await setScene();
  const one = await repository.openPullRequest({ branch: "one", files: { "c.ts": "" } });
  await repository.openPullRequest({ branch: "two", files: { "d.ts": "" } });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
    ...repositoryName,
    commit_sha: one.headSha,
  });
  expect(data.map(({ number }) => number)).toEqual([one.number]);
});

test("lists show open pull requests, newest first, unless asked otherwise", async () => {
  const { installation, repository } = await setScene();
  const octokit = octokitOf(installation);
  await repository.openPullRequest({ branch: "one", files: { "c.ts": "" } });
  await repository.openPullRequest({ branch: "two", files: { "d.ts": "" } });
  const closed = await repository.openPullRequest({ branch: "three", files: { "e.ts": "" } });
  await closed.close();
  const list = async (options: { state?: "all"; head?: string }) => {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls", { ...repositoryName, ...options });
    return data.map(({ number }) => number);
  };
  expect(await list({})).toEqual([2, 1]);
  expect(await list({ state: "all" })).toEqual([3, 2, 1]);
  expect(await list({ head: "acme-inc:one" })).toEqual([1]);
});

test("the files of a pull request come page by page", async () => {
  const { octokit, repository } = await setScene();
  const files = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`n${index}.ts`, `${index}\n`]));
  await repository.openPullRequest({ branch: "feature", files });
  const request = { ...repositoryName, pull_number: 1, per_page: 2 };
  const all = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", request);
  expect(all.map(({ filename, status }) => `${status} ${filename}`)).toEqual(
    Object.keys(files).map((name) => `added ${name}`),
  );
});
