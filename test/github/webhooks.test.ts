import { Webhooks } from "@octokit/webhooks";
import { expect, test } from "vitest";
import { zeroSha } from "./git-repository.ts";
import { octokitOf, octokitOfApp } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const pushes = ({ event }: { event: string }) => event === "push";

test("every webhook is signed with the app's secret and says what it is", async () => {
  const { app, receiver, repository } = await setScene();
  await repository.push({ files: { "c.ts": "ünïcödé ☃" }, message: "Schnee ☃" });
  const webhooks = new Webhooks({ secret: app.webhookSecret });
  const push = receiver.received.find(pushes);
  expect(push?.headers).toMatchObject({
    "content-type": "application/json",
    "x-github-hook-id": String(app.hookId),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
  });
  expect(push?.headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
  expect(push?.guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const signature = push?.headers["x-hub-signature-256"] ?? "";
  expect(await webhooks.verify(push?.body ?? "", signature)).toBe(true);
  expect(await webhooks.verify(`${push?.body} `, signature)).toBe(false);
});

test("a push tells what it brought and resolves once the app has answered", async () => {
  const { receiver, repository } = await setScene();
  const before = await repository.head();
  const { sha, deliveries } = await repository.push({
    message: "Work",
    files: { "a.ts": null, "c.ts": "", "shared/b.ts": "x" },
  });
  expect(deliveries.map(({ event, action, statusCode }) => [event, action, statusCode])).toEqual([
    ["push", null, 202],
    ["check_suite", "requested", 202],
  ]);
  expect(receiver.received.slice(-2).map(({ guid }) => guid)).toEqual(deliveries.map(({ guid }) => guid));
  expect(deliveries[0]?.payload).toMatchObject({
    ...{ ref: "refs/heads/main", before, after: sha, created: false, deleted: false, forced: false },
    commits: [{ id: sha, message: "Work", added: ["c.ts"], removed: ["a.ts"], modified: ["shared/b.ts"] }],
    head_commit: { id: sha },
  });
});

test("pushes tell new, forced and deleted branches and tags apart", async () => {
  const { repository } = await setScene();
  const head = await repository.head();
  const created = await repository.push({ branch: "feature", files: { "c.ts": "" } });
  expect(created.deliveries[0]?.payload).toMatchObject({
    created: true,
    before: zeroSha,
    commits: [{ added: ["c.ts"] }],
  });
  const forced = await repository.push({ branch: "feature", files: { "d.ts": "" }, force: true });
  expect(forced.deliveries[0]?.payload).toMatchObject({
    forced: true,
    before: created.sha,
    commits: [{ added: ["d.ts"] }],
  });
  const deleted = await repository.deleteBranch("feature");
  expect(deleted.deliveries.map(({ payload }) => payload)).toMatchObject([
    { deleted: true, after: zeroSha, before: forced.sha, head_commit: null, commits: [] },
  ]);
  const tag = await repository.tag("v1");
  expect(tag.deliveries.map(({ payload }) => payload)).toMatchObject([
    { ref: "refs/tags/v1", after: head, created: true, commits: [], head_commit: { id: head } },
  ]);
});

test("a pull request is told when it opens, grows, changes and closes", async () => {
  const { github, repository } = await setScene();
  const pull = await repository.openPullRequest({ branch: "feature", files: { "c.ts": "" }, draft: true });
  const opened = pull.headSha;
  const { sha } = await pull.push({ files: { "d.ts": "" } });
  await pull.edit({ title: "Another title" });
  await pull.readyForReview();
  await pull.close();
  await pull.reopen();
  const told = github.deliveries.log.filter(({ event }) => event === "pull_request");
  expect(told.map(({ payload }) => payload)).toMatchObject([
    { action: "opened", number: 1, pull_request: { draft: true, head: { sha: opened } } },
    { action: "synchronize", before: opened, after: sha, pull_request: { head: { sha } } },
    { action: "edited", changes: { title: { from: "Change" } }, pull_request: { title: "Another title" } },
    { action: "ready_for_review", pull_request: { draft: false } },
    { action: "closed", pull_request: { state: "closed", merged: false } },
    { action: "reopened", pull_request: { state: "open" } },
  ]);
});

test("check runs are told to the app that owns them and to no other", async () => {
  const { github, account, octokit, repository, receiver } = await setScene();
  const other = github.registerApp({ name: "Other", webhookUrl: receiver.url, webhookSecret: "x" });
  await other.install(account);
  const { sha } = await repository.push({ files: { "c.ts": "" } });
  await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...{ ...repositoryName, name: "bifrost", head_sha: sha, conclusion: "action_required" },
    actions: [{ label: "Approve", description: "Run it", identifier: "approve" }],
  });
  const run = repository.checkRuns(sha)[0];
  await run?.rerequest();
  await run?.requestAction("approve");
  await run?.suite.rerequest();
  await github.deliveries.settled();
  const told = github.deliveries.log.filter(({ event, app }) => event.startsWith("check_") && app !== other);
  expect(told.slice(-5).map(({ event, action }) => `${event} ${action}`)).toEqual([
    "check_run created",
    "check_run completed",
    "check_run rerequested",
    "check_run requested_action",
    "check_suite rerequested",
  ]);
  expect(run).toMatchObject({ status: "completed", suite: { status: "queued" } });
  const tellOther = github.deliveries.log.filter(({ app, event }) => app === other && event === "check_run");
  expect(tellOther).toEqual([]);
});

