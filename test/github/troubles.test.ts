import { expect, test } from "vitest";
import { octokitOf, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const getRepository = "GET /repos/{owner}/{repo}";

test("an outage lasts for as many requests as were ordered", async () => {
  const { github, octokit } = await setScene();
  github.faults.next({ path: /modules$/, times: 2, respond: { status: 502 } });
  expect(await refusalOf(octokit.request(getRepository, repositoryName))).toMatchObject({ status: 502 });
  expect(await refusalOf(octokit.request(getRepository, repositoryName))).toMatchObject({ status: 502 });
  await octokit.request(getRepository, repositoryName);
  expect(github.faults.left).toBe(0);
});

test("a fault meets its own method and path alone", async () => {
  const { github, octokit } = await setScene();
  github.faults.next({ method: "POST", path: "/check-runs", respond: { status: 500 } });
  await octokit.request(getRepository, repositoryName);
  expect(github.faults.left).toBe(1);
  github.faults.clear();
  expect(github.faults.left).toBe(0);
});

test("rate limits come with the headers that say when to come back", async () => {
  const { github, octokit } = await setScene();
  const resetAt = new Date(Date.now() + 60_000);
  github.faults.rateLimited("/repos/", resetAt);
  github.faults.secondaryRateLimited("/repos/", 7);
  const headersOf = async () => {
    const error = await octokit.request(getRepository, repositoryName).catch((reason: unknown) => reason);
    return (error as { response: { headers: Record<string, string> } }).response.headers;
  };
  const reset = String(Math.ceil(resetAt.getTime() / 1000));
  expect(await headersOf()).toMatchObject({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset });
  expect(await headersOf()).toMatchObject({ "retry-after": "7" });
});

test("an allowance that is used up refuses what follows", async () => {
  const { github, installation, octokit } = await setScene();
  await octokit.request("GET /rate_limit");
  github.rateLimits.of(`installation ${installation.id}`).remaining = 1;
  await octokit.request(getRepository, repositoryName);
  const refusal = await refusalOf(octokit.request(getRepository, repositoryName));
  expect(refusal.status).toBe(403);
  expect(refusal.message).toContain("rate limit exceeded");
  const { data } = await octokit.request("GET /rate_limit");
  expect(data.rate.remaining).toBe(0);
});

test("a fresh commit can be unknown to the API for a while", async () => {
  const { github, octokit, repository } = await setScene();
  const { sha } = await repository.push({ files: { "c.ts": "" } });
  github.faults.replicationLag(sha);
  const request = { ...repositoryName, commit_sha: sha };
  const gitCommit = "GET /repos/{owner}/{repo}/git/commits/{commit_sha}";
  expect(await refusalOf(octokit.request(gitCommit, request))).toMatchObject({ status: 422 });
  expect((await octokit.request(gitCommit, request)).data.sha).toBe(sha);
});

test("a connection can break, hang or be slow", async () => {
  const { github, installation } = await setScene();
  const octokit = octokitOf(installation);
  await octokit.request(getRepository, repositoryName);
  github.faults.next({ path: /modules$/, respond: "reset" });
  await expect(octokit.request(getRepository, repositoryName)).rejects.toThrow();
  github.faults.next({ path: /modules$/, respond: "hang" });
  const signal = AbortSignal.timeout(100);
  await expect(octokit.request(getRepository, { ...repositoryName, request: { signal } })).rejects.toThrow();
  github.faults.next({ path: /modules$/, respond: { delayMs: 50 } });
  const startedAt = performance.now();
  await octokit.request(getRepository, repositoryName);
  expect(performance.now() - startedAt).toBeGreaterThan(45);
});

test("a request that GitHub does not describe is refused and noted", async () => {
  const { github, octokit } = await setScene({ violations: 3 });
  const unknown = octokit.request(getRepository, { ...repositoryName, colour: "blue" } as never);
  expect(await refusalOf(unknown)).toMatchObject({ status: 422 });
  const wrongType = octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...{ ...repositoryName, head_sha: "main", name: 7, verbose: true },
  } as never);
  expect(await refusalOf(wrongType)).toMatchObject({ status: 422 });
  expect(github.violations).toEqual([
    "repos/get: query parameter colour is unknown",
    "checks/create: body/name must be string",
    "checks/create: body/verbose is unknown",
  ]);
});

test("an answer that GitHub would not give is noted and answered as a fault of the emulator", async () => {
  const { github, octokit, repository } = await setScene({ violations: 1 });
  Object.assign(repository, { defaultBranch: 7 });
  const refusal = await refusalOf(octokit.request(getRepository, repositoryName));
  expect(refusal.status).toBe(500);
  expect(refusal.message).toContain("default_branch must be string");
  expect(github.violations[0]).toContain("repos/get: answer 200/default_branch must be string");
});

test("every request is logged with its operation, its caller and its status", async () => {
  const { github, installation, octokit } = await setScene();
  await octokit.request(getRepository, repositoryName);
  await refusalOf(
    octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...repositoryName, pull_number: 9 }),
  );
  expect(github.requests.map(({ operationId, auth, status }) => [operationId, auth, status])).toEqual([
    ["apps/create-installation-access-token", "app", 201],
    ["repos/get", "installation", 200],
    ["pulls/get", "installation", 404],
  ]);
  expect(github.requests[1]).toMatchObject({ path: "/repos/acme-inc/modules", installationId: installation.id });
});
