import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { checkWorkflows } from "../../src/run/check-workflows.ts";
import { createKeptRuns } from "../../src/run/kept-runs.ts";
import { runWorkflow } from "../../src/run/run-workflow.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import type { RunRequest } from "../../src/workspace/run.ts";
import { late, organization, sourceOf } from "./source.ts";

const before = new Set(children());
const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

function children(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
}

/** A workflow that imports a module while it runs, and what happens then. */
function whileRunning(event: () => void | Promise<void>) {
  const workflow = 'await import("shared/" + "late").catch(() => {});\nexport default () => 1;\n';
  return sourceOf({ "workflows/a.ts": workflow }, (path) => (path === late ? event() : undefined));
}

function killProcesses(): void {
  for (const pid of children()) if (!before.has(pid)) process.kill(Number(pid), "SIGKILL");
}

test("a check whose signal is aborted throws and reports nothing about the workflow that it interrupted", async () => {
  const stop = new AbortController();
  const source = whileRunning(() => stop.abort());
  const { signal } = stop;
  await expect(checkWorkflows({ sandbox }, { source, organization, signal })).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("running code whose import() leads nowhere is told what was meant, or where it was looked for", async () => {
  const failing = async (name: string) => {
    const workflow = `export default () => import("shared/" + "${name}");`;
    const source = sourceOf({ "workflows/a.ts": workflow, "shared/util.ts": "export {};" });
    const { diagnostics } = await runWorkflow({ sandbox }, { source, organization, workflow: "a" });
    return diagnostics[0]?.message;
  };
  expect(await failing("utill")).toMatch(/Cannot find module .+ \(did you mean "shared\/util"\?\)$/);
  expect(await failing("weather")).toMatch(/Cannot find module .+ \(looked for in .+\)$/);
});

test("a run that the caller's signal ends is cancelled", async () => {
  const stop = new AbortController();
  const source = whileRunning(() => stop.abort());
  const outcome = await runWorkflow({ sandbox }, { source, organization, workflow: "a", signal: stop.signal });
  expect(outcome.diagnostics).toMatchObject([{ code: "cancelled" }]);
});

test("a fault of a read under an import() stops the check, also where the code catches the rejection", async () => {
  const source = whileRunning(() => {
    throw new Fault("snapshot-moved", "It changed");
  });
  await expect(checkWorkflows({ sandbox }, { source, organization })).rejects.toMatchObject({ code: "snapshot-moved" });
});

test("a run whose process was lost is run again and passes", async () => {
  let reads = 0;
  const source = whileRunning(() => {
    reads += 1;
    if (reads === 1) killProcesses();
  });
  const report = await checkWorkflows({ sandbox }, { source, organization });
  expect(report).toMatchObject({ ok: true, workflows: [{ status: "passed" }], diagnostics: [] });
});

test("a run that loses every process is a fault, and nothing that the author could mend", async () => {
  const source = whileRunning(() => {
    killProcesses();
    return new Promise(() => {});
  });
  await expect(checkWorkflows({ sandbox }, { source, organization })).rejects.toMatchObject({
    code: "sandbox-unavailable",
  });
});

test("a check whose runs took longer than their budget links the rest, says so and fails", async () => {
  const slow = "await new Promise((resolve) => setTimeout(resolve, 5));\nexport default () => 1;\n";
  const source = sourceOf({ "workflows/a.ts": slow, "workflows/b.ts": slow, "workflows/c.ts": slow });
  const report = await checkWorkflows({ sandbox }, { source, organization, fairnessKey: "acme", runBudgetMs: 1 });
  expect(report.ok).toBe(false);
  expect(report.workflows).toMatchObject([
    { status: "passed", ran: "evaluated" },
    { status: "skipped", ran: "linked" },
    { status: "skipped", ran: "linked" },
  ]);
  expect(report.diagnostics).toMatchObject([
    { code: "timeout", severity: "error", message: expect.stringContaining("2 workflows of those") },
  ]);
  expect(report.diagnostics[0]?.remedy).toContain("workflows/a.ts");
});

test("a check that keeps runs runs again only what a change affects, what failed, and what may import anything", async () => {
  const kept = createKeptRuns();
  const ran: string[] = [];
  const counting = {
    ...sandbox,
    run: (request: RunRequest) => {
      ran.push(request.context.workflow.replace("workflows/", ""));
      return sandbox.run(request);
    },
  };
  const files = {
    "shared/one.ts": "export const one = 1;",
    "workflows/a.ts": 'import { one } from "shared/one"; export default () => one;',
    "workflows/b.ts": "export default (input: { of: number }) => input.of;",
    "workflows/b.example.json": '{ "of": 1 }',
    "workflows/c.ts": "throw new Error('on purpose');",
    "workflows/d.ts": 'await import("shared/" + "late"); export default () => 1;',
  };
  const check = async (changed: Readonly<Record<string, string>>) => {
    ran.length = 0;
    const source = sourceOf({ ...files, ...changed });
    const { workflows } = await checkWorkflows({ sandbox: counting }, { source, organization, kept });
    expect(workflows.map(({ status }) => status)).toEqual(["passed", "passed", "failed", "passed"]);
    return ran.toSorted();
  };
  expect(await check({})).toEqual(["a.ts", "b.ts", "c.ts", "d.ts"]);
  expect(await check({})).toEqual(["c.ts", "d.ts"]);
  const changed = { "shared/one.ts": "export const one = 2;" };
  expect(await check(changed)).toEqual(["a.ts", "c.ts", "d.ts"]);
  expect(await check({ ...changed, "workflows/b.example.json": '{ "of": 2 }' })).toEqual(["b.ts", "c.ts", "d.ts"]);
  expect(await check({ "workflows/b.example.json": '{ "of": 2 }' })).toEqual(["a.ts", "c.ts", "d.ts"]);
});

test("a workflow that nobody can call is warned of, unless others import it", async () => {
  const source = sourceOf({
    "workflows/called.ts": 'import { part } from "./part";\nexport default () => part;\n',
    "workflows/part.ts": "export const part = 1;\n",
    "workflows/alone.ts": "export const alone = 1;\n",
    "workflows/passed.ts": 'export { default } from "./called";\n',
    "workflows/broken.ts": 'import "nowhere";\n',
  });
  const { ok, diagnostics, workflows } = await checkWorkflows({ sandbox }, { source, organization });
  expect(ok).toBe(false);
  const warned = diagnostics.filter(({ code }) => code === "workflow-without-default");
  expect(warned).toMatchObject([{ severity: "warning", path: "workflows/alone.ts", line: 1, column: 1 }]);
  expect(workflows.filter(({ status }) => status === "failed").map(({ path }) => path)).toEqual([
    "workflows/broken.ts",
  ]);
});

test.each([
  ["forms/a.json", '{\n  "title": \n}\n', /^The form cannot be read: Invalid JSON/, 3],
  ["forms/a.yml", "title: a\nfields: [1, 2\nmore: b\n", /^The form cannot be read: Invalid YAML/, 3],
  ["forms/a.yaml", "title: a\n  wrong: b\n", /^The form cannot be read: Invalid YAML/, 1],
  ["forms/a.yaml", `${"[".repeat(20_000)}\n`, /^The form cannot be read: /, 1],
])("a form that cannot be read is an error at its line: %s %j", async (path, content, message, line) => {
  const { ok, diagnostics } = await checkWorkflows(
    { sandbox },
    { source: sourceOf({ [path]: content }), organization },
  );
  expect(ok).toBe(false);
  expect(diagnostics).toMatchObject([{ code: "syntax-error", severity: "error", path }]);
  expect(diagnostics[0]?.message).toMatch(message);
  expect(diagnostics[0]?.line).toBeGreaterThanOrEqual(line);
});

test.each([
  ["forms/a.json", '{"title": "a"}'],
  ["forms/a.yml", "one: &a [1]\ntwo: *a\n---\nthree: !own 3\n"],
  ["forms/a.yaml", ""],
])("a form that can be read is well: %s %j", async (path, content) => {
  const { ok } = await checkWorkflows({ sandbox }, { source: sourceOf({ [path]: content }), organization });
  expect(ok).toBe(true);
});
