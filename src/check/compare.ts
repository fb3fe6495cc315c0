// What the merge changes for workflows: every workflow that the scope sees is linked before and after it, and the graphs
// and findings are set side by side. A workflow of the layer below counts as much as one of the pull request's own, for
// an override reaches into it.
import { createLinker, type Linker, type LinkResult } from "../link/linker.ts";
import { createRecordCache } from "../link/record-cache.ts";
import { exampleOf, linkable, sameGraph, workflowsOf } from "../run/check-workflows.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { loadGraph } from "../run/load.ts";
import { visibleFiles } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import { isRunnableWorkflow } from "../workspace/file.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { moduleUrl } from "../workspace/program.ts";
import { sameScope } from "../workspace/scope.ts";
import type { CheckEdges } from "./edges.ts";
import type { Overlay } from "./overlay.ts";

export interface Comparison {
  /** Knows the merged layers. */
  readonly linker: Linker;
  /** The workflows to report on: those of the merged layer, and those of the layers below whose graph the merge changes. */
  readonly workflows: readonly LayeredFile[];
  /** Whether the merge changes what a run of this workflow would load or be given. */
  isAffected(workflow: LayeredFile): boolean;
  /** Whether the workflow fails to link before the merge, and for no other reasons than after it. */
  wasBroken(path: string): boolean;
  /** Whether the same was wrong at the same place of the same file before the merge. */
  wasWrong(diagnostic: Diagnostic): boolean;
  /** Every file that a run of this workflow may load after the merge. */
  reachOf(path: string): readonly LayeredFile[];
  /** What the linked files whose graphs hold this finding may load after the merge. */
  reachAround(diagnostic: Diagnostic): readonly LayeredFile[];
}

interface Linked {
  readonly linker: Linker;
  readonly entries: ReadonlyMap<string, LinkedEntry>;
  readonly errors: ReadonlySet<string>;
}

interface LinkedEntry {
  readonly entry: LayeredFile;
  readonly link: LinkResult;
  readonly reach: readonly LayeredFile[];
  /** A run may load what nobody can tell beforehand. */
  readonly isOpen: boolean;
}

/** Links both sides. Sources that both hold are parsed once. */
export async function compare(
  { records = createRecordCache() }: Pick<CheckEdges, "records">,
  merged: Overlay,
): Promise<Comparison> {
  const { before, source } = merged;
  const [earlier, later] = [await linkVisible(before, records), await linkVisible(source, records)];
  const [own] = source.layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");

  const isChanged = merged.added.length + merged.changed.length + merged.removed.length > 0;
  const isAffected = (workflow: LayeredFile): boolean => {
    const one = earlier.entries.get(workflow.path);
    const other = later.entries.get(workflow.path);
    if (!one?.link.program || !other?.link.program || !sameGraph(one.reach, other.reach)) return true;
    if (other.isOpen && isChanged) return true;
    return exampleOf(before.layers, one.entry)?.hash !== exampleOf(source.layers, other.entry)?.hash;
  };
  const wasBroken = (path: string): boolean => {
    const one = earlier.entries.get(path)?.link;
    const other = later.entries.get(path)?.link;
    if (!one || !other || one.program || other.program) return false;
    const known = errorKeys(one.diagnostics);
    return [...errorKeys(other.diagnostics)].every((key) => known.has(key));
  };
  const inherited = [...later.entries.values()]
    .map(({ entry }) => entry)
    .filter((entry) => !sameScope(entry.scope, own.scope) && isAffected(entry) && !wasBroken(entry.path));

  return {
    linker: later.linker,
    workflows: [...workflowsOf(own), ...inherited],
    isAffected,
    wasBroken,
    wasWrong: (diagnostic) => earlier.errors.has(keyOf(diagnostic)),
    reachOf: (path) => later.entries.get(path)?.reach ?? [],
    reachAround: (diagnostic) => {
      const key = keyOf(diagnostic);
      return [...later.entries.values()]
        .filter(({ link }) => link.diagnostics.some((found) => keyOf(found) === key))
        .flatMap(({ reach }) => reach);
    },
  };
}

/** Links everything of the highest layer, and the workflows below it that it lets through. */
async function linkVisible(source: LayerSource, records: NonNullable<CheckEdges["records"]>): Promise<Linked> {
  const [own] = source.layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");
  const below = visibleFiles(source.layers).filter(
    ({ scope, path }) => !sameScope(scope, own.scope) && isRunnableWorkflow(path),
  );
  const files = [...linkable(own), ...below];
  const linker = createLinker(source.layers, records);
  await loadGraph(linker, source, files);
  const entries = new Map<string, LinkedEntry>();
  const errors = new Set<string>();
  for (const entry of files) {
    const link = linker.link(entry);
    for (const key of errorKeys(link.diagnostics)) errors.add(key);
    entries.set(entry.path, { entry, link, ...(await reachFrom(linker, source, link)) });
  }
  return { linker, entries, errors };
}

/** The files of a graph and of those that its `import()`s name, and theirs. */
async function reachFrom(
  linker: Linker,
  source: LayerSource,
  link: LinkResult,
): Promise<Pick<LinkedEntry, "reach" | "isOpen">> {
  let isOpen = link.hasComputedImport;
  const reach = new Map(link.files.map((file) => [urlOf(file), file]));
  const open = [...link.dynamicImports];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reach.has(urlOf(next.file))) continue;
    await loadGraph(linker, source, [next.file]);
    const { files, dynamicImports, hasComputedImport } = linker.link(next.file);
    isOpen ||= hasComputedImport;
    for (const file of files) reach.set(urlOf(file), file);
    open.push(...dynamicImports);
  }
  return { reach: [...reach.values()], isOpen };
}

function urlOf({ scope, path }: LayeredFile): string {
  return moduleUrl(scope, path);
}

function errorKeys(diagnostics: readonly Diagnostic[]): Set<string> {
  return new Set(diagnostics.filter((diagnostic) => hasErrors([diagnostic])).map(keyOf));
}

function keyOf({ code, scope, path, line, column, message }: Diagnostic): string {
  return JSON.stringify([code, scope, path, line, column, message]);
}
