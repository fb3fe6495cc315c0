// Where a finding is marked that lies in another layer or repository: in a file of the pull request's repository, at the
// import that leads there.
import type { CheckReport } from "../run/check-workflows.ts";
import { resolveModule } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { fileTitle, moduleUrl } from "../workspace/program.ts";
import { sameScope, scopeSlug } from "../workspace/scope.ts";
import type { Comparison } from "./compare.ts";
import type { Overlay } from "./overlay.ts";
import { type Step, wayTo } from "./way.ts";

export interface MarkedCheck {
  readonly checked: CheckReport;
  readonly merged: Overlay;
  readonly comparison: Comparison;
}

// A module that everything imports is reached by as many ways as there are workflows.
const entriesMax = 20;

/** The same finding at a file of the pull request's repository; `undefined` where none has to do with it. */
export function markOf(diagnostic: Diagnostic, { checked, merged, comparison }: MarkedCheck): Diagnostic | undefined {
  const { scope, path, line, column, specifier } = diagnostic;
  const { layers } = merged.source;
  const [top] = layers;
  const layer = layers.find((one) => scopeSlug(one.scope) === scope);
  if (path === null || top === undefined || layer === undefined) return undefined;
  const touched = new Set<string>([...merged.added, ...merged.changed]);
  const isOurs = (file: LayeredFile) => sameScope(file.scope, top.scope) && merged.ownPaths.has(file.path);
  const isTouched = (file: LayeredFile) => isOurs(file) && touched.has(file.path);

  const url = moduleUrl(layer.scope, path as WorkspacePath);
  const entries = entriesTo(diagnostic, checked, comparison);
  const steps = entries.flatMap((entry) => {
    // The last of our files on the way is the one that leaves for the other layer.
    const last = wayTo(comparison.linker, entry, { url })?.findLast(({ importer }) => isOurs(importer));
    return last === undefined ? [] : [last];
  });
  const resolution = specifier === undefined ? undefined : resolveModule(layers, specifier, path as WorkspacePath);
  const imported = resolution?.kind === "module" && isOurs(resolution.file) ? resolution.file : undefined;
  const place = `${path}${line === null ? "" : `:${line}:${column ?? 1}`} of ${scope}`;

  const touchedStep = steps.find(({ importer }) => isTouched(importer));
  if (touchedStep) return atImport(diagnostic, touchedStep, `This import leads to ${place}`);
  if (imported && isTouched(imported)) return atTop(diagnostic, imported, `${place} imports this module`);
  const [step] = steps;
  if (step) return atImport(diagnostic, step, `This import leads to ${place}`);
  const cause = imported ?? entries.flatMap((entry) => comparison.reachOf(entry.path)).find(isTouched);
  if (cause === undefined) return undefined;
  return atTop(diagnostic, cause, `${place} ${cause === imported ? "imports this module" : "breaks by this change"}`);
}

/** What was linked or run with this finding, workflows first. */
function entriesTo(diagnostic: Diagnostic, checked: CheckReport, comparison: Comparison): LayeredFile[] {
  const paths = failing.getOrInsertComputed(checked, workflowsByFinding).get(textOf(diagnostic)) ?? new Set();
  const workflows = comparison.workflows.filter(({ path }) => paths.has(path));
  return [...workflows, ...comparison.entriesWith(diagnostic)].slice(0, entriesMax);
}

const failing = new WeakMap<CheckReport, ReadonlyMap<string, ReadonlySet<string>>>();

/** For each finding the paths of the workflows that were linked or run with it. */
function workflowsByFinding({ workflows }: CheckReport): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { path, diagnostics } of workflows) {
    for (const found of diagnostics) paths.getOrInsertComputed(textOf(found), () => new Set()).add(path);
  }
  return paths;
}

function atImport(diagnostic: Diagnostic, { importer, place }: Step, where: string): Diagnostic {
  const { endColumn: _, ...rest } = diagnostic;
  const at = { scope: scopeSlug(importer.scope), path: importer.path, ...place() };
  return { ...rest, ...at, message: `${where}: ${diagnostic.message}` };
}

function atTop(diagnostic: Diagnostic, file: LayeredFile, where: string): Diagnostic {
  const { endColumn: _, ...rest } = diagnostic;
  const at = { scope: scopeSlug(file.scope), path: file.path, line: 1, column: 1 };
  const message = `${where}: ${diagnostic.message}`;
  if (diagnostic.specifier === undefined) return { ...rest, ...at, message };
  const remedy = `Give ${fileTitle(file)} what ${diagnostic.scope}'s ${diagnostic.path} needs of it, or name it otherwise`;
  return { ...rest, ...at, message, remedy };
}

/** What makes two findings the same for a reader. */
export function textOf({ code, scope, path, line, column, message }: Diagnostic): string {
  return JSON.stringify([code, scope, path, line, column, message]);
}
