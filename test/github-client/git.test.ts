import { expect, test } from "vitest";
import { executable, submodule, symlink } from "../github/tree-entry.ts";
import { asked, setScene } from "./scene.ts";

test("head() gives the commit at a branch, also of a branch with slashes in its name", async () => {
  const { repository, address, client } = await setScene({ "a.ts": "export {};" });
  const { sha } = await repository.push({
    branch: "feature/one#two%2F",
    files: { "b.ts": "" },
    author: { name: "Ada", email: "ada@example.com" },
  });
  const head = await client.head(address, "feature/one#two%2F");
  expect(head).toMatchObject({ sha, author: "Ada" });
  expect(head?.treeSha).toMatch(/^[0-9a-f]{40}$/);
  expect(Math.abs(Date.now() - (head?.committedAt.getTime() ?? 0))).toBeLessThan(60_000);
});

test("head() gives nothing for an empty repository and for a branch that does not exist", async () => {
  const { address, client } = await setScene();
  expect(await client.head(address, "main")).toBeUndefined();
  const filled = await setScene({ "a.ts": "" });
  expect(await filled.client.head(filled.address, "mai")).toBeUndefined();
});

test("head() follows a renamed repository", async () => {
  const { repository, address, client } = await setScene({ "a.ts": "" });
  await repository.rename("renamed");
  expect((await client.head(address, "main"))?.sha).toBe(await repository.head());
});

test("commit() says that GitHub is behind where it does not serve the commit yet", async () => {
  const { emulator, repository, address, client } = await setScene({ "a.ts": "" });
  const sha = await repository.head();
  emulator.faults.replicationLag(sha);
  await expect(client.commit(address, sha)).rejects.toMatchObject({ code: "github-behind" });
  expect((await client.commit(address, sha)).sha).toBe(sha);
  await expect(client.commit(address, "0".repeat(40))).rejects.toMatchObject({ code: "github-behind" });
});

const files = {
  "a.ts": "export const a = 1;",
  "bin/run.js": executable("1"),
  "deep/er/b.ts": "export {};",
  "link.ts": symlink("a.ts"),
  vendor: submodule("1".repeat(40)),
};

test("tree() gives files, executables, symlinks and submodules with their modes, and no folders", async () => {
  const { address, client } = await setScene(files);
  const head = await client.head(address, "main");
  const tree = await client.tree(address, head?.treeSha ?? "");
  expect(tree?.map(({ path, mode, sizeBytes }) => [path, mode, sizeBytes]).sort()).toEqual([
    ["a.ts", "100644", 19],
    ["bin/run.js", "100755", 1],
    ["deep/er/b.ts", "100644", 10],
    ["link.ts", "120000", 4],
    ["vendor", "160000", undefined],
  ]);
});

test("tree() gives what did not change as the object that it was, wherever in the tree it is by now", async () => {
  const scene = await setScene(files);
  const { repository, address, client } = scene;
  const treeOf = async () => {
    const head = await client.head(address, "main");
    return new Map((await client.tree(address, head?.treeSha ?? ""))?.map((file) => [file.path, file]));
  };
  const before = await treeOf();
  await repository.push({
    files: { "0.ts": "first", "a.ts": "changed", "deep/er/b.ts": null, "bin/run.js": "1", "zz.ts": symlink("a.ts") },
  });
  const after = await treeOf();
  expect([...after.keys()].sort()).toEqual(["0.ts", "a.ts", "bin/run.js", "link.ts", "vendor", "zz.ts"]);
  const same = [...after].filter(([path, file]) => before.get(path) === file).map(([path]) => path);
  expect(same.sort()).toEqual(["link.ts", "vendor"]);
  // The blob is what it was, and no longer an executable.
  expect(after.get("bin/run.js")).toEqual({ ...before.get("bin/run.js"), mode: "100644" });

  const asks = asked(scene).length;
  expect(await treeOf()).toEqual(after);
  expect(asked(scene).slice(asks)).toEqual(["GET /repos/acme/modules/branches/main"]);
});

test("tree() checks every entry that it was not given before", async () => {
  const { emulator, repository, address, client } = await setScene({ "a.ts": "1" });
  await client.tree(address, (await client.head(address, "main"))?.treeSha ?? "");
  const { sha } = await repository.push({ files: { "b.ts": "2" } });
  for (const entry of [null, { path: "a.ts" }, { path: "b.ts", mode: "100644", type: "blob", sha: "no sha" }]) {
    const body = { sha, url: "", truncated: false, tree: [entry] };
    emulator.faults.next({ path: "/git/trees/", respond: { status: 200, body } });
    await expect(client.tree(address, sha)).rejects.toMatchObject({ code: "github-unavailable" });
  }
});

const byPath = (one: { path: string }, other: { path: string }) => (one.path < other.path ? -1 : 1);

test("tree() gives nothing where GitHub cuts it off, and folders() gives the same folder by folder", async () => {
  const scene = await setScene(files);
  const { emulator, address, client } = scene;
  const treeSha = (await client.head(address, "main"))?.treeSha ?? "";
  const { entriesMax } = emulator.treeLimits;
  emulator.treeLimits.entriesMax = 6;
  expect(await client.tree(address, treeSha)).toBeUndefined();
  const walked = await client.folders(address, treeSha, () => true);
  expect(asked(scene).filter((line) => line.includes("/git/trees/"))).toHaveLength(5);
  emulator.treeLimits.entriesMax = entriesMax;
  const whole = await client.tree(address, treeSha);
  expect(walked.toSorted(byPath)).toEqual(whole?.toSorted(byPath));
});

test("folders() looks only into the folders that are wanted", async () => {
  const scene = await setScene({ ...files, "other/c.ts": "" });
  const treeSha = (await scene.client.head(scene.address, "main"))?.treeSha ?? "";
  const looked: string[] = [];
  const found = await scene.client.folders(scene.address, treeSha, (folder) => {
    looked.push(folder);
    return folder.startsWith("deep");
  });
  expect(found.map(({ path }) => path).sort()).toEqual(["a.ts", "deep/er/b.ts", "link.ts", "vendor"]);
  expect(looked.sort()).toEqual(["bin", "deep", "deep/er", "other"]);
  expect(asked(scene).filter((line) => line.includes("/git/trees/"))).toHaveLength(3);
});

test("folders() fails where even a single folder is cut off", async () => {
  const { emulator, address, client } = await setScene(files);
  const treeSha = (await client.head(address, "main"))?.treeSha ?? "";
  const body = { sha: treeSha, url: "", truncated: true, tree: [] };
  emulator.faults.next({ path: "/git/trees/", respond: { status: 200, body } });
  await expect(client.folders(address, treeSha, () => true)).rejects.toMatchObject({ code: "github-rejected" });
});
