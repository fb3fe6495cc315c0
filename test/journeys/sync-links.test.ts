// A push past every check: what of it does not link is told on its own commit, and what a push to global broke, to operators.
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let platform: Repository;
let acme: Repository;

const client = "export const client = 1;\nexport const legacy = 2;\n";

beforeAll(async () => {
  world = await startWorld();
  platform = await world.boundRepository("platform", globalScope, { "shared/client.ts": client });
  acme = await world.boundRepository(
    "acme-inc",
    await world.organization("acme"),
    {
      "modules/shared/own.ts": "export const own = 1;\n",
      "modules/workflows/daily.ts": "import { legacy } from 'shared/client';\nexport default () => legacy;\n",
    },
    "root: modules\n",
  );
  await world.boundRepository("zenith-inc", await world.organization("zenith"), {
    "workflows/hidden.ts": "import { client } from 'shared/client';\nexport default () => client;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

function revisionOf(title: string | null): number {
  return Number(/revision (\d+)/.exec(title ?? "")?.[1]);
}

async function push(repository: Repository, files: TreeChanges) {
  const { sha } = await repository.push({ message: "Straight to the branch", files });
  await world.settled();
  return { sha, run: checkRun(repository, sha, "bifrost/sync") };
}

test("a push whose workflow does not link says so at its line, and is served all the same", async () => {
  const broken = "import { missing } from 'shared/own';\n\nexport default () => missing;\n";
  const { sha, run } = await push(acme, { "modules/workflows/broken.ts": broken });
  expect(run).toMatchObject({
    conclusion: "failure",
    title: "acme is at revision 2: 1 file written; 1 workflow does not link",
  });
  expect(run.summary).toContain("**It is stored and served, and does not link**");
  expect(run.summary).toContain("`modules/workflows/broken.ts:1:10`: ");
  expect(run.annotations).toMatchObject([
    { path: "modules/workflows/broken.ts", start_line: 1, annotation_level: "failure", title: "export-not-found" },
  ]);
  const scope = await world.app.store.findScope("acme");
  if (scope === undefined) throw new Error("The organisation is gone");
  const granted = grantOperator(scope);
  expect([...(await world.app.store.snapshot(granted)).files.keys()]).toContain("workflows/broken.ts");
  const kept = await world.app.store.report(granted, { repositoryId: acme.id, subject: "sync", headSha: sha });
  expect(kept).toMatchObject({
    conclusion: "failure",
    title: run.title,
    report: { problems: { total: 1, items: [{ mark: { path: "modules/workflows/broken.ts", line: 1 } }] } },
  });
  // A job that is done once more, as after a crash, says nothing twice.
  await world.app.jobs.enqueue({ kind: "links", repositoryId: acme.id });
  await world.settled();
  const again = await world.app.store.report(granted, { repositoryId: acme.id, subject: "sync", headSha: sha });
  expect(again?.report).toEqual(kept?.report);
});

test("the next push is told what was broken before it, and one that mends it nothing", async () => {
  const { run } = await push(acme, { "modules/shared/own.ts": "export const own = 2;\n" });
  expect(run).toMatchObject({
    conclusion: "neutral",
    title: "acme is at revision 3: 1 file written; 1 finding from before",
  });
  expect(run.annotations).toMatchObject([{ annotation_level: "warning" }]);
  const mended = await push(acme, { "modules/workflows/broken.ts": null });
  expect(mended.run).toMatchObject({ conclusion: "success", title: "acme is at revision 4: 1 deleted" });
});

test("what was broken in the middle of a burst is told on the commit that it ends with", async () => {
  const scope = await world.app.store.findScope("acme");
  if (scope === undefined) throw new Error("The organisation is gone");
  const broken = await push(acme, {
    "modules/workflows/broken.ts": "import 'shared/nothing';\nexport default () => 1;\n",
  });
  const since = { scope: scopeKey(scope), revision: revisionOf(broken.run.title) - 1 };
  const { sha } = await push(acme, { "README.md": "# Nothing to sync\n" });
  expect(checkRun(acme, sha, "bifrost/sync").conclusion).toBe("success");
  // As it was queued by the first push, and waited for the second.
  await world.app.jobs.enqueue({ kind: "links", repositoryId: acme.id, since });
  await world.settled();
  const told = checkRun(acme, sha, "bifrost/sync");
  expect(told).toMatchObject({ conclusion: "failure", title: expect.stringContaining("; 1 workflow does not link") });
  expect(told.annotations).toMatchObject([
    { path: "modules/workflows/broken.ts", start_line: 1, annotation_level: "failure", title: "module-not-found" },
  ]);
  await push(acme, { "modules/workflows/broken.ts": null });
});

test("a push to global tells how many organisations it broke, and whose they are operators alone", async () => {
  const { run } = await push(platform, { "shared/client.ts": "export const client = 1;\n" });
  expect(run).toMatchObject({
    conclusion: "failure",
    title: "global is at revision 2: 1 file written; 1 organisation breaks",
  });
  expect(run.summary).toContain("**Workflows of 1 organisation do not link any more.**");
  expect(run.summary).toContain('1 organisation imports "legacy" from this module and breaks (export-not-found)');
  expect(run.annotations).toMatchObject([{ path: "shared/client.ts", title: "breaks-organizations" }]);
  const { title, summary, annotations } = run;
  expect(JSON.stringify([title, summary, annotations])).not.toMatch(/acme|zenith|daily/);

  const { code, stdout } = await operate(world, "blast");
  expect(code).toBe(0);
  expect(stdout).toContain("2 of 2 organisations affected, by revision 2 of global");
  expect(stdout).toContain('shared/client.ts:2: 1 organisation imports "legacy" from this module and breaks');
  expect(stdout).toContain("workflows/daily.ts: export-not-found at workflows/daily.ts:1:10 of acme");
});

test("any revision of global can be asked about", async () => {
  await push(platform, { "shared/more.ts": "export {};\n" });
  const newest = await operate(world, "blast", "--json");
  expect(JSON.parse(newest.stdout)).toMatchObject({ revision: 3, affected: [], organizations: 2 });
  const asked = await operate(world, "blast", "--revision", "2", "--json");
  expect(JSON.parse(asked.stdout)).toMatchObject({
    ...{ repository: platform.fullName, pull: null, revision: 2 },
    affected: [
      {
        slug: "acme",
        effect: { status: "breaks", causes: [{ code: "export-not-found", path: "shared/client.ts", name: "legacy" }] },
      },
      { slug: "zenith", effect: { status: "linked-only" } },
    ],
  });
  expect(await operate(world, "blast", "--revision", "9")).toMatchObject({ code: 2 });
  expect(await operate(world, "blast", platform.fullName)).toMatchObject({ code: 2 });
});
