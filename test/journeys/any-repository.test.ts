// Repositories of every kind: large, cut off, empty, odd. What is stored is compared with what the tree should come to,
// and what was asked of GitHub is counted.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Scope } from "../../src/workspace/scope.ts";
import { runGit } from "../github/git-process.ts";
import { pushRef } from "../github/push.ts";
import type { Repository } from "../github/repository.ts";
import type { LoggedRequest } from "../github/server.ts";
import { executable, submodule, symlink, type TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

const bytesMax = 1024 * 1024;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

/** An empty repository that is granted a scope. */
async function grantedRepository(slug: string): Promise<{ repository: Repository; scope: Scope }> {
  const scope = await world.organization(slug);
  const account = world.github.createAccount(`${slug}-inc`);
  await world.registered.install(account, { repositories: "all" });
  const repository = await account.createRepository("modules");
  await world.app.store.addGrant({ scope, kind: "repository", repositoryId: repository.id }, "journey");
  await world.settled();
  return { repository, scope };
}

async function push(repository: Repository, files: TreeChanges) {
  const { sha } = await repository.push({ files });
  await world.settled();
  return checkRun(repository, sha, "bifrost/sync");
}

/** Runs `work` and gives what was asked of GitHub meanwhile. */
async function askedDuring(work: () => Promise<unknown>): Promise<LoggedRequest[]> {
  const before = world.github.requests.length;
  await work();
  return world.github.requests.slice(before);
}

const named = (requests: readonly LoggedRequest[]) => requests.map(({ operationId }) => operationId);
const of = (requests: readonly LoggedRequest[], operation: string) =>
  requests.filter(({ operationId }) => operationId === operation);

async function stored(scope: Scope): Promise<Record<string, string>> {
  const rows = await world.database.query(
    "select path, content from workspace_files where organization_id is not distinct from $1 order by path",
    [scope.kind === "global" ? null : scope.id],
  );
  const index = await world.redis.redis.hkeys(`bifrost:index:{${scope.kind === "global" ? "global" : scope.id}}`);
  expect(index.sort()).toEqual(rows.map(({ path }) => path).sort());
  return Object.fromEntries(rows.map(({ path, content }) => [path, content]));
}

function numbered(count: number, folder = "shared"): Record<string, string> {
  const paths = Array.from({ length: count }, (_, index) => `${folder}/f${index % 100}/m${index}.ts`);
  return Object.fromEntries(paths.map((path, index) => [path, `export const n = ${index};\n`]));
}

describe("a large repository", () => {
  test("of 10,000 files takes five requests of an installation's allowance, from nothing to the check run", async () => {
    const { repository, scope } = await grantedRepository("large");
    const files = numbered(10_000);
    const requests = await askedDuring(() => push(repository, { ".github/bifrost.yml": "scope: large\n", ...files }));
    expect(named(requests.filter(({ auth }) => auth === "installation"))).toEqual([
      "repos/get",
      "repos/get-branch",
      "git/get-tree",
      "repos/download-tarball-archive",
      "checks/create",
    ]);
    // Tokens are asked for as the app, whose requests are counted apart. The one that reads was there already, from the
    // look at the empty repository.
    expect(named(requests.filter(({ auth }) => auth === "app"))).toEqual(["apps/create-installation-access-token"]);
    expect(await stored(scope)).toEqual(files);
  });

  test("whose archive leaves files out and rewrites others has those fetched by themselves", async () => {
    const { repository, scope } = await grantedRepository("exporting");
    const files = { ...numbered(80), "shared/version.ts": 'export const commit = "$Format:%H$";\n' };
    const attributes = "shared/f1/** export-ignore\nshared/version.ts export-subst\n.github export-ignore\n";
    const manifest = "scope: exporting\n";
    const requests = await askedDuring(() =>
      push(repository, { ".github/bifrost.yml": manifest, ".gitattributes": attributes, ...files }),
    );
    expect(await stored(scope)).toEqual(files);
    expect(of(requests, "repos/download-tarball-archive")).toHaveLength(1);
    expect(of(requests, "git/get-blob")).toHaveLength(3);
  });

  test("that nobody granted a scope costs no archive", async () => {
    const account = world.github.createAccount("stranger-inc");
    await world.registered.install(account, { repositories: "all" });
    const repository = await account.createRepository("modules");
    await world.settled();
    const files = { ".github/bifrost.yml": "scope: large\n", ...numbered(80) };
    const requests = await askedDuring(() => push(repository, files));
    expect(of(requests, "repos/download-tarball-archive")).toEqual([]);
    expect(of(requests, "git/get-blob")).toHaveLength(1);
  });
});

describe("a tree that GitHub cuts off", () => {
  test("is walked where the modules are, and only there, and is complete", async () => {
    const { entriesMax } = world.github.treeLimits;
    onTestFinished(() => {
      world.github.treeLimits.entriesMax = entriesMax;
    });
    world.github.treeLimits.entriesMax = 20;
    const { repository, scope } = await grantedRepository("cut");
    const outside = { ...numbered(40, "docs"), ...numbered(10, "lib/other"), ...numbered(10, "lib/modules-old") };
    const modules = { "shared/a.ts": "1", "shared/deep/b.ts": "2", "workflows/c.ts": "export default 3" };
    const inRoot = Object.fromEntries(Object.entries(modules).map(([path, text]) => [`lib/modules/${path}`, text]));
    const leftOut = { ...numbered(10, "lib/modules/node_modules/x"), ...numbered(10, "lib/modules/.cache") };
    const manifest = { ".github/bifrost.yml": "scope: cut\nroot: lib/modules\n" };
    const requests = await askedDuring(() => push(repository, { ...manifest, ...outside, ...inRoot, ...leftOut }));
    expect(await stored(scope)).toEqual(modules);
    // Once whole in vain; root and .github to find the file; then root, .github, lib, modules, shared, deep, workflows.
    expect(of(requests, "git/get-tree")).toHaveLength(1 + 2 + 7);

    const run = await push(repository, { "lib/modules/shared/a.ts": null, "docs/new.ts": "" });
    expect(run.title).toBe("cut is at revision 2: 1 deleted");
    expect(await stored(scope)).toEqual({ "shared/deep/b.ts": "2", "workflows/c.ts": "export default 3" });

    world.github.treeLimits.entriesMax = entriesMax;
    expect((await push(repository, { "docs/newer.ts": "" })).title).toBe("cut is at revision 2: nothing to change");
  });

  test("of a pull request is walked the same way, and checked", async () => {
    const { entriesMax } = world.github.treeLimits;
    onTestFinished(() => {
      world.github.treeLimits.entriesMax = entriesMax;
    });
    const { repository } = await grantedRepository("cut-pull");
    const files = {
      "m/workflows/a.ts": 'import { b } from "../b.ts"; export default () => b;',
      "m/b.ts": "export const b = 1;",
    };
    await push(repository, { ".github/bifrost.yml": "scope: cut-pull\nroot: m\n", ...files, ...numbered(20, "docs") });
    world.github.treeLimits.entriesMax = 5;
    const { sha } = await repository.push({ branch: "topic", files: { "m/b.ts": "export const c = 1;" } });
    const requests = await askedDuring(async () => {
      await repository.openPullRequest({ branch: "topic", title: "Break it" });
      await world.settled();
    });
    const run = checkRun(repository, sha, "bifrost");
    expect(run).toMatchObject({
      conclusion: "failure",
      annotations: [{ path: "m/workflows/a.ts", title: "export-not-found" }],
    });
    expect(of(requests, "git/get-tree")).toHaveLength(1 + 2 + 4);
  });

  test("without the repository's file says so after two folders", async () => {
    const { entriesMax } = world.github.treeLimits;
    onTestFinished(() => {
      world.github.treeLimits.entriesMax = entriesMax;
    });
    world.github.treeLimits.entriesMax = 5;
    const { repository } = await grantedRepository("cut-unbound");
    let run: Awaited<ReturnType<typeof push>> | undefined;
    const requests = await askedDuring(async () => {
      run = await push(repository, { ".github/other.yml": "", ...numbered(10) });
    });
    expect(run?.conclusion).toBe("neutral");
    expect(of(requests, "git/get-tree")).toHaveLength(3);
  });
});

describe("an empty repository", () => {
  test("waits for its first commit, which is synced as any other", async () => {
    const { repository, scope } = await grantedRepository("empty");
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "unbound", syncedSha: null });
    await push(repository, { ".github/bifrost.yml": "scope: empty\n", "shared/a.ts": "1" });
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1" });
  });

  test("may get its first commit on another branch, which is none of the default branch's", async () => {
    const { repository, scope } = await grantedRepository("topical");
    await repository.push({ branch: "topic", files: { ".github/bifrost.yml": "scope: topical\n", "a.ts": "1" } });
    await world.settled();
    expect(await stored(scope)).toEqual({});
  });
});

