// Releases: a tag of global's repository names a revision, and organisations are pinned by its name.
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let platform: Repository;
let acme: Scope;
let repository: Repository;
beforeAll(async () => {
  world = await startWorld();
  platform = await world.boundRepository("platform", globalScope, { "shared/a.ts": "export const a = 1;\n" });
  acme = await world.organization("acme");
  repository = await world.boundRepository("acme-inc", acme, { "shared/own.ts": "export {};\n" });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

async function pushGlobal(content: string): Promise<string> {
  const { sha } = await platform.push({
    message: "Change",
    files: { "shared/a.ts": `export const a = ${content};\n` },
  });
  await world.settled();
  return sha;
}

async function pin(line: string) {
  const { sha } = await repository.push({ message: "Pin", files: { ".github/bifrost.yml": `scope: acme\n${line}\n` } });
  await world.settled();
  return checkRun(repository, sha, "bifrost/sync");
}

/** What the commit of a tag says of it: the title of the last such check run. */
const told = (sha: string) => platform.checkRuns(sha).findLast(({ name }) => name === "bifrost/release")?.title;
const pinsListed = async () => JSON.parse((await operate(world, "pins", "--json")).stdout).pins;
const pinned = async () => (await world.app.store.pinOf(grantOperator(acme)))?.revision;
const listed = async () => JSON.parse((await operate(world, "releases", "--json")).stdout).releases;

test("a tag names the revision of its commit, and an organisation is pinned by it", async () => {
  const tagged = await pushGlobal("2");
  await pushGlobal("3");
  await platform.tag("v1.0.0", tagged);
  await world.settled();
  expect(await listed()).toMatchObject([{ name: "v1.0.0", revision: 2, commit: tagged, gone: false }]);
  expect(told(tagged)).toBe("v1.0.0 is revision 2 of global");
  expect((await pin("global: v1.0.0")).title).toContain("pinned to v1.0.0 (revision 2) of global");
  expect(await pinned()).toBe(2);
  const { audit } = JSON.parse((await operate(world, "audit", "--scope", "global", "--json")).stdout);
  expect(audit[0]).toMatchObject({ act: "released", source: { from: "webhook", sender: expect.any(String) } });
});

test("a tag that is moved takes along who is pinned by it; one that is deleted leaves its name", async () => {
  const later = await pushGlobal("4");
  await platform.tag("v1.0.0", later);
  await world.settled();
  expect(await pinned()).toBe(4);
  expect(told(later)).toBe("v1.0.0 is revision 4 of global");
  await platform.git.updateRef("refs/tags/v1.0.0", "0".repeat(40));
  await world.swept("difference");
  expect(await listed()).toMatchObject([{ name: "v1.0.0", revision: 4, gone: true, state: "deleted" }]);
  expect(await pinsListed()).toMatchObject([{ states: ["release-deleted"], releaseRevision: 4 }]);
  expect((await operate(world, "pins")).stdout).toMatch(/the tag v1\.0\.0 was deleted$/m);
  expect((await pin("global: v1.0.0\n# still")).conclusion).toBe("success");
});

test("tags that no webhook told of are read when a pin names one", async () => {
  const commit = await pushGlobal("5");
  await platform.git.updateRef("refs/tags/v2", commit);
  await pin("global: v2");
  expect(await pinned()).toBe(5);
  expect(checkRun(repository, await repository.head(), "bifrost/sync").conclusion).toBe("success");
});

test("a tag of a commit that was never a synced head names no revision, and nobody can be pinned to it", async () => {
  world.github.deliveries.hold();
  const { sha } = await platform.push({ message: "Between", files: { "shared/a.ts": "export const a = 6;\n" } });
  await platform.push({ message: "Head", files: { "shared/a.ts": "export const a = 7;\n" } });
  await platform.tag("v3", sha);
  await world.github.deliveries.release();
  await world.settled();
  expect(await listed()).toContainEqual(expect.objectContaining({ name: "v3", revision: null, state: "unnamed" }));
  expect((await operate(world, "releases")).stdout).toContain("v3 names no revision: the commit was never synced");
  expect(told(sha)).toBe("v3 names no revision of global");
  const refused = await pin("global: v3");
  expect(refused.conclusion).toBe("failure");
  expect(refused.summary).toContain('The release "v3" names no revision of global');
  expect(await pinned()).toBe(5);
});

test("a tag is told of on its commit once, whichever comes first, it or the sync; a re-run tells it again", async () => {
  const runs = (sha: string) => platform.checkRuns(sha).filter(({ name }) => name === "bifrost/release");
  // GitHub holds back what it would tell, so that tag and head arrive together.
  world.github.deliveries.hold();
  const { sha } = await platform.push({ message: "Tagged head", files: { "shared/a.ts": "export const a = 8;\n" } });
  await platform.tag("v4", sha);
  await world.github.deliveries.release();
  await world.settled();
  const { revision } = (await listed()).find(({ name }: { name: string }) => name === "v4");
  expect(runs(sha)).toMatchObject([{ conclusion: "success", title: `v4 is revision ${revision} of global` }]);
  await world.swept("difference");
  expect(runs(sha)).toHaveLength(1);
  await runs(sha)[0]?.rerequest();
  await world.settled();
  expect(runs(sha)).toHaveLength(2);

  // The name is taken: the other repository's commit says so.
  const second = await world.boundRepository("platform", globalScope, { "shared/b.ts": "export const b = 1;\n" });
  await second.tag("v4", await second.head());
  await world.settled();
  const taken = second.checkRuns(await second.head()).findLast(({ name }) => name === "bifrost/release");
  expect(taken).toMatchObject({ conclusion: "neutral", title: `v4 is a release of ${platform.fullName} already` });
});

test("bifrost pins tells a release that was moved to where the organisation has not followed", async () => {
  await pin("global: v4");
  await operate(world, "rollback", "acme", "1");
  await world.settled();
  await operate(world, "rollback", "acme", "--release");
  await world.settled();
  expect(await pinsListed()).toMatchObject([{ release: "v4", states: [] }]);
  await operate(world, "revoke", "acme", repository.fullName);
  await world.settled();
  await platform.tag("v4", await pushGlobal("9"));
  await world.settled();
  const latest = (await world.app.store.snapshot(grantOperator(globalScope))).revision;
  expect(await pinsListed()).toMatchObject([{ states: ["release-moved"], releaseRevision: latest }]);
  expect((await operate(world, "pins")).stdout).toContain(`v4 is revision ${latest} now`);
});

test("a pull request that names what is not there yet is checked again once it is, and not before", async () => {
  const account = await world.organization("early");
  const early = await world.boundRepository("early-inc", account, { "shared/own.ts": "export {};\n" });
  const { revision } = await world.app.store.snapshot(grantOperator(globalScope));
  const naming = async (branch: string, named: string | number) => {
    const files = { ".github/bifrost.yml": `scope: early\nglobal: ${named}\n` };
    const pull = await early.openPullRequest({ branch, files });
    await world.settled();
    return () => early.checkRuns(pull.headSha).filter(({ name }) => name === "bifrost");
  };
  const byRelease = await naming("release", "v7.0.0");
  const byRevision = await naming("revision", revision + 2);
  const conclusions = () => [byRelease, byRevision].map((runs) => runs().map((run) => run.conclusion));
  expect(conclusions()).toEqual([["failure"], ["failure"]]);
  expect(byRelease()[0]?.title).toBe(".github/bifrost.yml is refused: nothing was checked");

  const tagged = await pushGlobal("70");
  await platform.tag("v7.0.0", tagged);
  await world.settled();
  expect(conclusions()).toEqual([["failure", "success"], ["failure"]]);
  await pushGlobal("71");
  expect(conclusions()).toEqual([
    ["failure", "success"],
    ["failure", "success"],
  ]);
  // Nothing waits any more.
  await pushGlobal("72");
  expect(conclusions().flat()).toHaveLength(4);
});
