// The report of `bifrost check` as a person reads it: each workflow, what is wrong, and what it comes to.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import { hasErrors } from "../workspace/diagnostic.ts";
import { examplePathOf, type SkippedFile } from "../workspace/file.ts";
import { count } from "../workspace/markdown.ts";
import { isPython, pythonWords } from "../workspace/python-words.ts";
import { explainHint, groupText } from "./diagnostic-text.ts";
import { groupFindings } from "./finding-groups.ts";
import type { Style } from "./io.ts";
import type { LocalWorkspace } from "./local-workspace.ts";
import { printable } from "./printable.ts";

// Up to this many, every workflow has its line; of more, those that passed are only counted.
const listedMax = 40;
// Of more workflows that did not pass than this, the others are counted too.
const otherListedMax = 20;
// More kinds of findings than this are no longer read in one go.
const groupsMax = 40;
const skippedNamedMax = 3;

/** The whole report. With `everything` nothing in it is cut short or put together. */
export function reportText(report: CheckReport, workspace: LocalWorkspace, style: Style, everything = false): string {
  const groups = groupFindings(report.diagnostics, report.workflows, everything);
  const shown = everything ? groups : groups.slice(0, groupsMax);
  const texts = shown.map((group) => groupText(group, workspace.find, style));
  if (shown.length < groups.length) {
    texts.push(`${style("bold", `and ${groups.length - shown.length} more kinds of findings`)}, which --all shows\n`);
  }
  return [workflowLines(report.workflows, style, everything), ...texts, summaryText(report, workspace, style)]
    .filter(Boolean)
    .join("\n");
}

function workflowLines(workflows: readonly WorkflowReport[], style: Style, everything: boolean): string {
  if (everything || workflows.length <= listedMax) {
    return workflows.map((workflow) => workflowLine(workflow, style)).join("");
  }
  const passed = workflows.filter(({ status }) => status === "passed").length;
  const others = workflows.filter(({ status }) => status !== "passed");
  const lines = others.slice(0, otherListedMax).map((workflow) => workflowLine(workflow, style));
  if (passed > 0) lines.unshift(`${style("green", "✓")} ${count(passed, "workflow")}\n`);
  for (const status of ["failed", "skipped"] as const) {
    const unlisted = others.slice(otherListedMax).filter((workflow) => workflow.status === status).length;
    const [color, mark] = marks[status];
    if (unlisted > 0)
      lines.push(`${style(color, mark)} ${count(unlisted, "more", "more")} ${status}, which --all lists\n`);
  }
  return lines.join("");
}

const marks = {
  passed: ["green", "✓"],
  failed: ["red", "✗"],
  skipped: ["dim", "-"],
} as const satisfies Record<WorkflowReport["status"], readonly [string, string]>;

function workflowLine({ path, status, ran, durationMs }: WorkflowReport, style: Style): string {
  const [color, mark] = marks[status];
  const duration = `${Math.round(durationMs)} ms`;
  const notes: Record<WorkflowReport["ran"], string> = {
    called: duration,
    evaluated: `${duration}, evaluated only: there is no ${examplePathOf(path)}`,
    linked: status === "failed" ? "not run" : "linked only",
    nothing: "skipped",
  };
  return `${style(color, mark)} ${printable(path)}  ${style("dim", notes[ran])}\n`;
}

function summaryText(report: CheckReport, workspace: LocalWorkspace, style: Style): string {
  const { workflows, diagnostics, modules } = report;
  const statuses = (["passed", "failed", "skipped"] as const).flatMap((status) => {
    const amount = workflows.filter((workflow) => workflow.status === status).length;
    return amount === 0 ? [] : [`${amount} ${status}`];
  });
  const overridden = modules.overridden === 0 ? "" : `, ${modules.overridden} overridden`;
  const slug = workspace.organization?.slug;
  const findings = (["error", "warning"] as const).flatMap((severity) => {
    const amount = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return amount === 0 ? [] : [count(amount, severity)];
  });
  const counts = [
    ...(findings.length === 0 ? [] : [findings.join(", ")]),
    [count(workflows.length, "workflow"), statuses.join(", ")].filter(Boolean).join(": "),
    slug === undefined
      ? `${count(modules.global, "module")} of global`
      : `${count(modules.org, "module")} of ${slug} over ${modules.global} of global${overridden}`,
  ];
  const told = new Set(diagnostics.filter(({ code }) => code === "file-skipped").map(({ path }) => path));
  const lines = [
    `${report.ok ? style(["green", "bold"], "passed") : style(["red", "bold"], "failed")}  ${counts.join(" · ")}`,
    // Where an import may miss it, a finding says so already.
    ...skippedLines(workspace.skipped.filter(({ path }) => !told.has(path))).map((line) => style("dim", line)),
  ];
  const python = [...(workspace.source.layers[0]?.files.keys() ?? [])].filter(isPython).length;
  if (python > 0) lines.push(style("dim", pythonWords(python)));
  if (workspace.isScopeGuessed && !hasErrors(diagnostics) && slug !== undefined) {
    lines.push(style("dim", `No .github/bifrost.yml here: checked as "${slug}"; --scope names another organisation`));
  }
  if (!workspace.hasGlobal && diagnostics.some(({ code }) => code === "module-not-found")) {
    lines.push("The global layer is empty: give a checkout of the global modules with --global DIR");
  }
  return `${lines.join("\n")}\n${explainHint(diagnostics, style)}`;
}

/** One line for each reason, those of most files first. */
function skippedLines(skipped: readonly SkippedFile[]): string[] {
  const reasons = [...Map.groupBy(skipped, ({ detail }) => detail)];
  return reasons
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([detail, files]) => {
      const names = files.slice(0, skippedNamedMax).map(({ path }) => printable(path));
      const more = files.length > names.length ? ", …" : "";
      return `${count(files.length, "file")} skipped: ${names.join(", ")}${more} (${detail})`;
    });
}
