// The report of a check as its author reads it: the verdict in a sentence, what failed and what to do, what the merge
// would change, and the workflows. Problems come before tables: whoever opens a red check wants the reason.
import type { CheckReport } from "../run/check-workflows.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import { buttons } from "../workspace/button.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { ReportedFinding } from "../workspace/full-report.ts";
import { count, markdownCode, markdownText } from "../workspace/markdown.ts";
import { isPython, pythonWords } from "../workspace/python-words.ts";
import { globalScope, scopeSlug } from "../workspace/scope.ts";
import type { Candidate } from "./candidate.ts";
import type { Change } from "./changes.ts";
import type { Finding, Findings } from "./findings.ts";
import type { Overlay } from "./overlay.ts";
import { changeLine, nextSync } from "./report-changes.ts";
import { problemCount, titleOf, verdictSentence } from "./report-words.ts";
import { reportedWorkflows, workflowTable } from "./report-workflows.ts";
import { annotationOf, problemParagraph, reported, type Verdict } from "./verdict.ts";

// What a summary lists before it counts the rest: GitHub cuts it at 65,535 characters.
const problemsMax = 30;

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
  /** Where browsers reach this server, if they do. */
  readonly publicUrl: string | undefined;
  /** Organisations that a change of global would break. */
  readonly brokenOrganizations: number;
  /** A Markdown sentence about what a change of global does to organisations. */
  readonly radius?: string | undefined;
}

export function report(check: ReportedCheck): Verdict {
  const { findings, merged, request, candidate, isNewBinding, scope, publicUrl } = check;
  const { errors, remarks } = findings;
  const { conflict } = candidate;
  const paragraphs = (found: readonly Finding[]) =>
    found.map(
      ({ diagnostic, stops }) =>
        `${problemParagraph(diagnostic, publicUrl)}${stopsWords(stops.filter((path) => path !== diagnostic.path))}`,
    );
  const problems = [...paragraphs(errors), ...(findings.isMoreWithheld ? [withheldParagraph] : [])];
  const verdict = verdictSentence({ ...check, globalRevision: merged.source.revision[globalSlug] });
  const words = [verdict, ...(check.radius === undefined ? [] : [check.radius])];
  // A conflict is the reason why it is red, whatever else was found.
  if (conflict === undefined) words.push(...candidate.notes);
  else words.unshift(...candidate.notes, ...conflictParts(conflict));
  if (isNewBinding)
    words.push(
      `${candidate.isLanded ? "This" : "Merged, this"} binds the repository to the scope ${markdownCode(scope)}.`,
    );
  const next =
    check.isSynced && conflict === undefined
      ? nextSync({ merged, scope, isGated: request.gate, isRepinned: check.isRepinned })
      : undefined;
  const workflows = reportedWorkflows(findings, merged);
  const python = pythonNote(check);
  const footer = `_${candidate.mayRun ? "Linked and run" : "Linked"} in ${seconds(check.tookMs)}._`;
  const parts = [...words];
  if (problems.length > 0) parts.push(list("Problems", problems, problemsMax));
  if (check.changes.length > 0) parts.push(changesList(check));
  if (next !== undefined) parts.push(next);
  if (workflows.length > 0) parts.push(workflowTable(workflows));
  parts.push(...python);
  if (remarks.length > 0) parts.push(list("Remarks", paragraphs(remarks), problemsMax));
  if (merged.skipped.length > 0) {
    const lines = merged.skipped.map(({ path, detail }) => `- ${markdownCode(path)}: ${markdownText(detail)}`);
    parts.push(list("Skipped files", lines, problemsMax));
  }
  parts.push(footer);
  const pathOf = (diagnostic: Diagnostic) => repositoryPath(diagnostic, request);
  return {
    // What cannot be merged was not checked as it would land.
    conclusion: problemCount(findings) === 0 && conflict === undefined ? "success" : "failure",
    title: titleOf(findings, candidate, check.brokenOrganizations, pathOf),
    summary: parts.join("\n\n"),
    buttons: candidate.mayRun ? [buttons.runAgain] : [buttons.runWorkflows, buttons.runAgain],
    annotations: [...errors, ...remarks].flatMap(({ mark }) =>
      mark === undefined ? [] : annotationOf(mark, pathOf(mark), publicUrl),
    ),
    parts: {
      words: [...words, ...(findings.isMoreWithheld ? [withheldParagraph] : []), ...python],
      problems: errors.map((finding) => inFull(finding, request)),
      remarks: remarks.map((finding) => inFull(finding, request)),
      changes: changeLines(check),
      next: next ?? null,
      workflows,
      skipped: merged.skipped,
      footer,
    },
  };
}

function inFull({ diagnostic, mark }: Finding, request: BindingRequest): ReportedFinding {
  return reported(diagnostic, mark, mark === undefined ? null : repositoryPath(mark, request));
}

// The table below has them all.
const stopsMax = 3;

/** Which workflows a finding stops, where it is not plain from its place. */
function stopsWords(stops: readonly string[]): string {
  if (stops.length === 0) return "";
  const named = stops.slice(0, stopsMax).map(markdownCode).join(", ");
  const more = stops.length - stopsMax;
  return `\n\n  **Stops** ${named}${more > 0 ? ` and ${count(more, "more workflow")}` : ""}`;
}

const globalSlug = scopeSlug(globalScope);

/** What there is of Python in the whole scope; for a stranger, in the repository alone. */
function pythonNote({ merged: { source, ownPaths }, candidate }: ReportedCheck): string[] {
  const paths = candidate.isFork ? ownPaths : (source.layers[0]?.files.keys() ?? []);
  const files = [...paths].filter(isPython).length;
  return files === 0 ? [] : [pythonWords(files)];
}

function conflictParts({ paths }: NonNullable<Candidate["conflict"]>): string[] {
  const lines = paths.map((path) => `- ${markdownCode(path)}`);
  return lines.length === 0 ? [] : [list("Changed on both sides", lines, problemsMax)];
}

const withheldParagraph =
  "- Something outside this repository would break, which is not named to a fork." +
  "\n\n  **What to do:** Ask somebody who may push to this repository to open the change from a branch of it";

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

function list(heading: string, lines: readonly string[], most: number): string {
  const more = lines.length - most;
  return [`**${heading}**`, "", ...lines.slice(0, most), ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

/** The path in the repository of a finding in one of its files. Findings without a layer already carry it. */
function repositoryPath({ scope, path }: Diagnostic, { root }: BindingRequest): string | null {
  return scope === null || path === null || root === "" ? path : `${root}/${path}`;
}
