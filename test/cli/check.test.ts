import { symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { bifrost, bifrostHere, bifrostJson, makeFolder } from "./bifrost.ts";

const examples = resolve(import.meta.dirname, "../../examples");

describe("the examples", () => {
  test("check --json prints the report of an organisation's repository over the global one", async () => {
    const { exitCode, document } = await bifrostJson(["check", `${examples}/acme`, "--global", `${examples}/global`]);
    expect(document).toEqual({
      ok: true,
      workflows: [{ path: "workflows/escalate.ts", status: "passed", durationMs: expect.any(Number), diagnostics: [] }],
      diagnostics: [],
      modules: { org: 2, global: 6, overridden: 1 },
    });
    expect(exitCode).toBe(0);
  });

  test("check passes the global repository by itself, and one that overrides a .ts with a .js", async () => {
    const global = await bifrostJson(["check", `${examples}/global`]);
    expect(global).toMatchObject({
      exitCode: 0,
      document: { ok: true, modules: { org: 0, global: 6, overridden: 0 } },
    });
    const globex = await bifrostJson(["check", `${examples}/globex`, "--global", `${examples}/global`]);
    expect(globex).toMatchObject({
      exitCode: 0,
      document: { ok: true, modules: { org: 3, global: 6, overridden: 1 } },
    });
  });

  test("check tells people each workflow, what the summary counts, and which files are skipped", async () => {
    const folder = makeFolder({
      "README.md": "",
      "workflows/called.ts": "export default () => 1;",
      "workflows/called.example.json": "{}",
      "workflows/evaluated.ts": "export default () => 1;",
      "workflows/report.py": "print(1)",
      "shared/tools.py": "x = 1",
    });
    const { exitCode, stdout } = await bifrost(["check", "--scope", "acme"], folder);
    expect(stdout.replaceAll(/\d+ ms/g, "N ms")).toBe(
      [
        "✓ workflows/called.ts  N ms",
        "✓ workflows/evaluated.ts  N ms, evaluated only: there is no workflows/evaluated.example.json",
        "- workflows/report.py  skipped",
        "",
        "passed  3 workflows: 2 passed, 1 skipped · 1 module of acme over 0 of global",
        "1 file skipped: README.md (Neither code nor a form nor part of an app)",
        "2 Python files are stored for executors that run them, and neither linked nor run here.",
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
  });
});

describe("what is wrong with code", () => {
  test("check fails on an import that leads nowhere, with its place, the paths tried and the nearest name", async () => {
    const global = makeFolder({ "shared/halopsa.ts": "export const tickets = 1;" });
    const folder = makeFolder({
      "workflows/ok.ts": "export default () => 1;",
      "workflows/broken.ts": '// first\nimport { tickets } from "shared/halops";\nexport default () => tickets;\n',
    });
    const args = ["check", folder, "--global", global, "--scope", "acme"];
    const { exitCode, document } = await bifrostJson(args);
    expect(exitCode).toBe(1);
    const finding = {
      code: "module-not-found",
      severity: "error",
      scope: "acme",
      path: "workflows/broken.ts",
      line: 2,
      column: 25,
      specifier: "shared/halops",
      nearest: "shared/halopsa",
      tried: expect.arrayContaining([
        { scope: "acme", path: "shared/halops.ts" },
        { scope: "global", path: "shared/halops/index.json" },
      ]),
    };
    expect(document).toMatchObject({
      ok: false,
      workflows: [
        { path: "workflows/broken.ts", status: "failed", durationMs: 0, diagnostics: [finding] },
        { path: "workflows/ok.ts", status: "passed", diagnostics: [] },
      ],
      diagnostics: [finding],
      modules: { org: 0, global: 1, overridden: 0 },
    });

    const { stdout } = await bifrost(args);
    expect(stdout).toContain(`error module-not-found ${join(folder, "workflows/broken.ts")}:2:25 (acme)\n`);
    expect(stdout).toContain(
      [
        '  2 │ import { tickets } from "shared/halops";',
        "    │                         ^^^^^^^^^^^^^^^",
        "  looked in acme    shared/halops{.ts,.mts,.js,.mjs,.json}  shared/halops/index{.ts,.mts,.js,.mjs,.json}",
        "  looked in global  shared/halops{.ts,.mts,.js,.mjs,.json}  shared/halops/index{.ts,.mts,.js,.mjs,.json}",
        "  did you mean shared/halopsa",
      ].join("\n"),
    );
    expect(stdout).toContain(
      "failed  1 error · 2 workflows: 1 passed, 1 failed · 0 modules of acme over 1 of global\n",
    );
  });

  test("check reports a file that ends the process that parses it, and checks all others", async () => {
    const folder = makeFolder({
      "shared/hostile.ts": `export const x = ${"[".repeat(8_000)}${"]".repeat(8_000)};`,
      "workflows/ok.ts": "export default () => 1;",
    });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      workflows: [{ path: "workflows/ok.ts", status: "passed" }],
      diagnostics: [{ code: "syntax-error", path: "shared/hostile.ts", message: expect.stringContaining("nested") }],
    });
  });

  test("check fails on a module that no workflow reaches", async () => {
    const folder = makeFolder({ "shared/unused.ts": 'import "./gone";' });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      ok: false,
      workflows: [],
      diagnostics: [{ code: "module-not-found", path: "shared/unused.ts", line: 1, column: 8 }],
    });
  });

  test("check names a module's fault once, however many workflows reach it", async () => {
    const folder = makeFolder({
      "shared/text.ts": "export const a = ;\n",
      "workflows/one.ts": 'import { a } from "shared/text";\nexport default () => a;',
      "workflows/two.ts": 'import { a } from "shared/text";\nexport default () => a;',
    });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document.diagnostics).toMatchObject([
      { code: "syntax-error", severity: "error", path: "shared/text.ts", line: 1, column: 18 },
    ]);
    expect(document.workflows).toMatchObject([{ status: "failed" }, { status: "failed" }]);
  });

  test("check fails a workflow that throws for its example, at the line that threw", async () => {
    const folder = makeFolder({
      "workflows/throws.ts":
        'export default (input: { name: string }) => {\n  throw new Error("no " + input.name);\n};\n',
      "workflows/throws.example.json": '{ "name": "luck" }',
    });
    const { exitCode, document } = await bifrostJson(["check", folder, "--scope", "acme"]);
    expect(exitCode).toBe(1);
    expect(document.workflows[0].diagnostics).toMatchObject([
      { code: "evaluation-error", scope: "acme", path: "workflows/throws.ts", line: 2, column: 9 },
    ]);
    expect(document.workflows[0].diagnostics[0].message).toContain("no luck");
  });

  test("check ends a workflow that never ends, and passes the others", async () => {
    const folder = makeFolder({
      "workflows/endless.ts": "for (;;);\nexport default () => 1;",
      "workflows/fine.ts": "export default () => 1;",
    });
    const { exitCode, document } = await bifrostJson(["check", folder, "--time-limit", "0.3"]);
    expect(exitCode).toBe(1);
    expect(document.workflows).toMatchObject([
      { path: "workflows/endless.ts", status: "failed", diagnostics: [{ code: "timeout" }] },
      { path: "workflows/fine.ts", status: "passed", diagnostics: [] },
    ]);
  });

  test("check fails on an example that is not JSON", async () => {
    const folder = makeFolder({
      "workflows/a.ts": "export default () => 1;",
      "workflows/a.example.json": "{ nope }",
    });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document.diagnostics).toMatchObject([{ code: "syntax-error", path: "workflows/a.example.json" }]);
  });
});

