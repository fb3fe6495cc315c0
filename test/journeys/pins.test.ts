// An organisation that stays at a revision of global: pinned, upgraded and released by pull request, and read by executors.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeCachedSource } from "../../src/run/cached-source.ts";
import { runWorkflow } from "../../src/run/run-workflow.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { grantOperator, grantRun } from "../../src/workspace/grant.ts";
import { globalScope, type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { PullRequest } from "../github/pull-request.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { clearRedis } from "../support/redis.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

const sandbox = createSandbox({ processes: 1 });
let world: World;
let platform: Repository;
beforeAll(async () => {
  world = await startWorld();
  platform = await world.boundRepository("platform", globalScope, {
    "shared/rate.ts": "export const rate = 1;\nexport const old = true;\n",
    "shared/quiet.ts": "export default 1;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  await sandbox.close();
  expect(violations).toEqual([]);
});

const workflow = "import { rate } from 'shared/rate';\nexport default () => rate;\n";
let count = 0;
let org: Scope;
let repository: Repository;

/** An organisation of the test's own, which follows global. */
beforeEach(async () => {
  count += 1;
  org = await world.organization(`org${count}`);
  repository = await world.boundRepository(`org${count}-inc`, org, { "workflows/rate.ts": workflow });
});

async function changeGlobal(files: TreeChanges): Promise<number> {
  await platform.push({ message: "Change global", files });
  await world.settled();
  return latest();
}

async function latest(): Promise<number> {
  return (await world.app.store.snapshot(grantOperator(globalScope))).revision;
}

const manifest = (lines: string, of = repository) => ({
  ".github/bifrost.yml": `scope: ${of.owner.login.replace("-inc", "")}\n${lines}`,
});

async function push(files: TreeChanges, of = repository) {
  const { sha } = await of.push({ message: "Change the organisation", files });
  await world.settled();
  return checkRun(of, sha, "bifrost/sync");
}

let branches = 0;
async function open(files: TreeChanges): Promise<PullRequest> {
  branches += 1;
  const pull = await repository.openPullRequest({ title: "A change", branch: `topic-${branches}`, files });
  await world.settled();
  return pull;
}

const answer = (pull: PullRequest) => checkRun(repository, pull.headSha, "bifrost");

async function run(scope = org) {
  const source = await takeCachedSource({ store: world.app.store, cache: world.cache }, grantRun(scope));
  return { ...(await runWorkflow({ sandbox }, { source, organization: null, workflow: "rate" })), source };
}

/** What an executor in another language does: by keys alone. */
async function rateByKeys(): Promise<string | null> {
  const { redis } = world.redis;
  const pin = await redis.get(`bifrost:pin:{${scopeKey(org)}}`);
  if (pin === null) throw new Error("The pin is not in Redis");
  const layer = pin === "latest" ? "global" : `global@${pin}`;
  const module = JSON.parse((await redis.get(`bifrost:module:${layer}:shared/rate.ts`)) ?? "null");
  expect(module?.hash).toBe(await redis.hget(`bifrost:index:{${layer}}`, "shared/rate.ts"));
  return module?.content ?? null;
}

test("a pin by pull request keeps the organisation at its revision whatever is pushed to global", async () => {
  const before = await changeGlobal({ "shared/rate.ts": "export const rate = 10;\n" });
  const pull = await open(manifest(`global: ${before}\n`));
  expect(answer(pull)).toMatchObject({ conclusion: "success" });
  await pull.merge();
  await world.settled();
  const run1 = checkRun(repository, await repository.head(), "bifrost/sync");
  expect(run1.title).toBe(`org${count} is at revision 2: pinned to revision ${before} of global`);
  await changeGlobal({ "shared/rate.ts": "export const rate = 11;\n" });

  expect(await run()).toMatchObject({ ok: true, result: 10, source: { revision: { global: before } } });
  expect(await rateByKeys()).toBe("export const rate = 10;\n");
  // A pin that Redis lost, alone or with everything: runs take it from Postgres, and it is put back.
  for (const lose of [
    () => world.redis.redis.del(`bifrost:pin:{${scopeKey(org)}}`),
    () => clearRedis(world.redis.redis),
  ]) {
    await lose();
    expect(await run()).toMatchObject({ ok: true, result: 10, source: { revision: { global: before } } });
    await world.swept("caches");
    expect(await rateByKeys()).toBe("export const rate = 10;\n");
  }
  await world.restart();

  expect((await push(manifest(""))).title).toBe(`org${count} is at revision 3: follows global again`);
  expect(await run()).toMatchObject({ ok: true, result: 11 });
  expect(await rateByKeys()).toBe("export const rate = 11;\n");
  expect(await world.redis.redis.keys(`bifrost:*global@${before}*`)).toEqual([]);
});

test("an upgrade of the pin that breaks the organisation's code is red before it lands", async () => {
  const before = await changeGlobal({ "shared/rate.ts": "export const rate = 20;\n" });
  await push(manifest(`global: ${before}\n`));
  const broken = await changeGlobal({
    "shared/rate.ts": "export const price = 20;\n",
    "shared/quiet.ts": "export default 2;\n",
  });

  // What is pushed to global breaks nobody who is pinned.
  expect(answer(await open({ "shared/own.ts": "export default 1;\n" }))).toMatchObject({ conclusion: "success" });

  const pull = await open(manifest(`global: ${broken}\n`));
  const red = answer(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.summary).toContain(
    `Merged, the organisation sees **revision ${broken} of global** in place of revision ${before} of global: 2 files of global differ, of which this organisation's code reaches 1:\n\n- changes \`global/shared/rate.ts\``,
  );
  expect(red.annotations).toMatchObject([{ path: "workflows/rate.ts", start_line: 1 }]);

  const mended = await open({
    ...manifest(`global: ${broken}\n`),
    "workflows/rate.ts": "import { price } from 'shared/rate';\nexport default () => price;\n",
  });
  expect(answer(mended)).toMatchObject({ conclusion: "success" });
  await mended.merge();
  await world.settled();
  expect(await run()).toMatchObject({ ok: true, result: 20 });
});

describe("a pin that cannot be taken is refused at its line, and everything stays as it is:", () => {
  test.each([
    ["a revision that does not exist", "global: 9999", "There is no revision 9999 of global to be pinned to"],
    ["a release that does not exist", "global: v9", 'There is no release "v9" of global to be pinned to'],
  ])("%s", async (_, line, message) => {
    const files = { ...manifest(`root: .\n${line}\n`), "shared/more.ts": "export default 1;\n" };
    const pull = await open(files);
    expect(answer(pull)).toMatchObject({
      conclusion: "failure",
      annotations: [{ path: ".github/bifrost.yml", start_line: 3, title: "pin-refused" }],
    });
    expect(answer(pull).summary).toContain(message);
    const refused = await push(files);
    expect(refused).toMatchObject({ conclusion: "failure", title: "Not synced: what is stored stays as it is" });
    expect((await world.app.store.snapshot(grantOperator(org))).revision).toBe(1);
  });

  test("another than the one that another repository of the organisation has set", async () => {
    const revision = await changeGlobal({ "shared/rate.ts": "export const rate = 30;\n" });
    await push(manifest(`global: ${revision}\n`));
    const other = await world.boundRepository(repository.owner.login, org, { "shared/other.ts": "export {};\n" });
    expect((await push(manifest(`global: ${revision}\n`, other), other)).conclusion).toBe("success");
    const refused = await push(manifest(`global: ${revision - 1}\n`, other), other);
    expect(refused.conclusion).toBe("failure");
    expect(refused.summary).toContain(
      `"org${count}" is pinned to revision ${revision} of global by ${repository.fullName}, and an organisation has one pin`,
    );
    expect(await run()).toMatchObject({ result: 30 });
  });
});

test("bifrost pins says who is behind, by how much and since when", async () => {
  const revision = await changeGlobal({ "shared/rate.ts": "export const rate = 40;\n" });
  await push(manifest(`global: ${revision}\npinned_until: 2020-01-31\n`));
  await changeGlobal({ "shared/rate.ts": "export const rate = 41;\n", "shared/new.ts": "export {};\n" });
  await changeGlobal({ "shared/rate.ts": "export const rate = 42;\n", "shared/quiet.ts": null });
  const { pins } = JSON.parse((await operate(world, "pins", "--json")).stdout);
  expect(pins.find((pin: { organization: string }) => pin.organization === `org${count}`)).toMatchObject({
    ...{ revision, release: null, latest: revision + 2, revisionsBehind: 2, filesBehind: 3 },
    ...{ pinnedUntil: "2020-01-31", expiry: "passed", repository: repository.fullName },
    behindSince: expect.stringMatching(/^2\d{3}-/),
  });
  const { stdout } = await operate(world, "pins");
  expect(stdout).toMatch(
    new RegExp(`org${count} +revision ${revision} +2 revisions, 3 files .* 2020-01-31 .* its day has passed\n`),
  );
});

test("a pin whose day has passed holds, and says so at its line", async () => {
  const line = `global: ${await latest()}\npinned_until: 2020-01-31\n`;
  expect(answer(await open(manifest(line)))).toMatchObject({
    conclusion: "success",
    annotations: [{ start_line: 3, annotation_level: "warning", title: "pin-expired" }],
  });
});