describe("what git holds and the workspace does not", () => {
  test("is skipped, counted, and told with its reason", async () => {
    const { repository, scope } = await grantedRepository("odd");
    const long = `${"d/".repeat(520)}a.ts`;
    const run = await push(repository, {
      ".github/bifrost.yml": "scope: odd\n",
      "shared/kept.ts": executable("kept"),
      "shared/link.ts": symlink("kept.ts"),
      "shared/folder": symlink("."),
      "vendor/other": submodule("1".repeat(40)),
      "shared/lfs.ts": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
      "shared/nul.ts": Buffer.from([65, 0]),
      "shared/latin.ts": Buffer.from([0xe9]),
      "shared/large.ts": "x".repeat(bytesMax + 1),
      "shared/full.ts": "y".repeat(bytesMax),
      "shared/nothing.ts": "",
      "README.md": "# Modules",
      // One name in two normalisation forms, and two names that differ in case alone.
      "shared/caf\u00e9.ts": "composed",
      "shared/cafe\u0301.ts": "decomposed",
      "shared/Twin.ts": "large",
      "shared/twin.ts": "small",
      "shared/control\u0001.ts": "",
      "shared/back\\slash.ts": "",
      [long]: "",
    });
    expect(Object.keys(await stored(scope))).toEqual(
      ["shared/caf\u00e9.ts", "shared/full.ts", "shared/kept.ts", "shared/nothing.ts", "shared/twin.ts"].sort(),
    );
    expect(run.conclusion).toBe("success");
    expect(run.summary).toContain("| skipped | 13 |");
    for (const [path, words] of [
      ["shared/link.ts", "Symbolic links"],
      ["shared/folder", "Symbolic links"],
      ["vendor/other", "Submodules"],
      ["shared/lfs.ts", "Git LFS pointer"],
      ["shared/nul.ts", "NUL byte"],
      ["shared/latin.ts", "not valid UTF-8"],
      ["shared/large.ts", "over the limit"],
      ["README.md", "Neither code"],
      ["shared/cafe\u0301.ts", "normalisation form C"],
      ["shared/Twin.ts", "case alone"],
      ["shared/back\\slash.ts", "backslash"],
      ["d/d/d", "longer than 1024 bytes"],
      ["shared/control\u2401.ts", "control character"],
    ]) {
      expect(
        run.summary?.split("\n").find((line) => line.includes(`${path}`) && line.includes(`${words}`)),
      ).toBeDefined();
    }
  });

  test("is fetched once, however often the repository is pushed to, and again where it changes", async () => {
    const { repository, scope } = await grantedRepository("binary");
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n";
    const odd = { "apps/logo.png": Buffer.from([1, 0]), "apps/twin.png": Buffer.from([1, 0]), "apps/lfs.png": pointer };
    await push(repository, { ".github/bifrost.yml": "scope: binary\n", "a.ts": "1", ...odd });
    const fetched = async (files: TreeChanges) => {
      let run: Awaited<ReturnType<typeof push>> | undefined;
      const requests = await askedDuring(async () => {
        run = await push(repository, files);
      });
      return { blobs: of(requests, "git/get-blob").length, run };
    };
    const next = await fetched({ "a.ts": "2" });
    expect(next.blobs).toBe(1);
    expect(next.run?.summary).toContain("| skipped | 3 |");
    expect(next.run?.summary).toContain("NUL byte");
    expect(await fetched({ "apps/logo.png": Buffer.from([2, 0]), "apps/more.png": Buffer.from([1, 0]) })).toMatchObject(
      {
        blobs: 1,
      },
    );
    // What is of the tree no more is forgotten, and what it turned into is stored.
    expect((await fetched({ "apps/lfs.png": "text", "apps/logo.png": null })).blobs).toBe(1);
    expect(await stored(scope)).toEqual({ "a.ts": "2", "apps/lfs.png": "text" });
    const known = await world.app.store.unreadableBlobs(repository.id);
    expect([...known.values()]).toMatchObject([{ reason: "binary" }]);
  });

  test("may have names that only a crafted tree can have", async () => {
    const { repository, scope } = await grantedRepository("crafted");
    await push(repository, { ".github/bifrost.yml": "scope: crafted\n", "shared/a.ts": "1" });
    const run = await pushCrafted(repository, {
      folder: Buffer.from(".."),
      file: Buffer.from([0x62, 0xff, 0x2e, 0x74, 0x73]),
    });
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1" });
    expect(run.summary).toContain("| skipped | 2 |");
    expect(run.summary).toContain("`../a.ts`: The path contains the segment");
    expect(run.summary).toContain("is not valid UTF-8");
  });
});

