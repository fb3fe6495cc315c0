// A pull request from a stranger's fork: what it may bind, and what its check run may say. The repository is public, and
// beside it a private one feeds the same scope.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let acme: Scope;
let repository: Repository;
let fork: Repository;

beforeAll(async () => {
  world = await startWorld();
  acme = await world.organization("acme");
  repository = await world.boundRepository("acme-inc", acme, {
    "shared/open.ts": "export const open = 1;\n",
    "workflows/open.ts": "import { open } from 'shared/open';\nexport default () => open;\n",
  });
  await world.boundRepository("acme-inc", acme, {
    "shared/secretive.ts": "export const secretName = 1;\nexport const secretType = 2;\n",
    "shared/secret-folder/secret-module.ts": "export const secretDeep = 1;\n",
    "workflows/secret-job.ts": "import { open } from 'shared/open';\nexport default () => open;\n",
  });
  fork = await repository.fork(world.github.createAccount("stranger", { type: "User" }));
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

let branches = 0;
async function answer(files: TreeChanges, from = fork, base = repository) {
  branches += 1;
  const pull = await base.openPullRequest({ title: "A change", branch: `topic-${branches}`, files, from });
  await world.settled();
  const { conclusion, title, summary, annotations } = checkRun(base, pull.headSha, "bifrost");
  const [kept] = await world.database.query("select report from check_reports where head_sha = $1", [pull.headSha]);
  expect(kept).toMatchObject({ report: { conclusion, title } });
  // What is kept to be read in full is as public as the check run itself.
  return { conclusion, title, summary, annotations, words: JSON.stringify({ title, summary, annotations, kept }) };
}

test("a fork reads no name of another repository, whatever it asks for", async () => {
  const { conclusion, words, annotations } = await answer({
    "shared/open.ts": "export * from './secretive';\nexport const renamed = 1;\n",
    "shared/secretive.js": "export {};\n",
    "shared/taken.ts": "export {};\n",
    "workflows/a.ts": "import 'shared/secretiv';\nexport default () => 1;\n",
    "workflows/b.ts": "import { secretNam } from 'shared/secretive.ts';\nexport default () => secretNam;\n",
    "workflows/c.ts": "import { secretNam } from 'shared/open';\nexport default () => secretNam;\n",
    "workflows/d.ts": "import 'shared/secret-folder';\nexport default () => 1;\n",
    "workflows/e.ts": "import fallback from 'shared/secretive.ts';\nexport default () => fallback;\n",
    "workflows/f.ts": "import { secre } from 'shared/secret-folder';\nexport default () => secre;\n",
    "workflows/secret-job.ts": "export default () => 1;\n",
    "workflows/h.ts": "import fs from 'fs';\nexport default () => fs;\n",
    "workflows/g.ts": "import('shared/secretiv');\nexport default () => 1;\n",
  });
  expect(conclusion).toBe("failure");
  expect(annotations.map(({ path }) => path)).toEqual(expect.arrayContaining(["workflows/a.ts", "workflows/c.ts"]));
  const bare = annotations.find(({ path }) => path === "workflows/h.ts")?.message;
  expect(bare).toContain("packages and modules of Node.js are not available");
  for (const name of ["secretName", "secretType", "secret-module", "secretDeep", "modules-1", "belongs to"]) {
    expect(words).not.toContain(name);
  }
  // What the fork wrote itself is all that may be there of these.
  expect(words.match(/secretive[^"\\ ]*/g) ?? []).not.toContain("secretive.ts:1:1");
  expect(words).not.toMatch(/bifrost:\/\//);
});

test("a fork that breaks another repository learns that it does, and not what", async () => {
  const { conclusion, summary, words } = await answer({
    "shared/open.ts": "export const other = 1;\n",
    "workflows/open.ts": "export default () => 1;\n",
  });
  expect(conclusion).toBe("failure");
  expect(summary).toContain("Something outside this repository would break");
  expect(words).not.toContain("secret");
});

test("a fork whose code links is told that nothing was run", async () => {
  const { conclusion, summary } = await answer({ "shared/more.ts": "export {};\n" });
  expect(conclusion).toBe("success");
  expect(summary).toContain("**Everything links; nothing was run.**");
});

test("a fork cannot bind a repository, and nothing is read for its asking", async () => {
  const account = world.github.createAccount("open-inc");
  await world.app.store.addGrant({ scope: acme, kind: "account", accountId: account.id }, "journey");
  const unbound = await world.repository("open-inc", { "README.md": "" });
  const stranger = await unbound.fork(world.github.createAccount("other", { type: "User" }));
  const files = { ".github/bifrost.yml": "scope: acme\n", "workflows/spy.ts": "import 'shared/secretiv';\n" };
  const { conclusion, summary, annotations, words } = await answer(files, stranger, unbound);
  expect(conclusion).toBe("neutral");
  expect(summary).toContain('would ask for the scope "acme"');
  expect(annotations).toEqual([]);
  expect(words).not.toContain("secret");
});

test("a fork that would take its repository out of its scope is red", async () => {
  const { conclusion, annotations } = await answer({ ".github/bifrost.yml": "scope: elsewhere\n" });
  expect(conclusion).toBe("failure");
  expect(annotations).toMatchObject([{ path: ".github/bifrost.yml", start_line: 1, title: "scope-refused" }]);
});
