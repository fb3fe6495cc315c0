// One organisation over global as it is and over global as it would be: which of its workflows the change affects, and
// which of them do not link any more. What its layer does not touch of global is taken from linkers that know global.
import type { Linker } from "../link/linker.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { isBrokenAlike, type LinkedEntry, linkEntries, mayDiffer, sameGraph } from "../run/reach.ts";
import { visibleFiles } from "../workspace/cascade.ts";
import { isRunnableWorkflow } from "../workspace/file.ts";
import { createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import { moduleName } from "../workspace/path.ts";
import { sameScope } from "../workspace/scope.ts";

/** Global as it is or as it would be, with a linker that has linked every module and workflow of it. */
export interface GlobalMoment {
  readonly source: LayerSource;
  readonly linker: Linker;
  /** Its runnable workflows, as a layer. */
  readonly workflows: Layer;
}

export interface GlobalChange {
  readonly before: GlobalMoment;
  readonly after: GlobalMoment;
}

/** An affected workflow with both of its links; `before` is undefined where the change brings it. */
export interface AffectedWorkflow {
  readonly workflow: LayeredFile;
  readonly before: LinkedEntry | undefined;
  readonly after: LinkedEntry;
  /** Whether it fails to link either way, for the same reasons. */
  readonly isBrokenAlike: boolean;
}

export interface OrganizationView {
  readonly before: Side;
  readonly after: Side;
  /** In order of path. */
  readonly affected: readonly AffectedWorkflow[];
}

/** The organisation's layers at one moment of global. */
export interface Side {
  readonly source: LayerSource;
  readonly linker: Linker;
}

export function globalMoment(source: LayerSource, linker: Linker): GlobalMoment {
  const [global] = source.layers;
  if (global === undefined || global.scope.kind !== "global") throw new TypeError("Only global has a blast radius");
  const files = new Map([...global.files].filter(([path]) => isRunnableWorkflow(path)));
  return { source, linker, workflows: createLayer(global.scope, files) };
}

/** An organisation's own layer, and a way to read its files. */
export interface OwnLayer {
  readonly layer: Layer;
  readonly revision: number;
  readonly read: LayerSource["read"];
}

/** Links the workflows of these names, which must hold every one that the change affects. */
export async function viewOf(
  { before, after }: GlobalChange,
  own: OwnLayer,
  noticing: ReadonlySet<string>,
): Promise<OrganizationView> {
  const sides = { before: sideOf(before, own), after: sideOf(after, own) };
  const link = (side: Side, global: GlobalMoment) =>
    linkEntries(
      side.linker,
      side.source,
      visibleFiles([own.layer, global.workflows]).filter(
        ({ path }) => isRunnableWorkflow(path) && noticing.has(moduleName(path)),
      ),
    );
  const earlier = await link(sides.before, before);
  const later = await link(sides.after, after);
  const affected: AffectedWorkflow[] = [];
  for (const [path, entry] of later) {
    const known = earlier.get(path);
    if (!hasPart(own.layer, known) && !hasPart(own.layer, entry)) continue;
    const moments = [
      { source: sides.before.source, linked: known },
      { source: sides.after.source, linked: entry },
    ] as const;
    if (!mayDiffer(...moments, true)) continue;
    const isBroken = isBrokenAlike(known?.link, entry.link);
    if (isBroken && known !== undefined && sameGraph(known.reach, entry.reach)) continue;
    affected.push({ workflow: entry.entry, before: known, after: entry, isBrokenAlike: isBroken });
  }
  affected.sort((one, other) => (one.workflow.path < other.workflow.path ? -1 : 1));
  return { ...sides, affected };
}

function sideOf({ source: global, linker }: GlobalMoment, { layer, revision, read }: OwnLayer): Side {
  const layers = [layer, ...global.layers];
  const source: LayerSource = {
    layers,
    revision: { ...global.revision, [slugOf(layer)]: revision },
    async read(files) {
      const own = files.filter(({ scope }) => sameScope(scope, layer.scope));
      const others = files.filter(({ scope }) => !sameScope(scope, layer.scope));
      const contents = new Map(own.length === 0 ? [] : await read(own));
      if (others.length > 0) for (const [file, content] of await global.read(others)) contents.set(file, content);
      return contents;
    },
  };
  return { source, linker: linker.derive(layers, layer.files.keys(), { keepsWords: true }) };
}

/** Whether any file of the organisation is in a graph. */
function hasPart(own: Layer, linked: LinkedEntry | undefined): boolean {
  return linked?.reach.some(({ scope }) => sameScope(scope, own.scope)) === true;
}

function slugOf({ scope }: Layer): string {
  if (scope.kind === "global") throw new TypeError("Global is no organisation");
  return scope.slug;
}
