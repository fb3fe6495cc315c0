// What a check has to say, sorted by what it is to the pull request: what stops it, what was wrong already, and what is
// only worth a remark.
import type { CheckReport, WorkflowReport } from "../run/check-workflows.ts";
import { resolveModule } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { moduleUrl } from "../workspace/program.ts";
import { sameScope, scopeSlug } from "../workspace/scope.ts";
import type { Comparison } from "./compare.ts";
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
    else if (wasThere(diagnostic)) remarks.push({ diagnostic: alreadyBroken(diagnostic), mark: undefined });
    else errors.push({ diagnostic, mark: own ?? markAtCause(diagnostic, checked, merged, comparison) });
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

function alreadyBroken(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning", message: `${diagnostic.message} (already broken before this change)` };
}

/** A finding in another layer or repository, at the file of the pull request that brings it about. */
function markAtCause(
  diagnostic: Diagnostic,
  checked: CheckReport,
  merged: Overlay,
  comparison: Comparison,
): Diagnostic | undefined {
  const { scope, path, line, column, specifier } = diagnostic;
  const [top] = merged.source.layers;
  if (scope === null || path === null || top === undefined) return undefined;

  const touched = new Set<string>([...merged.added, ...merged.changed]);
  const isOurs = (file: LayeredFile) => sameScope(file.scope, top.scope) && merged.ownPaths.has(file.path);
  const resolution =
    specifier === undefined ? undefined : resolveModule(merged.source.layers, specifier, path as WorkspacePath);
  const imported = resolution?.kind === "module" && isOurs(resolution.file) ? resolution.file : undefined;
  const key = textOf(diagnostic);
  const reach = [
    ...(imported ? [imported] : []),
    ...comparison.reachAround(diagnostic),
    ...checked.workflows
      .filter(({ diagnostics }) => diagnostics.some((found) => textOf(found) === key))
      .flatMap((workflow) => comparison.reachOf(workflow.path)),
  ];
  const cause = reach.find((file) => isOurs(file) && touched.has(file.path)) ?? imported;
  if (cause === undefined) return undefined;

  const place = `bifrost://${scope}/${path}${line === null ? "" : `:${line}:${column ?? 1}`}`;
  const { endColumn: _, ...rest } = diagnostic;
  const how = cause === imported ? "imports this module" : "breaks by this change";
  return {
    ...rest,
    scope: scopeSlug(top.scope),
    path: cause.path,
    line: 1,
    column: 1,
    message: `${place} ${how}: ${diagnostic.message}`,
    ...(cause === imported && {
      remedy: `Give ${moduleUrl(cause.scope, cause.path)} what ${scope}'s ${path} needs of it, or name it otherwise`,
    }),
  };
}

function textOf({ code, scope, path, line, column, message }: Diagnostic): string {
  return JSON.stringify([code, scope, path, line, column, message]);
}
