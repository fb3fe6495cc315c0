// The report of a check as its author reads it: the verdict in a sentence, what failed and what to do, what the merge
// would change, and the workflows. Problems come before tables: whoever opens a red check wants the reason.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import { resolveModule } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { count, markdownCode, markdownText } from "../workspace/markdown.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Overlay } from "./overlay.ts";
import { annotationOf, problemParagraph, type Verdict } from "./verdict.ts";

// What a summary lists before it counts the rest: GitHub cuts it at 65,535 characters.
const problemsMax = 30;
const rowsMax = 100;
const changesMax = 50;

export interface ReportedCheck {
  readonly checked: CheckReport;
  readonly merged: Overlay;
  readonly request: BindingRequest;
  /** What the repository's file says that is no error. */
  readonly remarks: readonly Diagnostic[];
  readonly isFork: boolean;
  readonly isNewBinding: boolean;
  /** The slug of the scope that was checked. */
  readonly scope: string;
}

export function report(check: ReportedCheck): Verdict {
  const { checked, merged, request, isFork, isNewBinding, scope } = check;
  const diagnostics = [...merged.conflicts, ...checked.diagnostics, ...check.remarks];
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  const remarks = diagnostics.filter((diagnostic) => diagnostic.severity !== "error");
  const ok = checked.ok && errors.length === 0;
  const parts = [verdictSentence(checked, errors.length, scope)];
  if (isNewBinding) parts.push(`Merged, this binds the repository to the scope ${markdownCode(scope)}.`);
  if (isFork) parts.push("This pull request comes from a fork: its code was linked and not run.");
  if (errors.length > 0) parts.push(list("Problems", errors.map(problemParagraph), problemsMax));
  const changes = changeLines(merged);
  if (changes.length > 0) parts.push(list("What the next sync does", changes, changesMax));
  if (checked.workflows.length > 0) parts.push(workflowTable(checked.workflows));
  if (remarks.length > 0) parts.push(list("Remarks", remarks.map(problemParagraph), problemsMax));
  if (merged.skipped.length > 0) {
    const lines = merged.skipped.map(({ path, detail }) => `- ${markdownCode(path)}: ${markdownText(detail)}`);
    parts.push(list("Skipped files", lines, problemsMax));
  }
  return {
    conclusion: ok ? "success" : "failure",
    title: title(checked, errors.length),
    summary: parts.join("\n\n"),
    annotations: diagnostics.flatMap((diagnostic) =>
      annotationOf(diagnostic, repositoryPath(diagnostic, merged, request, scope)),
    ),
  };
}

function title({ workflows }: CheckReport, errors: number): string {
  const failed = workflows.filter((workflow) => workflow.status === "failed").length;
  if (errors === 0)
    return workflows.length === 0 ? "All imports link" : count(workflows.length, "workflow passes", "workflows pass");
  return failed === 0
    ? count(errors, "problem")
    : `${count(errors, "problem")}, ${count(failed, "workflow")} would break`;
}

function verdictSentence({ workflows, modules }: CheckReport, errors: number, scope: string): string {
  const ran = workflows.filter((workflow) => workflow.ran === "called" || workflow.ran === "evaluated").length;
  const failed = workflows.filter((workflow) => workflow.status === "failed").length;
  const layers =
    scope === "global"
      ? count(modules.global, "global module")
      : `${count(modules.org, "module")} of ${markdownCode(scope)} over ${modules.global} global ones, ${modules.overridden} of which it overrides`;
  const work = `${count(workflows.length, "workflow")} linked, ${ran} of them run; ${layers}.`;
  if (errors === 0) return `**Everything links and runs.** ${work}`;
  return failed === 0
    ? `**${count(errors, "problem")} to mend before this can be merged.** ${work}`
    : `**Merged, this would break ${count(failed, "workflow")}.** ${work}`;
}

/** What the merge adds to, changes in and removes from the scope, with what each does to the layer below. */
function changeLines({ source, before, added, changed, removed }: Overlay): string[] {
  const lines: string[] = [];
  const layerBelow = source.layers.slice(1);
  const below = (path: WorkspacePath) => {
    const resolution = layerBelow.length === 0 ? undefined : resolveModule(layerBelow, `./${moduleName(path)}`);
    return resolution?.kind === "module" ? resolution.file : undefined;
  };
  const overriddenBefore = (path: WorkspacePath) => {
    const resolution = resolveModule(before.layers, `./${moduleName(path)}`);
    return resolution.kind === "module" && resolution.overrides !== undefined;
  };
  for (const path of added) {
    const hidden = below(path);
    const effect = hidden
      ? `: ${overriddenBefore(path) ? "overrides" : "**now overrides**"} ${markdownCode(`${scopeSlug(hidden.scope)}/${hidden.path}`)}`
      : "";
    lines.push(`- adds ${markdownCode(path)}${effect}`);
  }
  for (const path of changed) {
    const hidden = below(path);
    const effect = hidden ? `, which overrides ${markdownCode(`${scopeSlug(hidden.scope)}/${hidden.path}`)}` : "";
    lines.push(`- changes ${markdownCode(path)}${effect}`);
  }
  for (const path of removed) {
    const hidden = below(path);
    const effect = hidden
      ? `: imports **fall through** to ${markdownCode(`${scopeSlug(hidden.scope)}/${hidden.path}`)}`
      : "";
    lines.push(`- removes ${markdownCode(path)}${effect}`);
  }
  return lines;
}

const words = {
  called: "called with its example",
  evaluated: "evaluated",
  linked: "linked only",
  nothing: "not checked here",
};

function workflowTable(workflows: readonly WorkflowReport[]): string {
  const failedFirst = workflows.toSorted(
    (one, other) => Number(other.status === "failed") - Number(one.status === "failed"),
  );
  const rows = failedFirst.slice(0, rowsMax).map(({ path, status, ran, durationMs }) => {
    const took = ran === "called" || ran === "evaluated" ? `${Math.round(durationMs)} ms` : "";
    return `| ${markdownCode(path)} | ${status} | ${words[ran]} | ${took} |`;
  });
  const more = workflows.length - rows.length;
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

/** Where a finding lies in the pull request's repository, or null where it lies in another layer or repository. */
function repositoryPath(
  diagnostic: Diagnostic,
  merged: Overlay,
  request: BindingRequest,
  scope: string,
): string | null {
  if (diagnostic.path === null) return null;
  // Findings without a layer already carry the repository's own path.
  if (diagnostic.scope === null) return diagnostic.path;
  if (diagnostic.scope !== scope || !merged.ownPaths.has(diagnostic.path as WorkspacePath)) return null;
  return request.root === "" ? diagnostic.path : `${request.root}/${diagnostic.path}`;
}
