// A pull request's life: opened, broken, mended, merged. Read as its author would: the conclusion, the line, the words.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { PullRequest } from "../github/pull-request.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let acme: Scope;
let repository: Repository;
let globalRepository: Repository;

beforeAll(async () => {
  world = await startWorld();
  acme = await world.organization("acme");
  globalRepository = await world.boundRepository("platform", globalScope, {
    "shared/halopsa.ts": "export const client = 'global';\nexport const ticket = (id: number) => ({ id });\n",
    "shared/text.ts": "import { client } from './halopsa';\nexport const greet = () => `hello from ${client}`;\n",
  });
  repository = await world.boundRepository("acme-inc", acme, {
    "shared/rules.ts": "export const limit = 3;\n",
    "workflows/escalate.ts":
      "import { ticket } from 'shared/halopsa';\nimport { limit } from '../shared/rules';\n" +
      "export default (input: { id: number }) => ({ ...ticket(input.id), limit });\n",
    "workflows/escalate.example.json": '{ "id": 7 }',
    "workflows/other.ts": "export default () => 'untouched';\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

let branches = 0;
async function open(files: TreeChanges, from?: Repository, base = repository): Promise<PullRequest> {
  branches += 1;
  const pull = await base.openPullRequest({
    title: "A change",
    branch: `topic-${branches}`,
    files,
    ...(from && { from }),
  });
  await world.settled();
  return pull;
}

const answer = (pull: PullRequest, base = repository) => checkRun(base, pull.headSha, "bifrost");

describe("a pull request", () => {
  test("that breaks an import turns red at the line, its fix turns green, and the merge is synced", async () => {
    const pull = await open({ "shared/rules.ts": "// renamed\nexport const threshold = 3;\n" });
    const red = answer(pull);
    expect(red).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(red.title).toBe("1 problem, 1 workflow would break: workflows/escalate.ts:2");
    expect(red.summary).toContain("Merged, this would break 1 workflow.");
    expect(red.annotations).toMatchObject([
      {
        path: "workflows/escalate.ts",
        start_line: 2,
        end_line: 2,
        start_column: 10,
        annotation_level: "failure",
        title: "export-not-found",
      },
    ]);

    await pull.push({
      message: "Follow",
      files: {
        "workflows/escalate.ts":
          "import { ticket } from 'shared/halopsa';\nimport { threshold } from '../shared/rules';\nexport default (input: { id: number }) => ({ ...ticket(input.id), threshold });\n",
      },
    });
    await world.settled();
    const green = answer(pull);
    expect(green).toMatchObject({ conclusion: "success", title: "2 workflows pass" });
    expect(green.summary).toContain("| `workflows/escalate.ts` | passed | called with its example |");
    expect(green.summary).toContain("| `workflows/other.ts` | passed | linked only |");

    const { sha } = await pull.merge();
    await world.settled();
    expect(checkRun(repository, sha, "bifrost/sync").title).toBe("acme is at revision 2: 2 files written");
  });

  test("that imports a module that is nowhere says which paths were tried in each layer", async () => {
    const pull = await open({
      "workflows/typo.ts": "import { client } from 'shared/halopsaa';\nexport default () => client;\n",
    });
    const [annotation] = answer(pull).annotations;
    expect(annotation).toMatchObject({
      path: "workflows/typo.ts",
      start_line: 1,
      start_column: 24,
      title: "module-not-found",
    });
    const tried = "shared/halopsaa{.ts,.mts,.js,.mjs,.json}  shared/halopsaa/index{.ts,.mts,.js,.mjs,.json}";
    for (const words of [`acme: ${tried}`, `global: ${tried}`, '"shared/halopsa" if that is what you mean']) {
      expect(annotation?.message).toContain(words);
    }
  });

  test("that overrides a global module says so, and its override reaches through global modules", async () => {
    const pull = await open({
      "shared/halopsa.ts": "export const client = 'acme';\nexport const ticket = (id: number) => ({ id });\n",
      "workflows/greet.ts":
        "import { greet } from 'shared/text';\nexport default () => {\n  if (greet() !== 'hello from acme') throw new Error(greet());\n};\n",
      "workflows/greet.example.json": "{}",
    });
    const run = answer(pull);
    expect(run).toMatchObject({ conclusion: "success" });
    expect(run.summary).toContain("adds `shared/halopsa.ts`: **now overrides** `global/shared/halopsa.ts`");
    expect(run.summary).toContain("| `workflows/greet.ts` | passed | called with its example |");
  });

  test("whose override lacks what a global module imports is red, with the place in the global module", async () => {
    const pull = await open({
      "shared/halopsa.ts": "export const ticket = (id: number) => ({ id });\n",
      "workflows/greet.ts": "import { greet } from 'shared/text';\nexport default () => greet();\n",
    });
    const run = answer(pull);
    expect(run.conclusion).toBe("failure");
    expect(run.summary).toContain("`shared/text.ts:1:10` in global");
  });

  test("whose workflow throws is red at the throwing line", async () => {
    const pull = await open({
      "workflows/broken.ts":
        "export default (input: { n: number }) => {\n  throw new Error(`no ${input.n} @everyone`);\n};\n",
      "workflows/broken.example.json": '{ "n": 1 }',
    });
    const run = answer(pull);
    expect(run.annotations).toMatchObject([{ path: "workflows/broken.ts", start_line: 2, title: "evaluation-error" }]);
    expect(run.summary).not.toContain("@everyone");
  });

  test("that is no code answers as well", async () => {
    const pull = await open({ "docs/notes.md": "Notes" });
    expect(answer(pull)).toMatchObject({ conclusion: "success" });
  });

  test("with a syntax error is red at the place", async () => {
    const pull = await open({ "shared/rules.ts": "export const limit = ;\n" });
    expect(answer(pull).annotations).toContainEqual(
      expect.objectContaining({ path: "shared/rules.ts", start_line: 1, title: "syntax-error" }),
    );
  });

  test("from a fork is linked and not run", async () => {
    const fork = await repository.fork(world.github.createAccount("stranger", { type: "User" }));
    const files = {
      "workflows/mine.ts": "throw new Error('ran');\nexport default () => 1;\n",
      "workflows/wrong.ts": "import 'shared/nowhere';\nexport default () => 1;\n",
    };
    const run = answer(await open(files, fork));
    expect(run.conclusion).toBe("failure");
    expect(run.annotations.map(({ path, title }) => [path, title])).toEqual([
      ["workflows/wrong.ts", "module-not-found"],
    ]);
    expect(run.summary).toContain("comes from a fork");
  });

  test("is answered again on Re-run, in a run of its own, and once for each head otherwise", async () => {
    const pull = await open({ "shared/extra.ts": "export {};\n" });
    const runs = () => repository.checkRuns(pull.headSha).filter(({ name }) => name === "bifrost");
    await pull.readyForReview();
    await world.settled();
    expect(runs()).toHaveLength(1);
    await answer(pull).rerequest();
    await world.settled();
    expect(runs()).toHaveLength(2);
    expect(answer(pull)).toMatchObject({ status: "completed", conclusion: "success" });
  });

  test("that GitHub cannot serve yet is red for now, and green once it can", async () => {
    world.github.faults.next({ path: /\/git\/commits\//, respond: { status: 404, body: { message: "Not Found" } } });
    const pull = await repository.openPullRequest({
      branch: "late",
      files: { "shared/late.ts": "export {};\n" },
    });
    await expect
      .poll(() => answer(pull).title, { timeout: 20_000 })
      .toBe("Could not be checked yet; it is tried again");
    expect(answer(pull).conclusion).toBe("failure");
    await world.settled();
    expect(answer(pull)).toMatchObject({ conclusion: "success" });
  });
});

describe("a pull request of a repository", () => {
  test("that is not bound is neutral and says what to add", async () => {
    const unbound = await world.repository("unbound-inc", { "shared/a.ts": "export {};" });
    const run = answer(await open({ "shared/b.ts": "export {};" }, undefined, unbound), unbound);
    expect(run.conclusion).toBe("neutral");
    expect(run.summary).toContain("scope: your-organisation");
  });

  test("that asks for a scope which nobody granted learns nothing of that scope", async () => {
    const stranger = await world.repository("stranger-inc", { "README.md": "" });
    const files = { ".github/bifrost.yml": "scope: acme\n", "workflows/spy.ts": "import 'shared/rulez';\n" };
    const run = answer(await open(files, undefined, stranger), stranger);
    expect(run.conclusion).toBe("action_required");
    expect(run.summary).toContain("bifrost grant acme stranger-inc/bifrost-modules");
    expect(`${run.summary} ${JSON.stringify(run.annotations)}`).not.toContain("rules");
  });

  test("that would bind says what it binds to", async () => {
    const fresh = await world.organization("fresh");
    const account = world.github.createAccount("fresh-inc");
    await world.app.store.addGrant({ scope: fresh, kind: "account", accountId: account.id }, "journey");
    const unbound = await world.repository("fresh-inc", { "README.md": "" });
    const files = { ".github/bifrost.yml": "scope: fresh\nroot: code\n", "code/shared/a.ts": "import './b';\n" };
    const run = answer(await open(files, undefined, unbound), unbound);
    expect(run.summary).toContain("Merged, this binds the repository to the scope `fresh`.");
    expect(run.annotations).toMatchObject([{ path: "code/shared/a.ts", start_line: 1, title: "module-not-found" }]);
  });

  test("with a wrong file is red at its line", async () => {
    const run = answer(await open({ ".github/bifrost.yml": "scope: acme\nrot: code\n" }));
    expect(run.annotations).toMatchObject([{ path: ".github/bifrost.yml", start_line: 2, title: "config-invalid" }]);
  });

  test("that would leave its scope is red", async () => {
    const run = answer(await open({ ".github/bifrost.yml": "scope: global\n" }));
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run.annotations).toMatchObject([{ path: ".github/bifrost.yml", title: "scope-refused" }]);
  });

  test("that feeds global is checked on its own, and for the organisations that it breaks", async () => {
    const run = answer(
      await open({ "shared/halopsa.ts": "export const ticket = 1;\n" }, undefined, globalRepository),
      globalRepository,
    );
    expect(run.annotations).toMatchObject([
      { path: "shared/halopsa.ts", start_line: 1, title: "breaks-organizations" },
      { path: "shared/text.ts", start_line: 1, title: "export-not-found" },
    ]);
  });
});
