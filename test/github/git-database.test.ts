import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { octokitOf, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";
import { executable, submodule, symlink } from "./tree-entry.ts";

const gitRef = "GET /repos/{owner}/{repo}/git/ref/{ref}";
const gitCommit = "GET /repos/{owner}/{repo}/git/commits/{commit_sha}";
const gitTree = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
const gitBlob = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";

/** What git calls a file of these bytes. */
function blobSha(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

test("a branch leads to its commit, its tree and the bytes of its files", async () => {
  const { octokit, repository } = await setScene();
  const { data: ref } = await octokit.request(gitRef, { ...repositoryName, ref: "heads/main" });
  expect(ref.object).toMatchObject({ type: "commit", sha: await repository.head() });
  const { data: commit } = await octokit.request(gitCommit, { ...repositoryName, commit_sha: ref.object.sha });
  const { data: tree } = await octokit.request(gitTree, {
    ...repositoryName,
    tree_sha: commit.tree.sha,
    recursive: "1",
  });
  expect(tree.truncated).toBe(false);
  expect(tree.tree.map(({ path, type, mode, size }) => [path, type, mode, size])).toEqual([
    ["a.ts", "blob", "100644", 20],
    ["shared", "tree", "040000", undefined],
    ["shared/b.ts", "blob", "100644", 20],
  ]);
  const { data: blob } = await octokit.request(gitBlob, { ...repositoryName, file_sha: tree.tree[0]?.sha ?? "" });
  expect(Buffer.from(blob.content, "base64").toString()).toBe("export const a = 1;\n");
});

test("a tree without the recursive parameter stays in its folder", async () => {
  const { octokit } = await setScene();
  const { data } = await octokit.request(gitTree, { ...repositoryName, tree_sha: "main" });
  expect(data.tree.map(({ path }) => path)).toEqual(["a.ts", "shared"]);
});

test("a blob's bytes come as they are when they are asked for raw", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const { octokit } = await setScene({ files: { "picture.bin": bytes } });
  const { data } = await octokit.request(gitBlob, {
    ...repositoryName,
    file_sha: blobSha(bytes),
    headers: { accept: "application/vnd.github.raw+json" },
    // GitHub calls raw bytes UTF-8 whatever they are, and Octokit would decode them.
    request: { parseSuccessResponseBody: false },
  });
  const received = await new Response(data as unknown as ReadableStream).bytes();
  expect(Buffer.from(received).equals(bytes)).toBe(true);
});

test("executables, symlinks and submodules keep their modes", async () => {
  const elsewhere = "1".repeat(40);
  const { octokit } = await setScene({
    files: { run: executable("#!/bin/sh\n"), link: symlink("run"), module: submodule(elsewhere), 'odd "näme".ts': "" },
  });
  const { data } = await octokit.request(gitTree, { ...repositoryName, tree_sha: "main", recursive: "1" });
  expect(data.tree.map(({ path, mode, type }) => [path, mode, type])).toEqual([
    ["link", "120000", "blob"],
    ["module", "160000", "commit"],
    ['odd "näme".ts', "100644", "blob"],
    ["run", "100755", "blob"],
  ]);
  expect(data.tree.find(({ path }) => path === "module")).toMatchObject({ sha: elsewhere });
});

test("a recursive tree over the limit of entries is truncated and says so, its folders are not", async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`folder/${index}.ts`, ""]));
  const { github, octokit } = await setScene({ files });
  github.treeLimits.entriesMax = 10;
  const { data } = await octokit.request(gitTree, { ...repositoryName, tree_sha: "main", recursive: "1" });
  expect(data.truncated).toBe(true);
  expect(data.tree).toHaveLength(10);
  const folder = await octokit.request(gitTree, { ...repositoryName, tree_sha: data.tree[0]?.sha ?? "" });
  expect(folder.data).toMatchObject({ truncated: false });
  expect(folder.data.tree).toHaveLength(30);
});

test("a recursive tree over the limit of bytes is truncated", async () => {
  const { github, octokit } = await setScene();
  github.treeLimits.bytesMax = 200;
  const { data } = await octokit.request(gitTree, { ...repositoryName, tree_sha: "main", recursive: "1" });
  expect(data.truncated).toBe(true);
});

test("what does not exist is not found, and an empty repository has no git database", async () => {
  const { octokit, account } = await setScene();
  expect(await refusalOf(octokit.request(gitRef, { ...repositoryName, ref: "heads/nope" }))).toMatchObject({
    status: 404,
  });
  const nothing = { ...repositoryName, commit_sha: "0".repeat(40) };
  expect(await refusalOf(octokit.request(gitCommit, nothing))).toMatchObject({ status: 404 });
  await account.createRepository("empty");
  const empty = { ...repositoryName, repo: "empty", ref: "heads/main" };
  expect(await refusalOf(octokit.request(gitRef, empty))).toMatchObject({ status: 409 });
});

test("branches with slashes are found", async () => {
  const { octokit, repository } = await setScene();
  const { sha } = await repository.push({ branch: "feature/one", files: { "c.ts": "" } });
  const { data } = await octokit.request(gitRef, { ...repositoryName, ref: "heads/feature/one" });
  expect(data.object.sha).toBe(sha);
});

test("what has not changed answers 304 and costs nothing", async () => {
  const { octokit } = await setScene();
  const first = await octokit.request(gitRef, { ...repositoryName, ref: "heads/main" });
  const again = octokit.request(gitRef, {
    ...repositoryName,
    ref: "heads/main",
    headers: { "if-none-match": first.headers.etag ?? "" },
  });
  expect(await refusalOf(again)).toMatchObject({ status: 304 });
  const next = await octokit.request(gitRef, { ...repositoryName, ref: "heads/main" });
  const remaining = Number(first.headers["x-ratelimit-remaining"]);
  expect(next.headers["x-ratelimit-remaining"]).toBe(String(remaining - 1));
});

test("the tarball redirects to an archive that honours export-ignore", async () => {
  const { github, installation } = await setScene({
    files: { "a.ts": "kept", "b.ts": "left out", ".gitattributes": "b.ts export-ignore\n" },
  });
  const { headers } = await octokitOf(installation).request("GET /repos/{owner}/{repo}/tarball/{ref}", {
    ...repositoryName,
    ref: "main",
    request: { redirect: "manual" },
  });
  expect(headers.location?.startsWith(`${github.serverUrl}/codeload/`)).toBe(true);
  const response = await fetch(headers.location ?? "");
  const tar = gunzipSync(Buffer.from(await response.arrayBuffer())).toString("latin1");
  expect(tar).toContain("kept");
  expect(tar).not.toContain("left out");
});

test("contents follow symlinks, list folders and name submodules", async () => {
  const { octokit } = await setScene({
    files: { "shared/b.ts": "text\n", link: symlink("shared/b.ts"), lost: symlink("../outside") },
  });
  const contents = "GET /repos/{owner}/{repo}/contents/{path}";
  const linked = await octokit.request(contents, { ...repositoryName, path: "link" });
  expect(linked.data).toMatchObject({ type: "file", path: "shared/b.ts", content: "dGV4dAo=" });
  const lost = await octokit.request(contents, { ...repositoryName, path: "lost" });
  expect(lost.data).toMatchObject({ type: "symlink", target: "../outside" });
  const folder = await octokit.request(contents, { ...repositoryName, path: "shared" });
  expect(folder.data).toMatchObject([{ type: "file", name: "b.ts", path: "shared/b.ts", size: 5 }]);
  expect(await refusalOf(octokit.request(contents, { ...repositoryName, path: "nope" }))).toMatchObject({
    status: 404,
  });
});
