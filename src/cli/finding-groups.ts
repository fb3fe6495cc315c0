// Findings that say the same of many places, as one: a module that a thousand workflows import is broken once.
import type { WorkflowReport } from "../run/check-workflows.ts";
import { type Diagnostic, type DiagnosticCode, sortDiagnostics } from "../workspace/diagnostic.ts";

export interface FindingGroup {
  /** Those that are shown in full. */
  readonly shown: readonly Diagnostic[];
  /** The places of the others are named. */
  readonly others: readonly Diagnostic[];
  /** The workflows that these findings stop, other than those that they stand in, in order of path. */
  readonly stops: readonly string[];
}

// What is wrong is the module that they import, and one import shows all there is to see.
const ofImports: ReadonlySet<DiagnosticCode> = new Set([
  "module-not-found",
  "export-not-found",
  "ambiguous-export",
  "ambiguous-module",
  "unsupported-specifier",
]);

// Equal words about lines that have nothing else in common: each is worth a look, but not a thousand of them.
const alikeShownMax = 5;

/** Groups findings, those of the most serious first. With `everything` each is a group of its own. */
export function groupFindings(
  diagnostics: readonly Diagnostic[],
  workflows: readonly WorkflowReport[],
  everything = false,
): FindingGroup[] {
  const stopped = stoppedBy(workflows);
  const groups = everything
    ? sortDiagnostics(diagnostics).map((diagnostic) => [diagnostic])
    : Map.groupBy(sortDiagnostics(diagnostics), subjectOf).values();
  return Array.from(groups, (group) => {
    const [first] = group;
    const shownMax = first !== undefined && ofImports.has(first.code) ? 1 : alikeShownMax;
    const places = new Set(group.map(({ path }) => path));
    const stops = new Set(group.flatMap((diagnostic) => stopped.get(placeOf(diagnostic)) ?? []));
    return {
      shown: group.slice(0, shownMax),
      others: group.slice(shownMax),
      stops: [...stops].filter((path) => !places.has(path)).sort(),
    };
  });
}

/** What a finding is about, wherever it stands. */
function subjectOf({ code, severity, message, specifier, tried, stack }: Diagnostic): string {
  // The words of a missing module name the file that imports it; the paths that were looked for do not.
  if (tried !== undefined && tried.length > 0) return JSON.stringify([code, severity, tried]);
  const about = code === "unsupported-specifier" ? specifier : message;
  return JSON.stringify([code, severity, about, stack?.length]);
}

/** The failed workflows of each error, by its place. */
function stoppedBy(workflows: readonly WorkflowReport[]): Map<string, string[]> {
  const stopped = new Map<string, string[]>();
  for (const { path, status, diagnostics } of workflows) {
    if (status !== "failed") continue;
    const places = new Set(diagnostics.filter(({ severity }) => severity === "error").map(placeOf));
    for (const place of places) stopped.getOrInsertComputed(place, () => []).push(path);
  }
  return stopped;
}

function placeOf({ code, scope, path, line, column, message }: Diagnostic): string {
  return JSON.stringify([code, scope, path, line, column, message]);
}
