// Why an organisation's workflow breaks, told in words of global: which of its modules, which name, which line. Nothing
// that the organisation wrote gets into it, neither a path nor a message: what is told is looked up in global first.
import { diagnosticKey } from "../run/reach.ts";
import type { BlastCause } from "../workspace/blast.ts";
import { resolveModule } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { AffectedWorkflow, GlobalChange, GlobalMoment, OrganizationView } from "./organization-view.ts";

// Of the modules that a change touches in a graph, where nothing points at one of them.
const suspectsMax = 3;

/** Gives the causes of these errors of a workflow. There is at least one where there is an error. */
export async function causesOf(
  change: GlobalChange,
  view: OrganizationView,
  broken: AffectedWorkflow,
  diagnostics: readonly Diagnostic[],
): Promise<BlastCause[]> {
  const known = new Set(broken.before?.link.diagnostics.map(diagnosticKey));
  const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]) && !known.has(diagnosticKey(diagnostic)));
  const causes: BlastCause[] = [];
  for (const error of errors) {
    const told = (await atGlobal(change, error)) ?? (await atImported(change, view, error));
    causes.push(...(told ? [told] : await suspects(change, broken, error)));
  }
  return uniqueCauses(causes);
}

export function uniqueCauses(causes: readonly BlastCause[]): BlastCause[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}

/** An error in a module of global itself, or thrown there. */
async function atGlobal(change: GlobalChange, error: Diagnostic): Promise<BlastCause | undefined> {
  const place = error.scope === "global" ? error : frameIn(error);
  if (place === undefined || place.path === null) return undefined;
  const file = fileOf(change.after, place.path);
  if (file === undefined) return undefined;
  const source = await contentOf(change.after, file);
  // The words at that place are global's own.
  const name = place === error ? nameAt(source, error) : null;
  return { code: error.code, how: "here", path: file.path, line: place.line, name };
}

/** The innermost frame of a stack that is in global. */
function frameIn({ stack = [] }: Diagnostic): Pick<Diagnostic, "path" | "line"> | undefined {
  for (const frame of stack) {
    const found = /bifrost:\/\/global\/(.+):(\d+):\d+$/.exec(frame);
    if (found?.[1] !== undefined) return { path: found[1], line: Number(found[2]) };
  }
  return undefined;
}

/** An import in the organisation's code that leads to a module of global, or led there. */
async function atImported(
  change: GlobalChange,
  { before, after }: OrganizationView,
  error: Diagnostic,
): Promise<BlastCause | undefined> {
  const { specifier, path, code } = error;
  if (specifier === undefined || path === null) return undefined;
  const target = (side: typeof after): LayeredFile | undefined => {
    const resolution = resolveModule(side.source.layers, specifier, path as WorkspacePath);
    return resolution.kind === "module" && resolution.file.scope.kind === "global" ? resolution.file : undefined;
  };
  const [was, is] = [target(before), target(after)];
  const module = is ?? was;
  if (module === undefined) return undefined;
  const asked = nameAt(await sourceOf(after, error), error);
  // A name that global never exported is the organisation's own word.
  const isKnown = asked !== null && was !== undefined && change.before.linker.exportsOf(was).has(asked);
  const name = isKnown ? asked : null;
  return { code, how: "imported", path: module.path, line: is ? await changedLine(change, is.path, name) : null, name };
}

/** Modules in the workflow's graphs that the change touches. */
async function suspects(
  change: GlobalChange,
  { before, after }: AffectedWorkflow,
  { code }: Diagnostic,
): Promise<BlastCause[]> {
  const paths = new Set<WorkspacePath>();
  for (const { scope, path } of [...after.reach, ...(before?.reach ?? [])]) {
    if (scope.kind !== "global" || paths.size === suspectsMax) continue;
    if (fileOf(change.before, path)?.hash !== fileOf(change.after, path)?.hash) paths.add(path);
  }
  if (paths.size === 0) return [{ code, how: "loaded", path: null, line: null, name: null }];
  const causes: BlastCause[] = [];
  for (const path of paths)
    causes.push({ code, how: "loaded", path, line: await changedLine(change, path, null), name: null });
  return causes;
}

/** The first line that the change touches in a module, of those that named `name` if any did; null where it is gone. */
async function changedLine(change: GlobalChange, path: WorkspacePath, name: string | null): Promise<number | null> {
  const [was, is] = [fileOf(change.before, path), fileOf(change.after, path)];
  if (is === undefined) return null;
  if (was === undefined) return 1;
  const before = (await contentOf(change.before, was)).split("\n");
  const after = (await contentOf(change.after, is)).split("\n");
  let first = 0;
  while (first < after.length && before[first] === after[first]) first += 1;
  let end = 0;
  while (end < before.length - first && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const gone = name === null ? -1 : before.slice(first, before.length - end).findIndex((line) => holds(line, name));
  return Math.max(1, Math.min(first + 1 + Math.max(0, gone), after.length));
}

function holds(line: string, name: string): boolean {
  return line.split(/[^\p{ID_Continue}$]+/u).includes(name);
}

/** The name that is marked in a source, without quotes; null where what is marked is none. */
function nameAt(source: string, { line, column, endColumn, code }: Diagnostic): string | null {
  if (line === null || column === null || endColumn === undefined) return null;
  if (code !== "export-not-found" && code !== "ambiguous-export") return null;
  const text = (source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? "").slice(column - 1, endColumn - 1);
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) ? text : null;
}

async function sourceOf({ source }: OrganizationView["after"], { scope, path }: Diagnostic): Promise<string> {
  const layer = source.layers.find((one) => slugOf(one) === scope);
  const hash = path === null ? undefined : layer?.files.get(path as WorkspacePath);
  if (layer === undefined || hash === undefined) return "";
  const file = { scope: layer.scope, path: path as WorkspacePath, hash };
  return (await source.read([file])).get(file) ?? "";
}

function slugOf({ scope }: Layer): string {
  return scope.kind === "global" ? "global" : scope.slug;
}

function fileOf({ source }: GlobalMoment, path: string): LayeredFile | undefined {
  const [global] = source.layers;
  const hash = global?.files.get(path as WorkspacePath);
  return global === undefined || hash === undefined
    ? undefined
    : { scope: global.scope, path: path as WorkspacePath, hash };
}

async function contentOf({ source }: GlobalMoment, file: LayeredFile): Promise<string> {
  return (await source.read([file])).get(file) ?? "";
}