/** Adds a folder with a file in it and a file to the root of the head's tree, by their raw names. */
async function pushCrafted(repository: Repository, names: { readonly folder: Buffer; readonly file: Buffer }) {
  const { directory } = repository.git;
  const git = async (args: string[], input: Uint8Array | string = "") =>
    `${await runGit(directory, args, input)}`.trim();
  const entry = (mode: string, type: string, sha: string, name: Uint8Array) =>
    Buffer.concat([Buffer.from(`${mode} ${type} ${sha}\t`), name, Buffer.from([0])]);
  const head = await repository.head();
  const blob = await git(["hash-object", "-w", "--stdin"], "export {};");
  const folder = await git(["mktree", "-z"], entry("100644", "blob", blob, Buffer.from("a.ts")));
  const entries = [
    await runGit(directory, ["ls-tree", "-z", head]),
    entry("040000", "tree", folder, names.folder),
    entry("100644", "blob", blob, names.file),
  ];
  const tree = await git(["mktree", "-z"], Buffer.concat(entries));
  const author = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  const commit = await runGit(directory, ["commit-tree", "-m", "crafted", "-p", head, tree], "", author);
  const { sha } = await pushRef(repository, "refs/heads/main", `${commit}`.trim());
  await world.settled();
  return checkRun(repository, sha, "bifrost/sync");
}

