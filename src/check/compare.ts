// What the merge changes for workflows: every workflow that the scope sees is linked before and after it, and the graphs
// and findings are set side by side. A workflow of the layer below counts as much as one of the pull request's own, for
// an override reaches into it.
import { createLinker, type Linker } from "../link/linker.ts";
import { createRecordCache } from "../link/record-cache.ts";
import { linkable, workflowsOf } from "../run/check-workflows.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { diagnosticKey, errorKeys, isBrokenAlike, type LinkedEntry, linkEntries, mayDiffer } from "../run/reach.ts";
import { visibleFiles } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { isRunnableWorkflow } from "../workspace/file.ts";
import { changedPaths, type LayeredFile } from "../workspace/layer.ts";
import { sameScope } from "../workspace/scope.ts";
import type { CheckEdges } from "./edges.ts";
import type { Overlay } from "./overlay.ts";

export interface Comparison {
  /** Knows the merged layers. */
  readonly linker: Linker;
  /** Knows the layers as they are stored now. */
  readonly earlier: Linker;
  /**
   * The workflows to report on: those of the merged layer, and those of the layers below whose graph the merge changes.
   * Those that the merge itself changes come first, then those by how much of what they load it changes.
   */
  readonly workflows: readonly LayeredFile[];
  /** The workflow of this path as it is before the merge, where it links. */
  before(path: string): LayeredFile | undefined;
  /** Whether the merge changes what a run of this workflow would load or be given. */
  isAffected(workflow: LayeredFile): boolean;
  /** Whether the workflow fails before the merge: to link, for no other reasons than after it, or when it is run. */
  wasBroken(path: string): boolean;
  /** Whether the same was wrong at the same place of the same file before the merge. */
  wasWrong(diagnostic: Diagnostic): boolean;
  /** Every file that a run of this workflow may load after the merge. */
  reachOf(path: string): readonly LayeredFile[];
  /** Every file that anything linked may load, before the merge or after it. */
  readonly reached: readonly LayeredFile[];
  /** The linked files whose graphs hold this finding after the merge. */
  entriesWith(diagnostic: Diagnostic): readonly LayeredFile[];
}

/** Links both sides. Sources that both hold are parsed once, and what the merge does not touch is linked once. */
export async function compare(
  { records = createRecordCache() }: Pick<CheckEdges, "records">,
  merged: Overlay,
): Promise<Comparison> {
  const { before, source } = merged;
  const [own] = source.layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");
  // In every layer: a pull request that changes the organisation's pin changes the one below.
  const changed = new Set(
    source.layers.flatMap((layer, index) => [...changedPaths(before.layers[index]?.files ?? new Map(), layer.files)]),
  );

  const earlierLinker = createLinker(before.layers, records);
  const earlier = await linkEntries(earlierLinker, before, toLink(before));
  const linker = earlierLinker.derive(source.layers, changed);
  const later = await linkEntries(linker, source, toLink(source));
  const wrongBefore = errorsOf(earlier.values());

  let entriesByFinding: ReadonlyMap<string, readonly LayeredFile[]> | undefined;

  const isAffected = ({ path }: LayeredFile): boolean =>
    mayDiffer({ source: before, linked: earlier.get(path) }, { source, linked: later.get(path) }, changed.size > 0);
  const wasBroken = (path: string): boolean => isBrokenAlike(earlier.get(path)?.link, later.get(path)?.link);
  const inherited = Array.from(later.values(), ({ entry }) => entry).filter(
    (entry) => !sameScope(entry.scope, own.scope) && isAffected(entry) && !wasBroken(entry.path),
  );
  const weightOf = (workflow: LayeredFile): number => {
    const isChanged = ({ scope, path }: LayeredFile) => sameScope(scope, own.scope) && changed.has(path);
    if (isChanged(workflow)) return Number.POSITIVE_INFINITY;
    return (later.get(workflow.path)?.reach ?? []).filter(isChanged).length;
  };

  return {
    linker,
    earlier: earlierLinker,
    workflows: heaviestFirst([...workflowsOf(own), ...inherited], weightOf),
    before: (path) => {
      const known = earlier.get(path);
      return known?.link.program === undefined ? undefined : known.entry;
    },
    isAffected,
    wasBroken,
    wasWrong: (diagnostic) => wrongBefore.has(diagnosticKey(diagnostic)),
    reachOf: (path) => later.get(path)?.reach ?? [],
    get reached() {
      const files = new Set<LayeredFile>();
      for (const entries of [earlier, later]) {
        for (const { reach } of entries.values()) for (const file of reach) files.add(file);
      }
      return [...files];
    },
    entriesWith: (diagnostic) => {
      entriesByFinding ??= indexOf(later.values());
      return entriesByFinding.get(diagnosticKey(diagnostic)) ?? [];
    },
  };
}

/** Everything of the highest layer, and the workflows below it that it lets through. */
export function toLink({ layers }: LayerSource): LayeredFile[] {
  const [own] = layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");
  const below = visibleFiles(layers).filter(
    ({ scope, path }) => !sameScope(scope, own.scope) && isRunnableWorkflow(path),
  );
  return [...linkable(own), ...below];
}

function errorsOf(entries: Iterable<LinkedEntry>): Set<string> {
  const diagnostics = new Set<Diagnostic>();
  for (const { link } of entries) for (const diagnostic of link.diagnostics) diagnostics.add(diagnostic);
  return errorKeys([...diagnostics]);
}

/** For each finding, by its key, the entries whose graphs hold it. */
function indexOf(entries: Iterable<LinkedEntry>): ReadonlyMap<string, readonly LayeredFile[]> {
  const found = new Map<string, LayeredFile[]>();
  for (const { entry, link } of entries) {
    for (const key of new Set(link.diagnostics.map(diagnosticKey)))
      found.getOrInsertComputed(key, () => []).push(entry);
  }
  return found;
}

function heaviestFirst(files: readonly LayeredFile[], weightOf: (file: LayeredFile) => number): LayeredFile[] {
  return files
    .map((file) => ({ file, weight: weightOf(file) }))
    .toSorted((one, other) => (one.weight === other.weight ? 0 : other.weight - one.weight))
    .map(({ file }) => file);
}
