// Where findings are marked, and that nothing which an author's code says or is called gets out of its place.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { globalScope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let repository: Repository;

beforeAll(async () => {
  world = await startWorld();
  await world.boundRepository("platform", globalScope, {
    "shared/halopsa.ts": "export const client = 'global';\nexport const ticket = 1;\n",
    "shared/text.ts": "import { client } from './halopsa';\nexport const greet = () => client;\n",
    "shared/only.ts": "export const only = 1;\n",
    "workflows/nightly.ts": "import { only } from 'shared/only';\nexport default () => only;\n",
    "shared/strict.ts":
      "import { ticket } from './halopsa';\nif (ticket !== 1) throw new Error(`no ${ticket}`);\nexport const ok = 1;\n",
  });
  repository = await world.boundRepository("acme-inc", await world.organization("acme"), {
    "shared/rules.ts": "export const limit = 3;\n",
    "workflows/old.ts": "\nimport { ok } from 'shared/strict';\nexport default () => ok;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

let branches = 0;
async function answer(files: TreeChanges) {
  branches += 1;
  const pull = await repository.openPullRequest({ branch: `topic-${branches}`, files });
  await world.settled();
  return checkRun(repository, pull.headSha, "bifrost");
}

describe("a failure inside another layer is marked", () => {
  test("at the import of a touched file that leads there", async () => {
    const { annotations } = await answer({
      "shared/halopsa.ts": "export const ticket = 1;\n",
      "workflows/greet.ts":
        "const one = 1;\nimport { greet } from 'shared/text';\nexport default () => greet() + one;\n",
    });
    expect(annotations).toMatchObject([
      { path: "workflows/greet.ts", start_line: 2, start_column: 23, end_column: 36, title: "export-not-found" },
    ]);
    expect(annotations[0]?.message).toContain("This import leads to shared/text.ts:1:10 of global");
  });

  test("at the import of a workflow that leads to where it throws, though only what it reaches was touched", async () => {
    const { annotations, summary } = await answer({
      "shared/halopsa.ts": "export const client = 'acme';\nexport const ticket = 2;\n",
    });
    expect(annotations).toMatchObject([
      { path: "workflows/old.ts", start_line: 2, start_column: 20, title: "evaluation-error" },
    ]);
    expect(annotations[0]?.message).toMatch(/shared\/strict\.ts:2:\d+ of global/);
    const [, address = ""] = /Explained, with an example: (\S+)$/.exec(annotations[0]?.message ?? "") ?? [];
    expect(address).toBe(`${world.app.url}/docs/diagnostics/evaluation-error`);
    expect(summary).toContain(`([\`evaluation-error\`](${address}))`);
    expect(await (await fetch(address)).text()).toContain("<h1>evaluation-error</h1>");
    expect(summary).toContain("**Merged, this would break 1 workflow.**");
  });

  test("at the override where no file of the repository imports what breaks", async () => {
    const { annotations } = await answer({ "shared/only.ts": "export const other = 1;\n" });
    expect(annotations).toMatchObject([{ path: "shared/only.ts", start_line: 1, title: "export-not-found" }]);
    expect(annotations[0]?.message).toContain("workflows/nightly.ts:1:10 of global imports this module");
  });
});

describe("what an author's code says or is called", () => {
  const hostile =
    "@octocat @acme/everyone #1 GH-2 ![x](https://evil.example/p.png) [y](https://evil.example) <img src=x> </td>|$x$ www.evil.example `";

  /** What is left of Markdown when its code spans, which show everything as it is, are taken out. */
  const outsideCode = (markdown: string) =>
    markdown.replace(/<code>[^<]*<\/code>/g, "CODE").replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "CODE");

  /** Without our own links to what a code means. */
  const withoutOurs = (markdown: string) =>
    markdown.replaceAll(/\[`[a-z-]+`\]\((\S+?)\/docs\/diagnostics\/[a-z-]+\)/g, (link, root) =>
      root === world.app.url ? "LINK" : link,
    );

  function expectHarmless(markdown: string | null): void {
    expect(outsideCode(withoutOurs(markdown ?? ""))).not.toMatch(
      /@octocat|@acme|#1\b|GH-2|!\[|(?<!\\)\]\(|<img|<\/td>|https?:\/\/|www\.evil|(?<!\\)\$x/,
    );
  }

  test("mentions nobody, refers to nothing and shows nothing", async () => {
    const source = `export default () => {\n  throw new Error(${JSON.stringify(hostile)});\n};\n`;
    const run = await answer({ "workflows/hostile.ts": source, "workflows/hostile.example.json": "{}" });
    expect(run.annotations).toMatchObject([{ path: "workflows/hostile.ts", start_line: 2 }]);
    expect(run.annotations[0]?.message).toContain("evil.example");
    expect(run.annotations[0]?.message).not.toMatch(/@octocat|@acme/);
    expect(run.summary).toContain("evil");
    expectHarmless(run.summary);
  });

  test("is harmless as a specifier and as a file's name", async () => {
    const name = "@octocat ![x] <img src=x> #1 `$x$|";
    const run = await answer({
      "workflows/imports.ts": `import ${JSON.stringify(hostile)};\nimport "shared/@octocat #1 ![x]";\nexport default () => 1;\n`,
      [`workflows/${name}.ts`]: "export default () => { throw new Error('x'); };\n",
      [`workflows/${name}.example.json`]: "{}",
    });
    expect(run.conclusion).toBe("failure");
    expect(run.annotations.map(({ path }) => path)).toContain(`workflows/${name}.ts`);
    expectHarmless(run.summary);
  });

  test("is harmless in what a sync says, as a key and as a branch", async () => {
    const branch = "ma`/@acme";
    const account = world.github.createAccount("hostile-inc");
    const strange = await account.createRepository("modules", { defaultBranch: branch, files: { "README.md": "" } });
    await world.registered.install(account);
    await world.settled();
    const unbound = checkRun(strange, await strange.head(), "bifrost/sync").summary;
    expect(unbound).toContain("To bind it");
    expectHarmless(unbound);
    const key = '"@acme/everyone \\u202etxt ![x]": 1\n';
    await strange.push({ message: "Ask", files: { ".github/bifrost.yml": `scope: acme\n${key}` } });
    await world.settled();
    const { annotations, summary } = checkRun(strange, await strange.head(), "bifrost/sync");
    expect(annotations).toMatchObject([{ path: ".github/bifrost.yml", start_line: 2, title: "config-invalid" }]);
    expect(annotations[0]?.message).toContain("everyone");
    expect(annotations[0]?.message).not.toMatch(/@acme|\u202e/);
    expectHarmless(summary);
  });

  test("is cut where it is too long, and the check stands", async () => {
    const long = `throw new Error("x@y ".repeat(50_000));\nexport default () => 1;\n`;
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`workflows/long-${index}.ts`, long]));
    const run = await answer(files);
    expect(run.conclusion).toBe("failure");
    expect(run.annotations).toHaveLength(40);
    expect(run.title).toBe("40 problems, 40 workflows would break: workflows/long-0.ts:1, …");
    expect(run.summary).toContain("and 10 more");
    expect(run.summary).toContain("**Workflows**");
  });
});