describe("a file", () => {
  let repository: Repository;
  let scope: Scope;
  beforeAll(async () => {
    ({ repository, scope } = await grantedRepository("turning"));
    await push(repository, { ".github/bifrost.yml": "scope: turning\n", "shared/a.ts": "1", "shared/b.ts": "2" });
  });

  test.each([
    ["a symlink", symlink("b.ts")],
    ["a submodule", submodule("2".repeat(40))],
    ["binary", Buffer.from([0])],
    ["an LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"],
    ["one byte too large", "x".repeat(bytesMax + 1)],
  ])("that turns into %s leaves the workspace, and comes back as it was", async (_, skipped) => {
    expect((await push(repository, { "shared/a.ts": skipped })).title).toMatch(/: 1 deleted$/);
    expect(await stored(scope)).toEqual({ "shared/b.ts": "2" });
    expect((await push(repository, { "shared/a.ts": "1" })).title).toMatch(/: 1 file written$/);
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1", "shared/b.ts": "2" });
  });

  test("takes the place of a folder of the same name, and gives it back", async () => {
    await push(repository, { "lib.ts/inner.ts": "inner" });
    await push(repository, { "lib.ts/inner.ts": null, "lib.ts": "file" });
    expect(await stored(scope)).toMatchObject({ "lib.ts": "file" });
    await push(repository, { "lib.ts": null, "lib.ts/inner.ts": "inner" });
    expect(Object.keys(await stored(scope))).toEqual(["lib.ts/inner.ts", "shared/a.ts", "shared/b.ts"]);
  });

  test("that is renamed, in case alone too, is asked of GitHub no second time", async () => {
    const requests = await askedDuring(() => push(repository, { "shared/b.ts": null, "shared/B.ts": "2" }));
    expect(await stored(scope)).toMatchObject({ "shared/B.ts": "2" });
    expect(of(requests, "git/get-blob")).toEqual([]);
    expect(Object.keys(await stored(scope))).not.toContain("shared/b.ts");
  });
});

describe("the root folder and the default branch", () => {
  test("may change, and what is stored becomes what is there", async () => {
    const { repository, scope } = await grantedRepository("moving");
    await push(repository, {
      ".github/bifrost.yml": "scope: moving\nroot: one\n",
      "one/a.ts": "1",
      "two/b.ts": "2",
      "two/a.ts": "other",
    });
    expect(await stored(scope)).toEqual({ "a.ts": "1" });
    await push(repository, { ".github/bifrost.yml": "scope: moving\nroot: two\n" });
    expect(await stored(scope)).toEqual({ "a.ts": "other", "b.ts": "2" });

    await repository.push({ branch: "next", files: { "two/b.ts": null, "two/c.ts": "3" } });
    await repository.setDefaultBranch("next");
    await world.settled();
    expect(await stored(scope)).toEqual({ "a.ts": "other", "c.ts": "3" });
    await repository.deleteBranch("main");
    await world.settled();
    expect(await stored(scope)).toEqual({ "a.ts": "other", "c.ts": "3" });
  });

  test("of a default branch without the repository's file stop the sync and leave what is stored", async () => {
    const { repository, scope } = await grantedRepository("bare");
    await push(repository, { ".github/bifrost.yml": "scope: bare\n", "a.ts": "1" });
    await repository.push({ branch: "bare", files: { ".github/bifrost.yml": null, "a.ts": null } });
    await repository.setDefaultBranch("bare");
    await world.settled();
    expect(await stored(scope)).toEqual({ "a.ts": "1" });
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "refused" });
  });

  test("may lose commits to a push by force, and what is stored is the new head's", async () => {
    const { repository, scope } = await grantedRepository("forced");
    await push(repository, { ".github/bifrost.yml": "scope: forced\n", "a.ts": "1" });
    await push(repository, { "b.ts": "2" });
    await repository.push({ force: true, files: { "c.ts": "3" } });
    await world.settled();
    expect(await stored(scope)).toEqual({ "a.ts": "1", "c.ts": "3" });
  });
});
