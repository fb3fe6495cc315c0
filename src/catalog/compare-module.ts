// A file beside another state of it: global's beside the organisation's, or what a revision made of it.
import { diffFile, type FileDiff, type FileSide } from "../history/file-diff.ts";
import { pageEditsMax } from "../history/lines.ts";
import { pathsOfName } from "../workspace/cascade.ts";
import { type FileVersion, successionOf } from "../workspace/revision.ts";
import type { CatalogEdges } from "./edges.ts";
import type { FoundModule } from "./find-module.ts";
import { readTexts, type TextAt } from "./module-text.ts";

/** One side of a comparison, as its reader is told what it is. */
export interface ComparedSide extends FileSide {
  readonly layer: FoundModule["layer"];
  /** The revision of the layer at which the file was this. */
  readonly revision: number;
}

export interface Comparison {
  /** `layers`: global's before, the organisation's after. `change`: what the revision of `after` made of it. */
  readonly kind: "layers" | "change";
  readonly before: ComparedSide | undefined;
  readonly after: ComparedSide | undefined;
  readonly diff: FileDiff;
}

/**
 * Compares an override with what it hides, or a hidden file with what hides it; undefined where no other layer has the
 * name. A version of the past is compared with what its name held before. `context` counts the lines around a change.
 */
export async function compareModule(
  edges: CatalogEdges,
  found: FoundModule,
  options: { readonly change: boolean; readonly context?: number },
): Promise<Comparison | undefined> {
  return options.change ? changeOf(edges, found, options.context) : layersOf(edges, found, options.context);
}

async function layersOf(
  edges: CatalogEdges,
  found: FoundModule,
  context: number | undefined,
): Promise<Comparison | undefined> {
  const { counterpart, taken, version, path, layer, granted } = found;
  const other = layer === "own" ? taken.layers[1] : taken.layers[0];
  if (counterpart === undefined || other === undefined) return undefined;
  const ours: TextAt = { granted, path, hash: version.hash, revision: version.made.number };
  const theirs: TextAt = {
    granted: other.granted,
    path: counterpart.path,
    hash: counterpart.hash,
    revision: other.revision,
  };
  const sides = await readSides(edges, [
    { at: ours, layer },
    { at: theirs, layer: counterpart.layer },
  ]);
  const [before, after] = layer === "own" ? sides.toReversed() : sides;
  return { kind: "layers", before, after, diff: diffFile(before, after, { context, editsMax: pageEditsMax }) };
}

/** What a version became out of, under whichever extension the name went before. */
async function changeOf(
  edges: CatalogEdges,
  { granted, path, version, layer }: FoundModule,
  context: number | undefined,
): Promise<Comparison> {
  const paths = pathsOfName(path);
  const versions = await edges.store.versions(granted, paths);
  const previous = successionOf([path], versions).findLast(({ made }) => made.number < version.made.number);
  const renamedFrom = successionOf(paths, versions).findLast(({ ended }) => ended?.number === version.made.number);
  const last = previous?.ended?.number === version.made.number ? previous : renamedFrom;
  const textAt = ({ path: at, hash, made }: FileVersion): TextAt => ({
    granted,
    path: at,
    hash,
    revision: made.number,
  });
  const [after, before] = await readSides(
    edges,
    (last ? [version, last] : [version]).map((one) => ({ at: textAt(one), layer })),
  );
  return { kind: "change", before, after, diff: diffFile(before, after, { context, editsMax: pageEditsMax }) };
}

async function readSides(
  edges: CatalogEdges,
  wanted: readonly { readonly at: TextAt; readonly layer: FoundModule["layer"] }[],
): Promise<ComparedSide[]> {
  const texts = await readTexts(
    edges,
    wanted.map(({ at }) => at),
  );
  return wanted.map(({ at, layer }, index) => ({
    path: at.path,
    content: texts[index] ?? "",
    layer,
    revision: at.revision,
  }));
}
