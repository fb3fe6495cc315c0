// The workflows of a check in a table: what failed and what was run, each by itself, and of the rest how many there are.
import { type ReportedWorkflow, ranWords } from "../workspace/full-report.ts";
import { markdownCode } from "../workspace/markdown.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Findings } from "./findings.ts";
import type { Overlay } from "./overlay.ts";

// What a table lists before it counts the rest: GitHub cuts a summary at 65,535 characters.
const rowsMax = 100;
// Of those that the merge does not affect a few are enough.
const linkedRowsMax = 10;

/** Those that would break come first, then what fails already, then what was run, then the others. */
export function reportedWorkflows(
  { workflows, broken }: Findings,
  merged: Pick<Overlay, "source">,
): ReportedWorkflow[] {
  const [top] = merged.source.layers;
  const all = workflows.map(
    ({ path, status, ran, durationMs }): ReportedWorkflow => ({
      path,
      isGlobal: !top?.files.has(path as WorkspacePath),
      result: status === "failed" && !broken.has(path) ? "already broken" : status,
      ran,
      durationMs: ran === "called" || ran === "evaluated" ? Math.round(durationMs) : null,
    }),
  );
  return all.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf(workflow: ReportedWorkflow): number {
  if (workflow.result === "failed") return 0;
  if (workflow.result === "already broken") return 1;
  return isUnaffected(workflow) ? 3 : 2;
}

function isUnaffected({ result, ran }: ReportedWorkflow): boolean {
  return result === "passed" && ran === "linked";
}

/** A table in Markdown of workflows in the order in which they are to be read. */
export function workflowTable(workflows: readonly ReportedWorkflow[]): string {
  const [affected, unaffected] = [false, true].map((is) => workflows.filter((one) => isUnaffected(one) === is));
  const shown = [...(affected ?? []).slice(0, rowsMax), ...(unaffected ?? []).slice(0, linkedRowsMax)];
  const rows = shown.map(({ path, isGlobal, result, ran, durationMs }) => {
    const took = durationMs === null ? "" : `${durationMs} ms`;
    return `| ${markdownCode(path)}${isGlobal ? " in global" : ""} | ${result} | ${ranWords[ran]} | ${took} |`;
  });
  const more = Math.max(0, (affected?.length ?? 0) - rowsMax);
  const moreUnaffected = Math.max(0, (unaffected?.length ?? 0) - linkedRowsMax);
  return [
    ...["**Workflows**", "", "| workflow | result | how | time |", "| --- | --- | --- | ---: |"],
    ...rows,
    ...(more > 0 ? [`| and ${more} more | | | |`] : []),
    ...(moreUnaffected > 0
      ? [`| and ${moreUnaffected} more that this does not affect | passed | linked only | |`]
      : []),
  ].join("\n");
}