describe("which files count", () => {
  test("check reads both manifests: scope, root folder and ignored files", async () => {
    const global = makeFolder({
      ".github/bifrost.yml": "scope: global\nroot: modules\n",
      "modules/shared/text.ts": "export const text = 'global';",
      "shared/text.ts": "not in the root folder (",
    });
    const folder = makeFolder({
      ".github/bifrost.yml": 'scope: acme\nroot: bifrost\nignore: ["drafts/"]\n',
      "bifrost/workflows/a.ts": 'import { text } from "shared/text";\nexport default () => text;',
      "bifrost/drafts/b.ts": "broken (",
      "bifrost/shared/own.ts": "export {};",
      "other.ts": "broken (",
    });
    const { exitCode, document } = await bifrostJson(["check", folder, "--global", global]);
    expect(document).toMatchObject({ ok: true, modules: { org: 1, global: 1, overridden: 0 } });
    expect(exitCode).toBe(0);
  });

  test("check says of a file that is no text why it is missing", async () => {
    const folder = makeFolder({
      "shared/latin.ts": Buffer.from("export const name = 'Ren\xe9';", "latin1"),
      "workflows/a.ts": 'import { name } from "shared/latin";\nexport default () => name;',
    });
    const { exitCode, document } = await bifrostJson(["check", folder, "--scope", "acme"]);
    expect(exitCode).toBe(1);
    expect(document.diagnostics).toMatchObject([
      { code: "module-not-found", path: "workflows/a.ts" },
      { code: "file-skipped", severity: "warning", scope: "acme", path: "shared/latin.ts", line: null },
    ]);
    expect(document.diagnostics[1].message).toContain("UTF-8");
  });

  test("check follows no symbolic link out of the folder", async () => {
    const outside = makeFolder({ "secret.ts": "export const secret = 1;" });
    const folder = makeFolder({
      "workflows/a.ts": 'import { secret } from "shared/secret";\nexport default () => secret;',
    });
    symlinkSync(outside, join(folder, "shared"));
    symlinkSync(join(outside, "secret.ts"), join(folder, "workflows/b.ts"));
    const { document } = await bifrostJson(["check", folder]);
    expect(document.diagnostics).toMatchObject([
      { code: "module-not-found", path: "workflows/a.ts" },
      { code: "file-skipped", path: "workflows/b.ts" },
      { code: "file-skipped", path: "shared" },
    ]);
  });

  test("check stops at a manifest that is wrong, with every problem in it", async () => {
    const folder = makeFolder({
      ".github/bifrost.yml": "scop: acme\ngate: maybe\n",
      "workflows/a.ts": 'import "./gone";',
    });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({
      ok: false,
      workflows: [],
      diagnostics: [
        { code: "config-invalid", path: ".github/bifrost.yml", line: 1, column: 1 },
        { code: "config-invalid", line: 1, column: 1 },
        { code: "config-invalid", line: 2, column: 7 },
      ],
    });
    const { stdout } = await bifrostHere(["check", folder]);
    expect(stdout).toContain("  2 │ gate: maybe\n    │       ^^^^^\n");
  });

  test("check refuses a root folder that is not there", async () => {
    const folder = makeFolder({ ".github/bifrost.yml": "scope: acme\nroot: moduls", "modules/a.ts": "" });
    const { exitCode, document } = await bifrostJson(["check", folder]);
    expect(exitCode).toBe(1);
    expect(document.diagnostics).toMatchObject([
      { code: "config-invalid", message: expect.stringContaining("moduls") },
    ]);
  });

  test("check of a folder with nothing in it is wrong use, so that a job in the wrong folder does not pass", async () => {
    const { exitCode, document } = await bifrostJson(["check", makeFolder({ "README.md": "# Nothing" })]);
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ ok: false, error: { code: "wrong-use" } });
  });

  test("check warns when the folder given as global belongs to an organisation", async () => {
    const global = makeFolder({ ".github/bifrost.yml": "scope: globex" });
    const { document } = await bifrostJson(["check", makeFolder({ "shared/a.ts": "export {};" }), "--global", global]);
    expect(document.diagnostics).toMatchObject([{ code: "scope-refused", severity: "warning", scope: "global" }]);
  });

  test("check of a global repository sees its own layer and no other", async () => {
    const other = makeFolder({ "shared/text.ts": "export const text = 1;" });
    const folder = makeFolder({
      ".github/bifrost.yml": "scope: global",
      "workflows/a.ts": 'import "shared/text";\nexport default () => 1;',
    });
    const { exitCode, document } = await bifrostJson(["check", folder, "--global", other]);
    expect(exitCode).toBe(1);
    const scopes = document.diagnostics[0].tried.map(({ scope }: { scope: string }) => scope);
    expect(new Set(scopes)).toEqual(new Set(["global"]));
  });
});

