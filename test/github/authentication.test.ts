import { createAppAuth } from "@octokit/auth-app";
import { expect, test } from "vitest";
import { narrowedOctokitOf, octokitOf, octokitOfApp, octokitWith, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

test("an app signs in with its key and sees itself and its installations", async () => {
  const { app, installation } = await setScene();
  const octokit = octokitOfApp(app);
  const { data } = await octokit.request("GET /app");
  expect(data?.slug).toBe("bifrost-modules");
  const installations = await octokit.paginate("GET /app/installations");
  expect(installations.map(({ id }) => id)).toEqual([installation.id]);
  const { data: reached } = await octokit.request("GET /repos/{owner}/{repo}/installation", repositoryName);
  expect(reached.id).toBe(installation.id);
});

test("a token signed with another key is refused", async () => {
  const { app, github } = await setScene();
  const auth = createAppAuth({ appId: app.id, privateKey: app.privateKey });
  const { token } = await auth({ type: "app" });
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  expect(await refusalOf(octokitWith(github.apiUrl, forged).request("GET /app"))).toMatchObject({ status: 401 });
});

test("an identification that lasts longer than ten minutes is refused", async () => {
  const { app, github } = await setScene();
  const now = Math.floor(Date.now() / 1000);
  const token = app.sign({ iss: app.id, iat: now, exp: now + 3600 });
  const refusal = await refusalOf(octokitWith(github.apiUrl, token).request("GET /app"));
  expect(refusal.status).toBe(401);
  expect(refusal.message).toContain("too far in the future");
});

test("an identification from the future is refused", async () => {
  const { app, github } = await setScene();
  const now = Math.floor(Date.now() / 1000);
  const token = app.sign({ iss: app.id, iat: now + 300, exp: now + 600 });
  expect((await refusalOf(octokitWith(github.apiUrl, token).request("GET /app"))).message).toContain("'iat'");
});

test("installation tokens have the long format and an hour to live", async () => {
  const { app, installation } = await setScene();
  const { data } = await octokitOfApp(app).request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: installation.id,
  });
  expect(data.token).toMatch(new RegExp(`^ghs_${app.id}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
  expect(data.token.length).toBeGreaterThan(500);
  expect(data.token.length).toBeLessThan(560);
  const minutes = (Date.parse(data.expires_at) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(58);
  expect(minutes).toBeLessThanOrEqual(60);
});

test("expired and unknown tokens are refused", async () => {
  const { github, app, installation } = await setScene();
  const { data } = await octokitOfApp(app).request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: installation.id,
  });
  const octokit = octokitWith(github.apiUrl, data.token);
  await octokit.request("GET /installation/repositories");
  github.tokens.expireAll();
  expect(await refusalOf(octokit.request("GET /installation/repositories"))).toMatchObject({ status: 401 });
  const unknown = octokitWith(github.apiUrl, "ghs_1_nobody.knows.this");
  const refusal = await refusalOf(unknown.request("GET /installation/repositories"));
  expect(refusal.status).toBe(401);
  expect(refusal.message).toContain("Bad credentials");
});

test("a token narrowed to one repository does not reach another", async () => {
  const { account, repository, installation } = await setScene();
  await account.createRepository("other", { files: { "a.ts": "" } });
  const octokit = await narrowedOctokitOf(installation, { repositoryIds: [repository.id] });
  const { data } = await octokit.request("GET /installation/repositories");
  expect(data.repositories.map(({ name }) => name)).toEqual(["modules"]);
  const other = octokit.request("GET /repos/{owner}/{repo}", { ...repositoryName, repo: "other" });
  expect(await refusalOf(other)).toMatchObject({ status: 404 });
});

test("a token narrowed to reading may not write checks", async () => {
  const { repository, installation } = await setScene();
  const octokit = await narrowedOctokitOf(installation, { permissions: { contents: "read" } });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
    ...repositoryName,
    ref: "heads/main",
  });
  const writing = octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...repositoryName,
    name: "bifrost",
    head_sha: data.object.sha,
  });
  const refusal = await refusalOf(writing);
  expect(refusal.status).toBe(403);
  expect(refusal.message).toContain("Resource not accessible by integration");
  expect(repository.checkRuns(data.object.sha)).toEqual([]);
});

test("a token cannot have permissions that the installation has not", async () => {
  const { installation } = await setScene();
  const narrowing = narrowedOctokitOf(installation, { permissions: { contents: "write" } });
  expect(await refusalOf(narrowing)).toMatchObject({ status: 422 });
});

test("a suspended installation is refused everything until it is back", async () => {
  const { installation, octokit } = await setScene();
  await octokit.request("GET /installation/repositories");
  await installation.suspend();
  expect(await refusalOf(octokit.request("GET /installation/repositories"))).toMatchObject({ status: 403 });
  expect(await refusalOf(octokitOf(installation).request("GET /installation/repositories"))).toMatchObject({
    status: 403,
  });
  await installation.unsuspend();
  await octokit.request("GET /installation/repositories");
});

test("an uninstalled app is refused with the tokens it still holds", async () => {
  const { installation } = await setScene();
  const octokit = await narrowedOctokitOf(installation, {});
  await octokit.request("GET /installation/repositories");
  await installation.uninstall();
  expect(await refusalOf(octokit.request("GET /installation/repositories"))).toMatchObject({ status: 401 });
});

test("an installation on chosen repositories lists them page by page", async () => {
  const { github, app } = await setScene();
  const account = github.createAccount("globex");
  const repositories = await Promise.all(["a", "b", "c"].map((name) => account.createRepository(name)));
  await account.createRepository("not-chosen");
  const octokit = octokitOf(await app.install(account, { repositories }));
  const first = await octokit.request("GET /installation/repositories", { per_page: 2 });
  expect(first.data).toMatchObject({ total_count: 3, repository_selection: "selected" });
  expect(first.headers.link).toContain('rel="next"');
  const all = await octokit.paginate("GET /installation/repositories", { per_page: 2 });
  expect(all.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});
