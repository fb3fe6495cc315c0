// From what was found of an organisation's workflows to what is told of it.
import type { BlastCause, BlastEffect, BlastLayer, BlastStatus, BrokenWorkflow } from "../workspace/blast.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import { causesOf, uniqueCauses } from "./causes.ts";
import type { AffectedWorkflow, GlobalChange, OrganizationView } from "./organization-view.ts";
import type { RunVerdict } from "./run-affected.ts";

// What is kept of one organisation; whoever breaks more is known to be broken.
const brokenMax = 20;

/** Judges by linking alone. */
export function judgeLinks(change: GlobalChange, view: OrganizationView): Promise<BlastEffect> {
  return judge(change, view, []);
}

/** Judges by linking, and by runs of those that link. */
export async function judge(
  change: GlobalChange,
  view: OrganizationView,
  verdicts: readonly RunVerdict[],
): Promise<BlastEffect> {
  const runs = new Map(verdicts.map((one) => [one.workflow, one]));
  const broken: BrokenWorkflow[] = [];
  const causes: BlastCause[] = [];
  let unknown = 0;
  let passed = 0;
  for (const one of view.affected) {
    const run = runs.get(one);
    if (isBrokenBefore(one) || run?.verdict === "was-broken") continue;
    if (one.after.link.program === undefined || run?.verdict === "breaks") {
      const diagnostics = run?.diagnostics ?? one.after.link.diagnostics;
      broken.push(brokenWorkflow(one, diagnostics));
      causes.push(...(await causesOf(change, view, one, diagnostics)));
    } else if (run === undefined) unknown += 1;
    else passed += 1;
  }
  return {
    status: statusOf({ broken: broken.length, unknown, passed }),
    affected: view.affected.length,
    run: verdicts.length,
    broken: broken.slice(0, brokenMax),
    causes: uniqueCauses(causes),
  };
}

/** It does not link without the change: whatever is wrong with it by then is not the change's doing alone. */
function isBrokenBefore({ before, isBrokenAlike }: AffectedWorkflow): boolean {
  return isBrokenAlike || (before !== undefined && before.link.program === undefined);
}

function statusOf(counts: Readonly<Record<"broken" | "unknown" | "passed", number>>): BlastStatus {
  if (counts.broken > 0) return "breaks";
  if (counts.unknown > 0) return "linked-only";
  return counts.passed > 0 ? "passes" : "was-broken";
}

function brokenWorkflow({ workflow }: AffectedWorkflow, diagnostics: readonly Diagnostic[]): BrokenWorkflow {
  const first = diagnostics.find((diagnostic) => hasErrors([diagnostic]));
  const layer = layerNamed(workflow.scope.kind);
  const code = first?.code ?? "evaluation-error";
  if (first === undefined || first.path === null) return { layer, path: workflow.path, code, at: null };
  const { path, line, column, scope } = first;
  return { layer, path: workflow.path, code, at: { layer: layerNamed(scope ?? "own"), path, line, column } };
}

function layerNamed(scope: string): BlastLayer {
  return scope === "global" ? "global" : "own";
}
