// What a check has to say, sorted by what it is to the pull request: what stops it, what was wrong already, and what is
// only worth a remark.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import type { Diagnostic, Severity } from "../workspace/diagnostic.ts";
import { entityTypeOf } from "../workspace/file.ts";
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
  /** Paths of the workflows that fail by it. */
  readonly stops: readonly string[];
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
  const touched = new Set<string>([...merged.added, ...merged.changed]);
  const isTouched = ({ scope, path }: Diagnostic) => scope === null || (path !== null && touched.has(path));
  const wasThere = (diagnostic: Diagnostic) =>
    isFormUntouched(diagnostic) || (comparison.wasWrong(diagnostic) && !breaking.has(textOf(diagnostic)));
  // Nothing but its own content makes a form wrong.
  const isFormUntouched = (diagnostic: Diagnostic) =>
    diagnostic.path !== null && entityTypeOf(diagnostic.path) === "form" && !isTouched(diagnostic);
  const stopped = new Map<string, string[]>();
  for (const { path, diagnostics } of failed) {
    for (const diagnostic of diagnostics) stopped.getOrInsertComputed(textOf(diagnostic), () => []).push(path);
  }

  const errors: Finding[] = [];
  const remarks: Finding[] = [];
  for (const diagnostic of [...merged.conflicts, ...others, ...checked.diagnostics]) {
    const own = isOwn(diagnostic, merged) ? diagnostic : undefined;
    const stops = stopped.get(textOf(diagnostic)) ?? [];
    const add = (list: Finding[], said: Diagnostic, mark: Diagnostic | undefined) => {
      list.push({ diagnostic: said, mark, stops });
    };
    // What a file lacks by itself is said to whoever writes it.
    if (diagnostic.code === "workflow-without-default" && !isTouched(diagnostic)) continue;
    if (diagnostic.severity !== "error") add(remarks, diagnostic, own);
    else if (!wasThere(diagnostic)) add(errors, diagnostic, own ?? markOf(diagnostic, { checked, merged, comparison }));
    else {
      // Nobody breaks it now. Whoever changes the file is to mend it all the same.
      const isHere = own !== undefined && isTouched(own);
      const known = alreadyBroken(diagnostic, isHere ? "error" : "warning");
      add(isHere ? errors : remarks, known, own && known);
    }
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
