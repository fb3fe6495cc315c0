import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";
import { bifrost, bifrostHere, bifrostJson, makeFolder } from "./bifrost.ts";

const greeting = {
  "workflows/greet.ts": `
import { log } from "bifrost";
import { text } from "shared";
export default async (input: { name: string } | undefined, context: { organization: { slug: string } | null }) => {
  log.info("greeting " + input?.name);
  return { hello: text.loud(input?.name ?? "nobody"), from: context.organization?.slug ?? null };
};
`,
  "shared/text.ts": "export const loud = (text: string): string => text.toUpperCase();",
};

describe("a workflow that returns", () => {
  test("run prints the result on standard output and logs on standard error", async () => {
    const folder = makeFolder(greeting);
    const args = ["run", "greet", "--dir", folder, "--scope", "acme", "--input", '{"name":"ada"}'];
    expect(await bifrost(args)).toEqual({
      exitCode: 0,
      stdout: '{\n  "hello": "ADA",\n  "from": "acme"\n}\n',
      stderr: "info  greeting ada\n",
    });
  });

  test("run --json prints result, logs and diagnostics as one document", async () => {
    const folder = makeFolder(greeting);
    const { exitCode, document } = await bifrostJson(["run", "workflows/greet.ts", "--scope", "acme"], folder);
    expect(document).toEqual({
      ok: true,
      result: { hello: "NOBODY", from: "acme" },
      logs: [{ level: "info", message: "greeting undefined" }],
      durationMs: expect.any(Number),
      diagnostics: [],
      example: null,
      modules: [
        { scope: "acme", path: "shared/text.ts", hash: expect.stringMatching(/^[0-9a-f]{64}$/), revision: 0 },
        { scope: "acme", path: "workflows/greet.ts", hash: expect.stringMatching(/^[0-9a-f]{64}$/), revision: 0 },
      ],
    });
    expect(exitCode).toBe(0);
  });

  test("run uses the organisation's module where it has one, and runs workflows of the global layer", async () => {
    const global = makeFolder(greeting);
    const folder = makeFolder({ "shared/text.js": 'export const loud = (text) => text + "!";' });
    const { document } = await bifrostJson(["run", "greet", "--dir", folder, "--global", global, "--scope", "acme"]);
    expect(document.result).toEqual({ hello: "nobody!", from: "acme" });
    const alone = await bifrostJson(["run", "greet", "--dir", global, "--scope", "global"]);
    expect(alone.document.result).toEqual({ hello: "NOBODY", from: null });
  });

  test("run gives null for a workflow that returns nothing", async () => {
    const folder = makeFolder({ "workflows/quiet.ts": "export default () => {};" });
    expect(await bifrost(["run", "workflows/quiet"], folder)).toEqual({ exitCode: 0, stdout: "null\n", stderr: "" });
  });

  test("run lets no escape sequence of a workflow reach the terminal", async () => {
    const folder = makeFolder({
      "workflows/loud.ts": "export default () => console.log('\\x1b[31mred\\x1b[0m\\x07');",
    });
    const { stderr } = await bifrost(["run", "loud"], folder);
    expect(stderr).toMatch(/^\w+ +red\ufffd\n$/);
  });
});

describe("a workflow that fails", () => {
  test("run shows where a workflow threw and exits with 1", async () => {
    const folder = makeFolder({ "workflows/throws.ts": 'export default () => {\n  throw new Error("no luck");\n};\n' });
    const { exitCode, stdout, stderr } = await bifrost(["run", "throws", "--scope", "acme"], folder);
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("error evaluation-error workflows/throws.ts:2:9 (acme)\n");
    expect(stderr).toContain('  2 │   throw new Error("no luck");\n    │         ^');
    expect(stderr).toContain("  at workflows/throws.ts:2:9 (acme) in default\n");
  });

  test("run ends a workflow at the time limit", async () => {
    const folder = makeFolder({ "workflows/endless.ts": "export default () => { for (;;); };" });
    const { exitCode, document } = await bifrostJson(["run", "endless", "--time-limit", "0.3"], folder);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ ok: false, result: null, diagnostics: [{ code: "timeout" }] });
  });

  test("run ends a workflow at the memory limit", async () => {
    const folder = makeFolder({
      "workflows/greedy.ts":
        "export default () => { const kept = []; for (;;) kept.push('x'.repeat(1000) + kept.length); };",
    });
    const { exitCode, document } = await bifrostJson(["run", "greedy", "--memory-limit", "16"], folder);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ ok: false, diagnostics: [{ code: "memory-limit" }] });
  });

  test("run says which workflow does not exist, where it was looked for and what was meant, as wrong use", async () => {
    const folder = makeFolder({ ...greeting, "workflows/report.py": "" });
    const slip = await bifrostHere(["run", "gret", "--dir", folder]);
    expect(slip.stderr).toMatch(/^error module-not-found\n {2}Cannot find the workflow "workflows\/gret"\n/);
    expect(slip.stderr).toContain('to do: Run "workflows/greet" if that is what you mean');
    const python = await bifrostHere(["run", "report", "--dir", folder]);
    expect(python.stderr).toContain('Cannot run "workflows/report.py": only TypeScript and JavaScript are run here');
    expect([slip.exitCode, python.exitCode]).toEqual([2, 2]);

    const { exitCode, document } = await bifrostJson(["run", "nope", "--dir", makeFolder(), "--scope", "acme"]);
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ ok: false, result: null, logs: [], diagnostics: [{ code: "module-not-found" }] });
    expect(document.diagnostics[0].tried).toContainEqual({ scope: "acme", path: "workflows/nope.ts" });
  });

  test("run does not run over a manifest that is wrong", async () => {
    const folder = makeFolder({ ...greeting, ".github/bifrost.yml": "scope: Acme!" });
    const { exitCode, document } = await bifrostJson(["run", "greet"], folder);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ ok: false, diagnostics: [{ code: "config-invalid", line: 1, column: 8 }] });
  });
});

