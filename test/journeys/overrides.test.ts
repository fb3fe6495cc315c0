// An organisation overrides a global module, global goes on, and everybody can see what became of the two.
import { afterAll, beforeAll, expect, test } from "vitest";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { applied } from "../history/git-apply.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let acme: Scope;
let platform: Repository;
let modules: Repository;

const module = (...names: string[]) => names.map((name) => `export const ${name} = "${name}";\n`).join("");
const original = module("a", "b", "c", "d", "e");

beforeAll(async () => {
  world = await startWorld();
  acme = await world.organization("acme");
  platform = await world.boundRepository("platform", globalScope, {
    "shared/halopsa.ts": original,
    "shared/text.ts": "export const text = 1;\n",
    "shared/gone.ts": "export const gone = 1;\n",
  });
  modules = await world.boundRepository("acme-inc", acme, {
    "shared/halopsa.ts": module("a", "b", "c", "d", "e", "own"),
    "shared/text.js": "export const text = 2;\n",
    "shared/gone.ts": "export const gone = 2;\n",
    "shared/oncall.ts": "export const oncall = 1;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

async function overrides(...args: string[]) {
  const { code, stdout, stderr } = await operate(world, "overrides", "acme", ...args, "--json");
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout);
}

async function stateOf(path: string): Promise<string | undefined> {
  const { overrides: listed } = await overrides();
  return listed.find((override: { yours: { path: string } }) => override.yours.path === path)?.state;
}

async function push(repository: Repository, message: string, files: Record<string, string | null>) {
  const pushed = await repository.push({ message, files });
  await world.settled();
  return pushed;
}

test("an override is in step until global changes what it hides", async () => {
  expect(await overrides()).toMatchObject({
    scope: "acme",
    revision: 1,
    global: 1,
    overrides: [
      { state: "current", yours: { path: "shared/gone.ts" } },
      {
        state: "current",
        yours: { path: "shared/halopsa.ts", revision: 1 },
        theirs: { revision: 1 },
        base: { revision: 1 },
      },
      { state: "current", yours: { path: "shared/text.js" }, theirs: { path: "shared/text.ts" } },
    ],
  });
  await push(platform, "Go on", { "shared/halopsa.ts": module("a", "b2", "c", "d", "e", "f"), "shared/gone.ts": null });
  const { overrides: listed } = await overrides();
  expect(listed).toMatchObject([
    { state: "alone", theirs: null, gone: { revision: 2, repository: "platform/bifrost-modules" } },
    { state: "stale", base: { revision: 1 }, theirs: { revision: 2 }, changes: [{ revision: 2 }] },
    { state: "current" },
  ]);
  const text = await operate(world, "overrides", "acme");
  expect(text.stdout).toMatch(
    /^stale +shared\/halopsa\.ts +shared\/halopsa\.ts +revision 1 +1 change, the last in revision 2 by /m,
  );
  expect(text.stderr).toContain("3 overrides of acme: 1 alone, 1 stale, 1 current");
});

test("the three-way view tells what global changed from what both changed, and merges nothing", async () => {
  await push(modules, "Edit", { "shared/halopsa.ts": module("a", "mine", "c", "d", "e", "own") });
  const { overrides: listed } = await overrides("shared/halopsa");
  expect(listed).toHaveLength(1);
  const regions = listed[0].regions.filter((region: { kind: string }) => region.kind !== "same");
  expect(regions).toMatchObject([
    { kind: "conflict", base: { line: 2 }, theirs: { lines: module("b2").trimEnd().split("\n") }, yours: { line: 2 } },
    { kind: "conflict", base: { line: 6, lines: [] } },
  ]);
  const text = await operate(world, "overrides", "acme", "shared/halopsa");
  expect(text.stdout).toContain("@@ line 2 of acme's @@ both changed this");
  expect(text.stdout).toContain('+ export const b2 = "b2";');
});

/** The annotations of the check of a pull request on acme's modules. */
async function noticesOn(files: Record<string, string | null>) {
  branches += 1;
  const pull = await modules.openPullRequest({ title: "A change", branch: `topic-${branches}`, files });
  await world.settled();
  const { conclusion, annotations, summary } = checkRun(modules, pull.headSha, "bifrost");
  expect(conclusion).toBe("success");
  return { summary, notices: annotations.filter(({ title }) => title === "stale-override") };
}
let branches = 0;

test("a check says so on the file that a pull request touches, and of no other", async () => {
  const { notices, summary } = await noticesOn({
    "shared/halopsa.ts": module("a", "mine", "c", "d", "e", "own", "more"),
  });
  expect(notices).toMatchObject([{ path: "shared/halopsa.ts", start_line: 1, annotation_level: "notice" }]);
  const commit = (await platform.head()).slice(0, 7);
  expect(notices[0]?.message).toMatch(
    new RegExp(
      `^Global changed shared/halopsa.ts in revision 2 \\(by .+, commit ${commit}\\): 2 lines added and 1 removed since ` +
        "revision 1, with which this override was last in step",
    ),
  );
  expect(summary).toContain("**Remarks**");
  expect((await noticesOn({ "shared/oncall.ts": "export const oncall = 2;\n" })).notices).toEqual([]);
  expect((await noticesOn({ "shared/gone.ts": "export const gone = 3;\n" })).notices).toEqual([]);
});

test("a check says nothing of one that takes the change over, and once of a module of their own", async () => {
  const taken = module("a", "b2", "c", "d", "e", "f", "mine");
  expect((await noticesOn({ "shared/halopsa.ts": taken })).notices).toEqual([]);
  await push(platform, "Another text", { "shared/text.ts": "export const text = 3;\n" });
  expect(await stateOf("shared/text.js")).toBe("stale");
  const { notices } = await noticesOn({ "shared/text.js": "export const text = 4;\n" });
  expect(notices).toMatchObject([{ path: "shared/text.js" }]);
  expect(notices[0]?.message).toContain("merging it counts as having seen that");
  await push(platform, "Back", { "shared/text.ts": "export const text = 1;\n" });
});

test("once the author takes the change over, it is in step again; the same as global's is redundant", async () => {
  await push(modules, "Take it over", { "shared/halopsa.ts": module("a", "b2", "c", "d", "e", "f", "own") });
  expect(await stateOf("shared/halopsa.ts")).toBe("current");
  await push(modules, "Give in", { "shared/text.js": "export const text = 1;\n" });
  expect(await stateOf("shared/text.js")).toBe("redundant");
});

test("log lists the revisions of a scope, and the versions of a file", async () => {
  const listed = JSON.parse((await operate(world, "log", "acme", "--json")).stdout);
  expect(listed.revisions.map(({ revision }: { revision: number }) => revision)).toEqual([4, 3, 2, 1]);
  expect(listed.revisions[0]).toMatchObject({
    commit: await modules.head(),
    repository: "acme-inc/bifrost-modules",
    upserts: 1,
    deletes: 0,
  });
  expect(JSON.parse((await operate(world, "log", "acme", "--limit", "2", "--json")).stdout)).toMatchObject({
    more: true,
  });
  const gone = JSON.parse((await operate(world, "log", "global", "shared/gone", "--json")).stdout);
  expect(gone.versions).toMatchObject([
    { change: "deleted", revision: 2, path: "shared/gone.ts" },
    { change: "added", revision: 1, path: "shared/gone.ts" },
  ]);
  const text = await operate(world, "log", "global");
  expect(text.stdout).toMatch(/^2 +\S+Z +\+1 -1 +[0-9a-f]{7} +\S.* +platform\/bifrost-modules$/m);
  expect(await operate(world, "log", "acme", "shared/never")).toMatchObject({ code: 1, stdout: "" });
});

test("diff prints patches that git takes", async () => {
  const between = await operate(world, "diff", "acme", "shared/halopsa.ts", "--from", "1", "--to", "3");
  const before = { "shared/halopsa.ts": module("a", "b", "c", "d", "e", "own") };
  expect(applied(before, between.stdout)).toEqual({
    "shared/halopsa.ts": module("a", "b2", "c", "d", "e", "f", "own"),
  });

  const layered = await operate(world, "diff", "acme", "shared");
  const global = {
    "shared/halopsa.ts": module("a", "b2", "c", "d", "e", "f"),
    "shared/text.ts": "export const text = 1;\n",
  };
  expect(Object.keys(applied(global, layered.stdout)).sort()).toEqual([
    "shared/gone.ts",
    "shared/halopsa.ts",
    "shared/oncall.ts",
    "shared/text.js",
  ]);

  const last = JSON.parse((await operate(world, "diff", "acme", "--to", "4", "--json")).stdout);
  expect(last).toMatchObject({
    from: { scope: "acme", revision: 3 },
    to: { scope: "acme", revision: 4 },
    files: [{ kind: "changed", to: "shared/text.js", added: 1, removed: 1, hunks: [{ fromLine: 1 }] }],
  });
  const stat = await operate(world, "diff", "acme", "--from", "0", "--stat");
  expect(stat.stdout).toMatch(/^added {4}shared\/oncall\.ts {2}\+1 -0$/m);
});

test.each([
  [["diff", "global"], 2, "no layer below global"],
  [["diff", "acme", "--from", "99"], 2, '"acme" has no revision 99: its latest is'],
  [["diff", "acme", "--from", "yesterday"], 2, "a revision's number, or a date"],
  [["diff", "acme", "shared/halops"], 2, "Neither side has anything at"],
  [["diff", "nobody"], 2, 'no organisation "nobody"'],
  [["overrides", "acme", "../up"], 2, "not a path in the workspace"],
  [["overrides", "acme", "shared/oncall"], 0, ""],
  [["overrides", "global"], 0, ""],
  [["log", "acme", "--limit", "none"], 2, "from 1 to 100000"],
])("%j ends with %i", async (args, code, words) => {
  const operated = await operate(world, ...args);
  expect(operated.code).toBe(code);
  expect(operated.stderr).toContain(words);
});

async function explained(...args: string[]) {
  const { code, stdout, stderr } = await operate(world, "resolve", ...args, "--org", "acme", "--json");
  if (stderr !== "") throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

test("resolve --org says who wins, who is hidden, since when and by whom", async () => {
  const answer = await explained("./halopsa", "--from", "shared/oncall.ts");
  expect(answer).toMatchObject({
    code: 0,
    found: true,
    scope: "acme",
    path: "shared/halopsa.ts",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    written: { revision: 3, repository: "acme-inc/bifrost-modules", author: expect.any(String) },
    held: { revision: 1 },
    ended: null,
    overrides: { scope: "global", path: "shared/halopsa.ts", written: { revision: 2 }, held: { revision: 1 } },
    tried: [{ scope: "acme", path: "shared/halopsa.ts" }],
    layers: [
      { scope: "acme", revision: 4, commit: await modules.head() },
      { scope: "global", revision: 4 },
    ],
  });
  const text = await operate(world, "resolve", "shared/halopsa", "--org", "acme");
  expect(text.stdout).toMatch(/written in.* revision 3, [0-9a-f]{7} by .+, \S+Z, from acme-inc\/bifrost-modules\n/);
  expect(text.stdout).toMatch(/acme at revision 4, made \S+Z\n/);
});

test("resolve --org --at shows both layers as they were, by revision and by time", async () => {
  const first = await explained("shared/halopsa", "--at", "1");
  expect(first).toMatchObject({
    written: { revision: 1 },
    ended: { revision: 2 },
    overrides: { written: { revision: 1 }, ended: { revision: 2 } },
    layers: [{ revision: 1 }, { revision: 1 }],
  });
  const timed = await explained("shared/halopsa", "--at", first.written.at.replace(/\.\d+Z$/, ".999Z"));
  expect(timed.layers[1]).toMatchObject({ scope: "global" });
  expect(await explained("shared/gone", "--at", "1")).toMatchObject({ overrides: { path: "shared/gone.ts" } });
  expect(await explained("shared/gone")).toMatchObject({ scope: "acme", overrides: null });
  expect(await explained("shared/halopsa", "--at", "0")).toMatchObject({ code: 1, found: false, overrides: null });
  expect(await explained("shared/halopsa", "--at", "2020-01-01")).toMatchObject({ code: 1, found: false });
});

test.each([
  [["resolve", "shared/halopsa", "--org", "acme", "--dir", "."], "--dir"],
  [["resolve", "shared/halopsa", "--at", "3"], "a folder has none"],
  [["resolve", "shared/halopsa", "--org", "acme", "--at", "99"], "no revision 99"],
  [["resolve", "shared/halopsa", "--org", "nobody"], 'no organisation "nobody"'],
])("%j is wrong use", async (args, words) => {
  const operated = await operate(world, ...args);
  expect(operated.code).toBe(2);
  expect(operated.stderr).toContain(words);
});

test("a pinned organisation is compared with what it sees, and told what is newer", async () => {
  await push(modules, "Pin", { ".github/bifrost.yml": "scope: acme\nglobal: 1\n" });
  const { overrides: listed, ...of } = await overrides();
  expect(of).toMatchObject({ global: 1, pinned: true });
  expect(listed).toMatchObject([
    { yours: { path: "shared/gone.ts" }, state: "current", theirs: { revision: 1 }, gone: { revision: 2 } },
    {
      yours: { path: "shared/halopsa.ts" },
      state: "current",
      theirs: { revision: 1 },
      base: { revision: 2 },
      newer: [{ revision: 2 }],
    },
    { yours: { path: "shared/text.js" }, state: "redundant", newer: [{ revision: 3 }, { revision: 4 }] },
  ]);
  const now = await explained("shared/halopsa");
  expect(now).toMatchObject({ overrides: { written: { revision: 1 } }, pin: { revision: 1 } });
  expect(now.layers[1]).toMatchObject({ scope: "global", revision: 1 });
  const then = await explained("shared/halopsa", "--at", "4");
  expect(then).toMatchObject({ overrides: { written: { revision: 2 } }, pin: null });
  expect(then.layers[1]).toMatchObject({ scope: "global", revision: 4 });
  expect((await operate(world, "log", "acme")).stdout).toMatch(/^5 .+ pins global to revision 1$/m);
  expect((await operate(world, "resolve", "shared/halopsa", "--org", "acme")).stdout).toContain("pinned to revision 1");
});
