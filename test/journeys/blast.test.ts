// A pull request to global, and what it does to organisations: told in numbers and in global's own words on GitHub, by
// name to operators alone.
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import type { CheckRun } from "../github/check-run.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let platform: Repository;

const client = [
  "export const client = 'one';",
  "export const legacy = 'two';",
  "export function quota() {",
  "  return 1;",
  "}",
  "",
].join("\n");

// Words that no reader of the check run may find there.
const secrets = ["zenith", "borealis", "corona", "dorado", "eclipse", "clandestine", "hushhush"];

beforeAll(async () => {
  world = await startWorld();
  platform = await world.boundRepository("platform", globalScope, {
    "shared/client.ts": client,
    "shared/unused.ts": "export {};\n",
    "workflows/nightly.ts": "import { client } from 'shared/client';\nexport default () => client;\n",
  });
  const organizations: Readonly<Record<string, TreeChanges>> = {
    // Takes a name that one of the changes below takes away.
    zenith: {
      "workflows/clandestine.ts": "import { legacy } from 'shared/client';\nexport default () => legacy;\n",
    },
    // Lives through every change, though one of its workflows is broken as it is.
    borealis: {
      "workflows/fine.ts": "import { client } from 'shared/client';\nexport default () => client.length;\n",
      "workflows/fine.example.json": "{}",
      "workflows/bad.ts": "import { nothing } from 'shared/client';\nexport default () => nothing;\n",
    },
    // Throws, with its own data in the message, as soon as quota() is what it did not expect.
    corona: {
      "workflows/late.ts":
        "import { quota } from 'shared/client';\nexport default () => {\n  if (quota() > 1) throw new Error('hushhush');\n};\n",
      "workflows/late.example.json": "{}",
    },
    // Has nothing to do with it.
    dorado: { "workflows/alone.ts": "export default () => 1;\n" },
    // Overrides the module: a workflow of global runs on the override.
    eclipse: { "shared/client.ts": "export const client = 'clandestine';\nexport const quota = () => 0;\n" },
  };
  for (const [slug, files] of Object.entries(organizations)) {
    await world.boundRepository(`${slug}-inc`, await world.organization(slug), files);
  }
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

let branches = 0;
async function open(files: TreeChanges): Promise<{ readonly run: CheckRun; readonly number: number }> {
  branches += 1;
  const pull = await platform.openPullRequest({ title: "A change", branch: `topic-${branches}`, files });
  await world.settled();
  return { run: checkRun(platform, pull.headSha, "bifrost"), number: pull.number };
}

function expectNoSecrets({ title, summary, annotations }: CheckRun): void {
  const text = JSON.stringify({ title, summary, annotations });
  for (const secret of secrets) expect(text).not.toContain(secret);
}

async function blast(number: number) {
  const { stdout } = await operate(world, "blast", platform.fullName, `${number}`, "--json");
  return JSON.parse(stdout);
}

test("a name that is taken away turns the check red at its line, with numbers and nobody's name", async () => {
  const { run, number } = await open({ "shared/client.ts": client.replace("export const legacy = 'two';\n", "") });
  expect(run).toMatchObject({
    conclusion: "failure",
    title: "1 problem, 1 organisation would break: shared/client.ts:2",
  });
  expect(run.summary).toContain("**3 organisations affected: 2 pass, 1 would break.** Of 5 organisations");
  expect(run.summary).toContain('1 organisation imports "legacy" from this module and would break (export-not-found)');
  expect(run.annotations).toMatchObject([
    { path: "shared/client.ts", start_line: 2, annotation_level: "failure", title: "breaks-organizations" },
  ]);
  expect(run.annotations[0]?.message).toContain("/docs/diagnostics/breaks-organizations");
  expectNoSecrets(run);

  const { affected, organizations, pinned } = await blast(number);
  expect({ organizations, pinned }).toEqual({ organizations: 5, pinned: 0 });
  expect(affected).toMatchObject([
    {
      slug: "zenith",
      effect: {
        status: "breaks",
        broken: [
          { layer: "own", path: "workflows/clandestine.ts", code: "export-not-found", at: { line: 1, column: 10 } },
        ],
      },
    },
    { slug: "borealis", effect: { status: "passes", affected: 2, run: 1 } },
    { slug: "corona", effect: { status: "passes", run: 1 } },
  ]);
  const { stdout } = await operate(world, "blast", platform.fullName, `${number}`);
  expect(stdout).toContain("workflows/clandestine.ts: export-not-found at workflows/clandestine.ts:1:10 of zenith");
});

test("a workflow that fails only when it is run is red as well, and what it said is kept nowhere", async () => {
  const { run, number } = await open({ "shared/client.ts": client.replace("return 1", "return 2") });
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("**3 organisations affected: 2 pass, 1 would break.**");
  expect(run.annotations).toMatchObject([{ path: "shared/client.ts", start_line: 4, title: "breaks-organizations" }]);
  expectNoSecrets(run);
  const told = await blast(number);
  expect(told.affected[0]).toMatchObject({ slug: "corona", effect: { status: "breaks", causes: [{ line: 4 }] } });
  expect(JSON.stringify(told)).not.toContain("hushhush");
});

test("a workflow of global that would break on an organisation's override is told as a place in global", async () => {
  const { run, number } = await open({
    "workflows/nightly.ts": "import { client, legacy } from 'shared/client';\nexport default () => client + legacy;\n",
  });
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("**1 organisation affected: 1 would break.**");
  expect(run.annotations).toMatchObject([
    { path: "workflows/nightly.ts", start_line: 1, title: "breaks-organizations" },
  ]);
  expectNoSecrets(run);
  expect((await blast(number)).affected).toMatchObject([
    { slug: "eclipse", effect: { causes: [{ path: "workflows/nightly.ts", line: 1, name: "legacy" }] } },
  ]);
});

test("a module that goes away breaks whoever imports it, without a line to show", async () => {
  const { run } = await open({
    "shared/client.ts": null,
    "workflows/nightly.ts": "export default () => 1;\n",
  });
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("3 organisations");
  expect(run.summary).toContain("(module-not-found)");
  expectNoSecrets(run);
});

test("a change that no organisation's files lead to says so and is green", async () => {
  const { run } = await open({ "shared/unused.ts": "export const unused = 1;\n" });
  expect(run.conclusion).toBe("success");
  expect(run.summary).toContain("**No organisation is affected.** Of 5 organisations");
});

test("an organisation that is pinned is not affected, and is counted", async () => {
  const zenith = world.github.accountNamed("zenith-inc")?.repositories[0];
  const { revision } = await world.app.store.snapshot(grantOperator(globalScope));
  await zenith?.push({ message: "Pin", files: { ".github/bifrost.yml": `scope: zenith\nglobal: ${revision}\n` } });
  await world.settled();
  const { run } = await open({ "shared/client.ts": client.replace("export const legacy = 'two';\n", "") });
  expect(run.conclusion).toBe("success");
  expect(run.summary).toContain("**2 organisations affected: 2 pass.**");
  expect(run.summary).toContain("1 is pinned to a revision of global and not affected.");
});

test("a fork's change is looked into once its code may run, and then by linking alone", async () => {
  const stranger = world.github.createAccount("stranger", { type: "User" });
  const fork = await platform.fork(stranger);
  // Its own words would be told apart at one line or at another, were corona's workflow run beside it.
  const spying = client.replace("return 1", "return 2").replace("export const legacy = 'two';\n", "");
  const pull = await platform.openPullRequest({
    branch: "spy",
    files: { "shared/client.ts": spying },
    from: fork,
    sender: stranger,
  });
  await world.settled();
  const before = checkRun(platform, pull.headSha, "bifrost");
  expect(before.conclusion).toBe("success");
  expect(before.title).toBe("1 workflow links; not run, as it comes from a fork");
  expect(before.summary).toContain("What this does to organisations was not looked into");
  expect(before.summary).not.toContain("affected:");
  expect((await operate(world, "blast", platform.fullName, `${pull.number}`)).code).toBe(2);
  expectNoSecrets(before);

  await before.requestAction("run-workflows", world.github.developer);
  await world.settled();
  const after = checkRun(platform, pull.headSha, "bifrost");
  // zenith is pinned by now, and what corona throws is not run to.
  expect(after.summary).toContain("**2 organisations affected: 2 link and were not run to the end.**");
  expect(after.summary).toContain("`developer` let its code run at this commit");
  expectNoSecrets(after);
  const { affected } = await blast(pull.number);
  expect(affected.map(({ slug, effect }: { slug: string; effect: { run: number } }) => [slug, effect.run])).toEqual([
    ["borealis", 0],
    ["corona", 0],
  ]);
});

test("an unknown pull request is refused with what to do", async () => {
  const { code, stderr } = await operate(world, "blast", platform.fullName, "4711");
  expect(code).toBe(2);
  expect(stderr).toContain("No check of");
});
