// The report of a check as text, made of reports: what is put together, what is cut short, and what is not.
import { expect, test } from "vitest";
import { reportText } from "../../src/cli/check-text.ts";
import type { LocalWorkspace } from "../../src/cli/local-workspace.ts";
import type { CheckReport, WorkflowReport } from "../../src/run/check-workflows.ts";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";

const plain = (_: unknown, text: string) => text;

const workspace: LocalWorkspace = {
  source: { layers: [], revision: {}, read: async () => new Map() },
  organization: { id: "id", slug: "acme" },
  diagnostics: [],
  skipped: [],
  allSkipped: [],
  roots: [],
  hasManifest: true,
  isScopeGuessed: false,
  hasGlobal: true,
  find: () => undefined,
};

function finding(path: string, message: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const place = { scope: "acme", path, line: 1, column: 10 };
  return { code: "export-not-found", severity: "error", message, ...place, ...more };
}

function failed(path: string, diagnostics: readonly Diagnostic[]): WorkflowReport {
  return { path, status: "failed", ran: "linked", durationMs: 0, diagnostics };
}

function textOf(workflows: readonly WorkflowReport[], diagnostics: readonly Diagnostic[], everything = false): string {
  const report: CheckReport = { ok: false, workflows, diagnostics, modules: { org: 0, global: 0, overridden: 0 } };
  return reportText(report, workspace, plain, everything);
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => `workflows/w${`${at}`.padStart(4, "0")}.ts`);

test("one export that a thousand workflows import is one finding, with some of its places and how many more", () => {
  const workflows = numbered(1000).map((path) => failed(path, [finding(path, 'shared/a.ts has no export "x"')]));
  const diagnostics = workflows.flatMap((workflow) => workflow.diagnostics);
  const lines = textOf(workflows, diagnostics).split("\n");
  expect(lines.length).toBeLessThan(40);
  expect(lines.filter((line) => line.includes("has no export"))).toHaveLength(1);
  expect(lines).toContain("  also at workflows/w0001.ts:1:10 (acme)");
  expect(lines).toContain("  and 994 more, which --all shows");
  expect(lines).toContain("✗ 980 more failed, which --all lists");
  expect(lines).toContainEqual(expect.stringMatching(/^failed {2}1,000 errors · 1,000 workflows: 1000 failed/));

  const everything = textOf(workflows, diagnostics, true);
  expect(everything.match(/has no export/g)).toHaveLength(1000);
  expect(everything).toContain("✗ workflows/w0999.ts");
  expect(everything).not.toContain("--all");
});

test("an error of a shared module names the workflows that it stops, and one in a workflow does not name that", () => {
  const shared = finding("shared/a.ts", "Error: no luck", { code: "evaluation-error" });
  const own = finding("workflows/own.ts", "Error: mine", { code: "evaluation-error" });
  const workflows = [...numbered(5).map((path) => failed(path, [shared])), failed("workflows/own.ts", [own])];
  const text = textOf(workflows, [shared, own]);
  expect(text).toContain("stops 5 workflows: workflows/w0000.ts, workflows/w0001.ts, workflows/w0002.ts, and 2 more\n");
  expect(text.match(/stops/g)).toHaveLength(1);
});

test("imports of one missing module are one finding, whatever file imports it, and those of another are another", () => {
  const missing = (path: string, name: string) =>
    finding(path, `Cannot find module "${name}" imported by ${path}`, {
      code: "module-not-found",
      tried: [{ scope: "acme", path: `${name}.ts` }],
    });
  const text = textOf([], [missing("a.ts", "shared/x"), missing("b.ts", "shared/x"), missing("c.ts", "shared/y")]);
  expect(text.match(/Cannot find module/g)).toHaveLength(2);
  expect(text).toContain("  also at b.ts:1:10 (acme)\n");
});

test("equal words about different lines are shown a few times, and many kinds of findings are cut", () => {
  const alike = numbered(9).map((path) => finding(path, "Unexpected token", { code: "syntax-error" }));
  const text = textOf([], alike);
  expect(text.match(/Unexpected token/g)).toHaveLength(5);
  expect(text).toContain("  also at workflows/w0008.ts:1:10 (acme)\n");
  const kinds = numbered(50).map((path) => finding(path, `Unexpected ${path}`, { code: "syntax-error" }));
  expect(textOf([], kinds)).toContain("and 10 more kinds of findings, which --all shows\n");
  expect(textOf([], kinds, true).match(/Unexpected/g)).toHaveLength(50);
});