test("check counts the workflows that passed where there are many, and shows the line at fault in colours if asked", async () => {
  const many = Array.from({ length: 41 }, (_, index) => [`workflows/w${index}.js`, "export default () => 1;"]);
  const folder = makeFolder({ ...Object.fromEntries(many), "workflows/x.js": 'import "./gone";' });
  const { stdout } = await bifrost(["check", folder], folder, { FORCE_COLOR: "1" });
  expect(stdout).toContain("\u001b[32m✓\u001b[39m 41 workflows\n\u001b[31m✗\u001b[39m workflows/x.js");
  expect(stdout).toContain("\u001b[31m^^^^^^^^\u001b[39m");
  const plain = await bifrost(["check", folder], folder, { NO_COLOR: "1" });
  expect(plain.stdout).toBe(stripVTControlCharacters(stdout));
});

describe("isolation", () => {
  test("check gives workflows nothing of the machine and nothing of each other", async () => {
    const probe = `export default () => ({
      process: typeof process, require: typeof require, fetch: typeof fetch, seen: globalThis.seen ?? null,
      set: (globalThis.seen = "yes"),
    });`;
    const example = "{}";
    const expectNothing = `import probe from "shared/probe";
      export default () => {
        const found = probe();
        if (JSON.stringify(found) !== '{"process":"undefined","require":"undefined","fetch":"undefined","seen":null,"set":"yes"}') {
          throw new Error(JSON.stringify(found));
        }
      };`;
    const folder = makeFolder({
      "shared/probe.js": probe,
      "workflows/one.js": expectNothing,
      "workflows/one.example.json": example,
      "workflows/two.js": expectNothing,
      "workflows/two.example.json": example,
    });
    const { document } = await bifrostJson(["check", folder]);
    expect(document).toMatchObject({ ok: true, workflows: [{ status: "passed" }, { status: "passed" }] });
  });
});

