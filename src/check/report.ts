// The report of a check as its author reads it: the verdict in a sentence, what failed and what to do, what the merge
// would change, and the workflows. Problems come before tables: whoever opens a red check wants the reason.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import { buttons } from "../workspace/button.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { type ReportedFinding, type ReportedWorkflow, ranWords } from "../workspace/full-report.ts";
import { count, markdownCode, markdownText } from "../workspace/markdown.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Candidate } from "./candidate.ts";
import type { Change } from "./changes.ts";
import type { Finding, Findings } from "./findings.ts";
import type { Overlay } from "./overlay.ts";
import { changeLine, nextSync } from "./report-changes.ts";
import { annotationOf, problemParagraph, reported, type Verdict } from "./verdict.ts";

// What a summary lists before it counts the rest: GitHub cuts it at 65,535 characters.
const problemsMax = 30;
const rowsMax = 100;

export interface ReportedCheck {
  readonly findings: Findings;
  readonly modules: CheckReport["modules"];
  readonly merged: Overlay;
  readonly request: BindingRequest;
  readonly candidate: Candidate;
  readonly changes: readonly Change[];
  /** A sync follows the merge: it goes into the default branch, and nothing holds the scope where it is. */
  readonly isSynced: boolean;
  readonly isRepinned: boolean;
  readonly tookMs: number;
  readonly isNewBinding: boolean;
  /** The slug of the scope that was checked. */
  readonly scope: string;
  /** A Markdown sentence about what a change of global does to organisations. */
  readonly radius?: string | undefined;
}

export function report(check: ReportedCheck): Verdict {
  const { findings, merged, request, candidate, isNewBinding, scope } = check;
  const { errors, remarks, workflows } = findings;
  const paragraphs = (found: readonly Finding[]) => found.map(({ diagnostic }) => problemParagraph(diagnostic));
  const problems = [...paragraphs(errors), ...(findings.isMoreWithheld ? [withheldParagraph] : [])];
  const words = [verdictSentence(check), ...(check.radius === undefined ? [] : [check.radius]), ...candidate.notes];
  if (candidate.conflict !== undefined) words.push(...conflictParts(candidate.conflict));
  if (isNewBinding) words.push(`Merged, this binds the repository to the scope ${markdownCode(scope)}.`);
  const next = check.isSynced
    ? nextSync({ merged, scope, isGated: request.gate, isRepinned: check.isRepinned })
    : undefined;
  const footer = `_${candidate.mayRun ? "Linked and run" : "Linked"} in ${seconds(check.tookMs)}._`;
  const parts = [...words];
  if (problems.length > 0) parts.push(list("Problems", problems, problemsMax));
  if (check.changes.length > 0) parts.push(changesList(check));
  if (next !== undefined) parts.push(next);
  if (workflows.length > 0) parts.push(workflowTable(check));
  if (remarks.length > 0) parts.push(list("Remarks", paragraphs(remarks), problemsMax));
  if (merged.skipped.length > 0) {
    const lines = merged.skipped.map(({ path, detail }) => `- ${markdownCode(path)}: ${markdownText(detail)}`);
    parts.push(list("Skipped files", lines, problemsMax));
  }
  parts.push(footer);
  return {
    // What cannot be merged was not checked as it would land.
    conclusion: problemCount(findings) === 0 && candidate.conflict === undefined ? "success" : "failure",
    title: candidate.conflict === undefined ? title(findings) : `Conflicts with ${candidate.conflict.branch}`,
    summary: parts.join("\n\n"),
    buttons: candidate.mayRun ? [buttons.runAgain] : [buttons.runWorkflows, buttons.runAgain],
    annotations: [...errors, ...remarks].flatMap(({ mark }) =>
      mark === undefined ? [] : annotationOf(mark, repositoryPath(mark, request)),
    ),
    parts: {
      words: [...words, ...(findings.isMoreWithheld ? [withheldParagraph] : [])],
      problems: errors.map((finding) => inFull(finding, request)),
      remarks: remarks.map((finding) => inFull(finding, request)),
      changes: changeLines(check),
      next: next ?? null,
      workflows: failedFirst(findings).map((workflow) => workflowInFull(workflow, check)),
      skipped: merged.skipped,
      footer,
    },
  };
}

function inFull({ diagnostic, mark }: Finding, request: BindingRequest): ReportedFinding {
  return reported(diagnostic, mark, mark === undefined ? null : repositoryPath(mark, request));
}

function workflowInFull(
  { path, status, ran, durationMs }: WorkflowReport,
  { findings: { broken }, merged }: ReportedCheck,
): ReportedWorkflow {
  const [top] = merged.source.layers;
  return {
    path,
    isGlobal: !top?.files.has(path as WorkspacePath),
    result: status === "failed" && !broken.has(path) ? "already broken" : status,
    ran,
    durationMs: ran === "called" || ran === "evaluated" ? Math.round(durationMs) : null,
  };
}

