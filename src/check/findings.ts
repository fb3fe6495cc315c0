// What a check has to say, sorted by what it is to the pull request: what stops it, what was wrong already, and what is
// only worth a remark.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import type { Diagnostic, Severity } from "../workspace/diagnostic.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Comparison } from "./compare.ts";
import { markOf, textOf } from "./mark.ts";
import type { Overlay } from "./overlay.ts";

/** An error or remark, and where in the pull request's own files it is marked. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  /** The same finding at a file of the pull request's repository; undefined where none of its files has to do with it. */
  readonly mark: Diagnostic | undefined;
}

export interface Findings {
  /** What stops the pull request. */
  readonly errors: readonly Finding[];
  readonly remarks: readonly Finding[];
  readonly workflows: readonly WorkflowReport[];
  /** Paths of the workflows that the merge would break. */
  readonly broken: ReadonlySet<string>;
  /** Something is wrong that the readers of this check may not learn more of. */
  readonly isMoreWithheld: boolean;
}

/** Sorts the findings of a check. `others` are those that come from elsewhere than its workflows. */
export function sortOut(
  checked: CheckReport,
  merged: Overlay,
  comparison: Comparison,
  others: readonly Diagnostic[],
): Findings {
  const failed = checked.workflows.filter(({ status }) => status === "failed");
  const broken = failed.filter(({ path }) => !comparison.wasBroken(path));
  const breaking = new Set(broken.flatMap(({ diagnostics }) => diagnostics.map(textOf)));
  const wasThere = (diagnostic: Diagnostic) =>
    comparison.wasWrong(diagnostic) && !isOwn(diagnostic, merged) && !breaking.has(textOf(diagnostic));

  const errors: Finding[] = [];
  const remarks: Finding[] = [];
  for (const diagnostic of [...merged.conflicts, ...others, ...checked.diagnostics]) {
    const own = isOwn(diagnostic, merged) ? diagnostic : undefined;
    if (diagnostic.severity !== "error") remarks.push({ diagnostic, mark: own });
    else if (wasThere(diagnostic)) remarks.push({ diagnostic: alreadyBroken(diagnostic, "warning"), mark: undefined });
    else if (own !== undefined && comparison.wasWrong(own) && !breaking.has(textOf(own))) {
      // It is this repository's to mend, though nobody breaks it now.
      const known = alreadyBroken(own, "error");
      errors.push({ diagnostic: known, mark: known });
    } else errors.push({ diagnostic, mark: own ?? markOf(diagnostic, { checked, merged, comparison }) });
  }
  return {
    errors,
    remarks,
    workflows: checked.workflows,
    broken: new Set(broken.map(({ path }) => path)),
    isMoreWithheld: false,
  };
}

/** Whether a finding lies in a file of the pull request's repository. Those without a layer already carry its paths. */
export function isOwn({ scope, path }: Diagnostic, { source, ownPaths }: Overlay): boolean {
  if (scope === null) return true;
  const [top] = source.layers;
  return top !== undefined && scope === scopeSlug(top.scope) && path !== null && ownPaths.has(path as WorkspacePath);
}

function alreadyBroken(diagnostic: Diagnostic, severity: Severity): Diagnostic {
  return { ...diagnostic, severity, message: `${diagnostic.message} (already broken before this change)` };
}