describe("a folder that pins global", () => {
  const folder = () =>
    makeFolder({
      ".github/bifrost.yml": "scope: acme\nglobal: 42\npinned_until: 2020-01-31\n",
      "workflows/w.ts": "export default () => 1;",
      "global/shared/a.ts": "export {};",
    });

  test("is checked over the folder of global as it is, and told so at the line of the pin", async () => {
    const { exitCode, document } = await bifrostJson(["check", ".", "--global", "global"], folder());
    expect(exitCode).toBe(0);
    expect(document.diagnostics).toMatchObject([
      { code: "pin-expired", severity: "warning", line: 3 },
      {
        ...{ code: "pin-ignored", severity: "notice", path: ".github/bifrost.yml", line: 2 },
        message:
          "The file pins the organisation to revision 42 of global: the folder given as --global is taken as it is, whichever revision that may be",
        remedy: expect.stringContaining('Check out the commit that "bifrost log global" shows for revision 42'),
      },
    ]);
    const { stdout } = await bifrost(["check", "."], folder());
    expect(stdout).toContain("no folder was given for global");
    expect(stdout).toMatch(/notice pin-ignored .*bifrost\.yml:2:1\n/);
  });

  test("is told of it by run as well, and not where the scope is global", async () => {
    const { document } = await bifrostJson(["run", "w", "--global", "global"], folder());
    expect(document).toMatchObject({ ok: true, result: 1, diagnostics: [{ code: "pin-ignored" }] });
    const global = await bifrostJson(["check", ".", "--scope", "global"], folder());
    expect(global.document.diagnostics).toEqual([]);
  });
});

test.each([".github/bifrost.yaml", "bifrost.yml"])("check says that %s is not read", async (path) => {
  const folder = makeFolder({ [path]: "scope: acme\n", "workflows/w.ts": "export default () => 1;" });
  const { document } = await bifrostJson(["check", "."], folder);
  expect(document).toMatchObject({
    ok: true,
    diagnostics: [{ severity: "warning", path, remedy: "Rename it to .github/bifrost.yml" }],
  });
});
