import { expect, test } from "vitest";
import { refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const compare = "GET /repos/{owner}/{repo}/compare/{basehead}";

test("a comparison shows what the head brought since the two parted", async () => {
  const { octokit, repository } = await setScene();
  await repository.push({ branch: "feature", message: "Add c", files: { "c.ts": "one\ntwo\n" } });
  await repository.push({ branch: "feature", message: "Drop a", files: { "a.ts": null } });
  await repository.push({ message: "Change b", files: { "shared/b.ts": "changed\n" } });
  const { data } = await octokit.request(compare, { ...repositoryName, basehead: "main...feature" });
  expect(data).toMatchObject({ status: "diverged", ahead_by: 2, behind_by: 1, total_commits: 2 });
  expect(data.commits.map(({ commit }) => commit.message)).toEqual(["Add c", "Drop a"]);
  expect(
    data.files?.map(({ filename, status, additions, deletions }) => [filename, status, additions, deletions]),
  ).toEqual([
    ["a.ts", "removed", 0, 1],
    ["c.ts", "added", 2, 0],
  ]);
  expect(data.files?.[1]?.patch).toBe("@@ -0,0 +1,2 @@\n+one\n+two");
});

test("a comparison names renamed and binary files as git does", async () => {
  const text = "a line that is long enough to be found again\n".repeat(4);
  const { octokit, repository } = await setScene({ files: { "old.ts": text, "z.ts": "z" } });
  const bytes = Uint8Array.from([0, 1, 2]);
  await repository.push({ branch: "feature", files: { "old.ts": null, "new.ts": text, "b.bin": bytes, "z.ts": "zz" } });
  const { data } = await octokit.request(compare, { ...repositoryName, basehead: "main...feature" });
  expect(data.files).toMatchObject([
    { filename: "b.bin", status: "added", additions: 0 },
    { filename: "new.ts", status: "renamed", previous_filename: "old.ts", changes: 0 },
    { filename: "z.ts", status: "modified", additions: 1, deletions: 1 },
  ]);
  expect(data.files?.[0]).not.toHaveProperty("patch");
  expect(data.files?.[2]?.patch).toContain("@@ -1 +1 @@");
});

test("a first commit is compared with nothing", async () => {
  const { octokit } = await setScene();
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}", { ...repositoryName, ref: "main" });
  expect(data.parents).toEqual([]);
  expect(data.files?.map(({ filename }) => filename)).toEqual(["a.ts", "shared/b.ts"]);
  expect(data.author?.login).toBe("developer");
});

test("an unknown commit is refused with 422, an unknown end of a comparison with 404", async () => {
  const { octokit } = await setScene();
  const unknown = octokit.request("GET /repos/{owner}/{repo}/commits/{ref}", {
    ...repositoryName,
    ref: "f".repeat(40),
  });
  expect(await refusalOf(unknown)).toMatchObject({ status: 422 });
  expect(await refusalOf(octokit.request(compare, { ...repositoryName, basehead: "main...nope" }))).toMatchObject({
    status: 404,
  });
});

test("a push that would lose commits needs force, and force without a parent replaces the last commit", async () => {
  const { repository } = await setScene();
  const first = await repository.head();
  await repository.push({ message: "Second", files: { "c.ts": "second" } });
  const losing = repository.push({ files: { "c.ts": "other" }, parent: first });
  await expect(losing).rejects.toThrow("push with force");
  expect(await repository.read("c.ts")).toBe("second");
  const { sha } = await repository.push({ message: "Second again", files: { "c.ts": "third" }, force: true });
  expect((await repository.git.commit(sha))?.parents).toEqual([first]);
  expect(await repository.read("c.ts")).toBe("third");
});

test("history is listed newest first", async () => {
  const { octokit, repository } = await setScene();
  await repository.push({ message: "Second", files: { "c.ts": "" } });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits", repositoryName);
  expect(data.map(({ commit }) => commit.message)).toEqual(["Second", "First commit"]);
});