test("a merge group asks for checks and lands or is destroyed", async () => {
  const { github, repository } = await setScene();
  const pull = await repository.openPullRequest({ branch: "feature", files: { "c.ts": "text" } });
  const group = await pull.enterMergeQueue();
  expect(await repository.read("c.ts", group.headSha)).toBe("text");
  await group.destroy("merged");
  expect(await repository.head()).toBe(group.headSha);
  expect(pull.state).toBe("closed");
  const told = github.deliveries.log.filter(({ event }) => event === "merge_group");
  expect(told.map(({ payload }) => payload)).toMatchObject([
    { action: "checks_requested", merge_group: { head_sha: group.headSha, base_ref: "refs/heads/main" } },
    { action: "destroyed", reason: "merged" },
  ]);
});

test("an app is told of its installation and of the repositories that come and go", async () => {
  const { github, account, installation } = await setScene();
  const later = await account.createRepository("later");
  await installation.removeRepositories([later]);
  await installation.addRepositories([later]);
  await installation.suspend();
  await later.push({ files: { "a.ts": "nobody is told" } });
  await installation.unsuspend();
  await installation.acceptPermissions();
  await installation.uninstall();
  expect(github.deliveries.log.map(({ event, action }) => `${event} ${action}`)).toEqual([
    "installation created",
    "installation_repositories added",
    "repository created",
    "installation_repositories removed",
    "installation_repositories added",
    "installation suspend",
    "installation unsuspend",
    "installation new_permissions_accepted",
    "installation deleted",
  ]);
});

test("an app is told only what it subscribed to, where it is installed, and nothing without a webhook", async () => {
  const { github, account, repository, receiver } = await setScene();
  const silent = github.registerApp({ name: "Silent" });
  await silent.install(account);
  const narrow = github.registerApp({ name: "Narrow", webhookUrl: receiver.url, events: ["pull_request"] });
  await narrow.install(account);
  const elsewhere = github.createAccount("globex");
  const stranger = github.registerApp({ name: "Stranger", webhookUrl: receiver.url });
  await stranger.install(elsewhere);
  const count = github.deliveries.log.length;
  await repository.push({ files: { "c.ts": "" } });
  const told = new Set(github.deliveries.log.slice(count).map(({ app }) => app.name));
  expect([...told]).toEqual(["Bifrost Modules"]);
});

