// Workflows that fail when they are run, with the merge and without it: what a merge does not break it is not told to break.
import { type CheckReport, checkWorkflows } from "../run/check-workflows.ts";
import { diagnosticKey, errorKeys } from "../run/reach.ts";
import type { RunContext } from "../workspace/run.ts";
import type { Comparison } from "./compare.ts";
import type { CheckEdges } from "./edges.ts";
import type { Overlay } from "./overlay.ts";

export interface FailedBeforeRequest {
  readonly merged: Overlay;
  readonly comparison: Comparison;
  /** What was found with the merge. */
  readonly checked: CheckReport;
  readonly organization: RunContext["organization"];
  readonly fairnessKey: string;
  readonly signal?: AbortSignal;
}

// For as many as fail in most pull requests; whoever breaks more is told that all of them would break.
const runBudgetMs = 60_000;

/** Runs what failed once more as it is now, and gives a comparison that knows of it. */
export async function withRunsBefore(
  { sandbox }: Pick<CheckEdges, "sandbox">,
  { merged, comparison, checked, organization, fairnessKey, signal }: FailedBeforeRequest,
): Promise<Comparison> {
  const failed = checked.workflows.filter(({ status, ran }) => status === "failed" && ran !== "linked");
  const workflows = failed.flatMap(({ path }) => comparison.before(path) ?? []);
  if (workflows.length === 0) return comparison;
  const wanted = new Set(workflows.map(({ path }) => path));
  const { workflows: before } = await checkWorkflows(
    { sandbox },
    {
      source: merged.before,
      linker: comparison.earlier,
      workflows,
      organization,
      fairnessKey,
      runBudgetMs,
      isAffected: ({ path }) => wanted.has(path),
      ...(signal && { signal }),
    },
  );
  const broken = before.filter(({ status, ran }) => status === "failed" && ran !== "linked");
  const paths = new Set(broken.map(({ path }) => path));
  const wrong = new Set(broken.flatMap(({ diagnostics }) => [...errorKeys(diagnostics)]));
  return {
    ...comparison,
    wasBroken: (path) => comparison.wasBroken(path) || paths.has(path),
    wasWrong: (diagnostic) => comparison.wasWrong(diagnostic) || wrong.has(diagnosticKey(diagnostic)),
  };
}