describe("the input of a run", () => {
  const echo = {
    "workflows/echo.ts": "export default (input: unknown) => input ?? 'nothing';",
    "workflows/echo.example.json": '{"from":"example"}',
  };

  test("run calls a workflow with its example and says so, unless it is told not to", async () => {
    const folder = makeFolder(echo);
    const path = join(folder, "workflows/echo.ts");
    const [called, not] = await Promise.all([
      // As a shell completes it, from a folder above.
      bifrost(["run", path, "--dir", folder]),
      bifrostJson(["run", "echo", "--no-input"], folder),
    ]);
    expect(JSON.parse(called.stdout)).toEqual({ from: "example" });
    expect(called.stderr).toBe("Called with workflows/echo.example.json\n");
    expect(not.document).toMatchObject({ result: "nothing", example: null });
  });

  test("run takes its input from a file or from standard input, and names what is not JSON", async () => {
    const folder = makeFolder({ ...echo, "input.json": '\ufeff{"from":"file"}', "broken.json": "{" });
    const file = await bifrostJson(["run", "echo", "--dir", folder, "--input", `@${folder}/input.json`]);
    expect(file.document).toMatchObject({ result: { from: "file" }, example: null });
    const piped = await bifrost(["run", "echo", "--dir", folder, "--input", "-"], folder, {}, '{"from":"pipe"}');
    expect(JSON.parse(piped.stdout)).toEqual({ from: "pipe" });

    const wrong = async (input: string) =>
      (await bifrostHere(["run", "echo", "--dir", folder, "--input", input])).stderr;
    expect(await wrong(`@${folder}/broken.json`)).toContain('broken.json" is not JSON');
    expect(await wrong(`@${folder}/gone.json`)).toContain("it does not exist");
    expect(await wrong("-")).toContain("Standard input is not JSON");
  });

  test("run fails on an example that is not JSON, at its place", async () => {
    const folder = makeFolder({ ...echo, "workflows/echo.example.json": "{ nope }" });
    const { exitCode, stderr } = await bifrostHere(["run", "echo", "--dir", folder]);
    expect(stderr).toContain(`error syntax-error ${join(folder, "workflows/echo.example.json:1:3")}`);
    expect(exitCode).toBe(1);
  });
});

test("an import of a file that is there and was skipped, or that no import can reach, says so", async () => {
  const folder = makeFolder({
    "workflows/a.ts":
      'import a from "shared/view";\nimport b from "../shared/latin";\nimport { py } from "shared";\nimport f from "forms/f";\nexport default () => [a, b, py, f];\n',
    "shared/view.tsx": "export default <a/>;",
    "shared/latin.ts": Buffer.from("export default 'Ren\xe9';", "latin1"),
    "shared/py.py": "",
    "forms/f.yaml": "",
  });
  const { document } = await bifrostJson(["check", folder, "--scope", "acme"]);
  const said = document.diagnostics.map(({ message, remedy }: Diagnostic) => [message, remedy]);
  const imported = (what: string) => expect.stringContaining(what);
  expect(said).toEqual([
    [imported("shared/view.tsx of acme is there and skipped"), imported("JSX is not supported")],
    [imported("shared/latin.ts of acme is there and skipped"), imported("save it as UTF-8")],
    [imported("shared/py.py of acme is Python"), imported("in TypeScript")],
    [imported("forms/f.yaml of acme is a form in YAML"), imported("as JSON")],
    [imported("Skipped: The file is not valid UTF-8"), undefined],
    [imported("Skipped: JSX is not supported"), undefined],
  ]);
});