test("webhooks can be held back and arrive in another order, or twice", async () => {
  const { github, receiver, repository } = await setScene();
  github.deliveries.hold(pushes);
  const one = await repository.push({ files: { "c.ts": "1" } });
  const two = await repository.push({ files: { "c.ts": "2" } });
  expect(receiver.received.filter(pushes)).toEqual([]);
  const released = await github.deliveries.release((held) => held.toReversed());
  await github.deliveries.send(released[0] ?? expect.fail("nothing was held"));
  const arrived = receiver.received.filter(pushes).map(({ body }) => JSON.parse(body).after);
  expect(arrived).toEqual([two.sha, one.sha, two.sha]);
});

test("a webhook can be lost without a trace in the log that apps read", async () => {
  const { github, app, receiver, repository } = await setScene();
  github.deliveries.drop(pushes);
  await repository.push({ files: { "c.ts": "1" } });
  await repository.push({ files: { "c.ts": "2" } });
  expect(receiver.received.filter(pushes)).toHaveLength(1);
  const { data } = await octokitOfApp(app).request("GET /app/hook/deliveries");
  expect(data.filter(pushes)).toHaveLength(1);
});

test("a failed delivery is in the log and can be redelivered under the same guid", async () => {
  const { github, app, receiver, repository } = await setScene();
  receiver.status = 500;
  const { deliveries } = await repository.push({ files: { "c.ts": "" } });
  receiver.status = 202;
  const octokit = octokitOfApp(app);
  const failed = await octokit.request("GET /app/hook/deliveries", { status: "failure" });
  expect(failed.data.map(({ event, status_code }) => [event, status_code])).toEqual([
    ["check_suite", 500],
    ["push", 500],
  ]);
  const delivery_id = Number(failed.data.find(pushes)?.id);
  await octokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id });
  await github.deliveries.settled();
  const guids = receiver.received.filter(pushes).map(({ guid }) => guid);
  expect(guids).toEqual([deliveries[0]?.guid, deliveries[0]?.guid]);
  const { data: all } = await octokit.request("GET /app/hook/deliveries", { per_page: 1 });
  expect(all).toMatchObject([{ event: "push", redelivery: true, status_code: 202, guid: guids[0] }]);
});

test("the log of deliveries is read page by page with a cursor", async () => {
  const { app, github, repository } = await setScene();
  await repository.push({ files: { "c.ts": "" } });
  const octokit = octokitOfApp(app);
  const ids: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await octokit.request("GET /app/hook/deliveries", { per_page: 2, ...(cursor ? { cursor } : {}) });
    ids.push(...page.data.map(({ id }) => Number(id)));
    cursor = /cursor=(\d+)/.exec(page.headers.link ?? "")?.[1];
  } while (cursor !== undefined);
  expect(ids).toEqual(github.deliveries.log.map(({ id }) => id).toReversed());
});

test("a receiver that nobody runs leaves a delivery with status 0", async () => {
  const { app, receiver, repository } = await setScene();
  await receiver.close();
  const { deliveries } = await repository.push({ files: { "c.ts": "" } });
  expect(deliveries[0]).toMatchObject({ statusCode: 0, status: "failed to connect to network" });
  app.webhookUrl = undefined;
  expect((await repository.push({ files: { "d.ts": "" } })).deliveries).toEqual([]);
});

test("a fork tells its pushes to nobody, the base repository tells of the pull request", async () => {
  const { github, installation, repository } = await setScene();
  const fork = await repository.fork(github.createAccount("outsider", { type: "User" }));
  const count = github.deliveries.log.length;
  const pull = await repository.openPullRequest({ branch: "patch", from: fork, files: { "c.ts": "" } });
  await pull.push({ files: { "d.ts": "" } });
  const told = github.deliveries.log.slice(count);
  expect(told.map(({ event, action }) => `${event} ${action}`)).toEqual([
    "pull_request opened",
    "pull_request synchronize",
  ]);
  await octokitOf(installation).request("POST /repos/{owner}/{repo}/check-runs", {
    ...{ ...repositoryName, name: "bifrost", head_sha: pull.headSha },
  });
  await github.deliveries.settled();
  expect(github.deliveries.log.at(-1)?.payload).toMatchObject({
    action: "created",
    check_run: { pull_requests: [], check_suite: { pull_requests: [], head_branch: null } },
  });
});
