import { expect, test } from "vitest";
import { setScene } from "./scene.ts";

test("pullRequest() gives what would be merged into what, also from a fork", async () => {
  const { emulator, repository, address, client } = await setScene({ "a.ts": "" });
  const base = await repository.head();
  const own = await repository.openPullRequest({ title: "Own", branch: "one", files: { "b.ts": "" } });
  const fork = await repository.fork(emulator.createAccount("guest", { type: "User" }));
  const foreign = await repository.openPullRequest({
    title: "Foreign",
    branch: "two",
    from: fork,
    files: { "c.ts": "" },
  });
  expect(await client.pullRequest(address, own.number)).toEqual({
    number: own.number,
    title: "Own",
    state: "open",
    draft: false,
    headSha: await repository.head("one"),
    headRepositoryId: repository.id,
    baseRef: "main",
    baseSha: base,
    testMerge: { commitSha: await own.testMerge() },
  });
  expect(await client.pullRequest(address, foreign.number)).toMatchObject({
    headSha: await fork.head("two"),
    headRepositoryId: fork.id,
  });
});

test("pullRequest() gives nothing for a number that no pull request has", async () => {
  const { address, client } = await setScene({ "a.ts": "" });
  expect(await client.pullRequest(address, 7)).toBeUndefined();
});

test("pullRequestsAt() gives open pull requests whose head is the commit, not those further on or closed", async () => {
  const { repository, address, client } = await setScene({ "a.ts": "" });
  const first = await repository.openPullRequest({ title: "First", branch: "one", files: { "b.ts": "" } });
  const sha = await repository.head("one");
  await repository.createBranch("two", sha);
  const second = await repository.openPullRequest({ title: "Second", branch: "two", files: { "c.ts": "" } });
  expect(await client.pullRequestsAt(address, sha)).toEqual([first.number]);
  expect(await client.pullRequestsAt(address, await repository.head("two"))).toEqual([second.number]);
  await first.close();
  expect(await client.pullRequestsAt(address, sha)).toEqual([]);
  expect(await client.pullRequestsAt(address, "0".repeat(40))).toEqual([]);
});
