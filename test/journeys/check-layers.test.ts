// A pull request among layers and repositories: what it breaks elsewhere, and what was broken there before it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { PullRequest } from "../github/pull-request.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let acme: Scope;
let first: Repository;
let second: Repository;

beforeAll(async () => {
  world = await startWorld();
  acme = await world.organization("acme");
  await world.boundRepository("platform", globalScope, {
    "shared/halopsa.ts": "export const client = 'global';\n",
    "workflows/nightly.ts": "import { client } from 'shared/halopsa';\nexport default () => client;\n",
    "workflows/quiet.ts": "export default () => 1;\n",
  });
  first = await world.boundRepository("acme-inc", acme, {
    "shared/loaded.ts": "export default 1;\n",
    "workflows/late.ts": "export default async () => (await import('shared/loaded')).default;\n",
    "workflows/late.example.json": "{}",
    "workflows/plain.ts": "export default () => 1;\n",
  });
  second = await world.boundRepository("acme-inc", acme, {
    "shared/gone.ts": "export const gone = 1;\n",
    "workflows/uses.ts": "import { gone } from 'shared/gone';\nexport default () => gone;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

let branches = 0;
async function open(files: TreeChanges, base = first): Promise<PullRequest> {
  branches += 1;
  const pull = await base.openPullRequest({ title: "A change", branch: `topic-${branches}`, files });
  await world.settled();
  return pull;
}

const answer = (pull: PullRequest, base = first) => checkRun(base, pull.headSha, "bifrost");

test("a module that is only reached by import() and throws turns its workflow red", async () => {
  const run = answer(await open({ "shared/loaded.ts": "throw new Error('no');\n" }));
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("| `workflows/late.ts` | failed |");
});

test("a module that is only reached by import() and is deleted turns its workflow red", async () => {
  const run = answer(await open({ "shared/loaded.ts": null }));
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("| `workflows/late.ts` | failed |");
});

test("a workflow with an import() that only the run can tell is run at every change", async () => {
  const where = "const at = 'shared/' + 'loaded';\n";
  await (await open({ "workflows/far.ts": `${where}export default () => import(at).then(() => 1);\n` })).merge();
  await world.settled();
  const run = answer(await open({ "shared/unrelated.ts": "export {};\n" }));
  expect(run.summary).toContain("| `workflows/far.ts` | passed | evaluated |");
});

test("an override that lacks what a global workflow imports is red at its first line", async () => {
  const run = answer(await open({ "shared/halopsa.ts": "export const other = 1;\n" }));
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([
    { path: "shared/halopsa.ts", start_line: 1, annotation_level: "failure", title: "export-not-found" },
  ]);
  for (const words of ["workflows/nightly.ts:1:10 of global", '"client"']) {
    expect(run.annotations[0]?.message).toContain(words);
  }
  expect(run.summary).toContain("| `workflows/nightly.ts` in global | failed |");
  expect(run.summary).not.toContain("workflows/quiet.ts");
});

test("an override on which a global workflow throws is red at its first line", async () => {
  const run = answer(await open({ "shared/halopsa.ts": "throw new Error('no');\nexport const client = 1;\n" }));
  expect(run.annotations).toMatchObject([{ path: "shared/halopsa.ts", start_line: 1, title: "evaluation-error" }]);
  expect(run.summary).toContain("| `workflows/nightly.ts` in global | failed |");
});

test("a change that affects no workflow says so", async () => {
  const run = answer(await open({ "shared/unused.ts": "export {};\n", "workflows/far.ts": null }));
  expect(run.summary).toContain("**Everything links; no workflow is affected.**");
});

test("a path of another repository is refused with that repository's name", async () => {
  const run = answer(await open({ "shared/gone.ts": "export const gone = 2;\n" }));
  expect(run.conclusion).toBe("failure");
  expect(run.annotations).toMatchObject([{ path: "shared/gone.ts", title: "path-conflict" }]);
  expect(run.summary).toContain(second.fullName);
});

test("a path that belongs to no repository may be taken over", async () => {
  await world.database.query(
    `insert into workspace_files (organization_id, path, entity_type, content, content_hash, size_bytes, revision)
    select id, 'shared/old.ts', 'module', 'export {};', repeat('0', 64), 10, 1 from organizations where slug = 'acme'`,
  );
  const run = answer(await open({ "shared/old.ts": "export const old = 1;\n" }));
  expect(run.conclusion).toBe("success");
  expect(run.summary).toContain("changes `shared/old.ts`");
});

test("what is broken in another repository already is a remark", async () => {
  await second.push({ message: "Break", files: { "shared/gone.ts": null } });
  await world.settled();
  const untouched = answer(await open({ "shared/extra.ts": "export {};\n" }));
  expect(untouched).toMatchObject({ conclusion: "success", title: "3 workflows pass, 1 broken already" });
  expect(untouched.summary).toMatch(/^\*\*This breaks nothing\.\*\* 1 workflow is broken already, see below\./);
  expect(untouched.summary).toContain("(already broken before this change)");
  expect(untouched.summary).toContain("| `workflows/uses.ts` | already broken |");

  const own = answer(await open({ "workflows/mine.ts": "import './uses';\nexport default () => 1;\n" }));
  expect(own).toMatchObject({ conclusion: "failure", title: "1 problem, 1 workflow would break: workflows/mine.ts:1" });
});

test("what fails when it is run, with the change and without, is not told to break by it", async () => {
  const files = {
    "shared/base.ts": "export const base = 1;\n",
    "workflows/throws.ts": "import { base } from 'shared/base';\nthrow new Error(`no ${base}`);\n",
  };
  const third = await world.boundRepository("globex-inc", await world.organization("globex"), files);
  const pull = await open({ "shared/base.ts": "// Still one.\nexport const base = 1;\n" }, third);
  const run = answer(pull, third);
  expect(run).toMatchObject({ conclusion: "success", title: "Nothing new breaks, 1 broken already" });
  expect(run.summary).toMatch(/^\*\*This breaks nothing\.\*\* 1 workflow is broken already, see below\./);
  expect(run.summary).toContain("| `workflows/throws.ts` | already broken | evaluated |");
  expect(run.annotations).toMatchObject([{ path: "workflows/throws.ts", start_line: 2, annotation_level: "warning" }]);
  expect(run.annotations[0]?.message).toMatch(/^Error: no 1 \(already broken before this change\)/);

  // Whoever changes the file is to mend it.
  const changed = { "workflows/throws.ts": `${files["workflows/throws.ts"]}// Changed.\n` };
  const touched = answer(await open(changed, third), third);
  expect(touched).toMatchObject({ conclusion: "failure", title: "1 problem: workflows/throws.ts:2" });
  expect(touched.summary).toMatch(/^\*\*1 problem to mend before this can be merged\.\*\*/);

  const worse = { "shared/base.ts": "export const base = 2;\n", "workflows/new.ts": "throw 1;\n" };
  expect(answer(await open(worse, third), third).summary).toMatch(/^\*\*Merged, this would break 1 workflow\.\*\*/);
});

test("a pull request of more files than a check takes is refused by number", async () => {
  const files = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`shared/m${index}.ts`, "export {};\n"]));
  const run = answer(await open(files));
  expect(run.conclusion).toBe("failure");
  expect(run.summary).toContain("a check takes at most 5000 files and 64 MiB");
});
