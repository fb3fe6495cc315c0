import { describe, expect, test } from "vitest";
import { bifrost, bifrostJson, makeFolder } from "./bifrost.ts";

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
    expect(stderr).toContain("at bifrost://acme/workflows/throws.ts:2:9");
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

  test("run says which workflow does not exist and where it was looked for", async () => {
    const { exitCode, document } = await bifrostJson(["run", "nope", "--dir", makeFolder(), "--scope", "acme"]);
    expect(exitCode).toBe(1);
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