function conflictParts({ paths }: NonNullable<Candidate["conflict"]>): string[] {
  const lines = paths.map((path) => `- ${markdownCode(path)}`);
  return lines.length === 0 ? [] : [list("Changed on both sides", lines, problemsMax)];
}

const withheldParagraph =
  "- Something outside this repository would break, which is not named to a fork." +
  "\n\n  **What to do:** Ask somebody who may push to this repository to open the change from a branch of it";

/** A workflow that fails without a finding of its own is a problem as well. */
function problemCount({ errors, broken, isMoreWithheld }: Findings): number {
  return Math.max(errors.length, broken.size > 0 ? 1 : 0) + (isMoreWithheld ? 1 : 0);
}

function ranCount({ workflows }: Findings): number {
  return workflows.filter(({ ran }) => ran === "called" || ran === "evaluated").length;
}

function title(findings: Findings): string {
  const { workflows, broken } = findings;
  const problems = problemCount(findings);
  if (problems > 0) {
    const said = count(problems, "problem");
    return broken.size === 0 ? said : `${said}, ${count(broken.size, "workflow")} would break`;
  }
  if (workflows.length === 0) return "All imports link";
  return ranCount(findings) === 0
    ? count(workflows.length, "workflow links", "workflows link")
    : count(workflows.length, "workflow passes", "workflows pass");
}

function verdictSentence({ findings, modules, candidate: { isFork }, scope }: ReportedCheck): string {
  const { workflows, broken } = findings;
  const ran = ranCount(findings);
  const over =
    modules.global === 0
      ? ""
      : ` over ${count(modules.global, "global one", "global ones")}, ${modules.overridden} of which it overrides`;
  const layers =
    scope === "global"
      ? count(modules.global, "global module")
      : `${count(modules.org, "module")} of ${markdownCode(scope)}${over}`;
  const linked = `${count(workflows.length, "workflow")} linked`;
  const work = isFork
    ? `${linked}${ran > 0 ? `, ${ran} of them run` : ""}.`
    : `${linked}, ${ran} of them run; ${layers}.`;
  const problems = problemCount(findings);
  if (problems > 0) {
    return broken.size === 0
      ? `**${count(problems, "problem")} to mend before this can be merged.** ${work}`
      : `**Merged, this would break ${count(broken.size, "workflow")}.** ${work}`;
  }
  if (ran > 0) return `**Everything links and runs.** ${work}`;
  return isFork
    ? `**Everything links; nothing was run.** ${work}`
    : `**Everything links; no workflow is affected.** ${work}`;
}

function changesList(check: ReportedCheck): string {
  const lines = changeLines(check).map((line) => `- ${line}`);
  return list("What it changes", lines, lines.length);
}

function changeLines({ changes, merged: { added, changed, removed } }: ReportedCheck): string[] {
  const more = added.length + changed.length + removed.length - changes.length;
  return [...changes.map(changeLine), ...(more > 0 ? [`and ${more} more`] : [])];
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function failedFirst({ workflows, broken }: Findings): WorkflowReport[] {
  return workflows.toSorted(
    (one, other) =>
      Number(broken.has(other.path)) - Number(broken.has(one.path)) ||
      Number(other.status === "failed") - Number(one.status === "failed"),
  );
}

function workflowTable(check: ReportedCheck): string {
  const shown = failedFirst(check.findings).slice(0, rowsMax);
  const rows = shown.map((workflow) => {
    const { path, isGlobal, result, ran, durationMs } = workflowInFull(workflow, check);
    const took = durationMs === null ? "" : `${durationMs} ms`;
    return `| ${markdownCode(path)}${isGlobal ? " in global" : ""} | ${result} | ${ranWords[ran]} | ${took} |`;
  });
  const more = check.findings.workflows.length - rows.length;
  return [
    "**Workflows**",
    "",
    "| workflow | result | how | time |",
    "| --- | --- | --- | ---: |",
    ...rows,
    ...(more > 0 ? [`| and ${more} more | | | |`] : []),
  ].join("\n");
}

function list(heading: string, lines: readonly string[], most: number): string {
  const more = lines.length - most;
  return [`**${heading}**`, "", ...lines.slice(0, most), ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

/** The path in the repository of a finding in one of its files. Findings without a layer already carry it. */
function repositoryPath({ scope, path }: Diagnostic, { root }: BindingRequest): string | null {
  return scope === null || path === null || root === "" ? path : `${root}/${path}`;
}
