// Why an import leads where it does: which layer wins, what it hides, and since when, by which commit and whom. Now, or at
// a moment of the past, with both layers as they were then.
import { pathsOfName, type Resolution, resolveModule, triedPaths } from "../workspace/cascade.ts";
import type { TriedPath } from "../workspace/diagnostic.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type FileVersion, heldSince, isLiveAt, type Revision, successionOf } from "../workspace/revision.ts";
import { sameScope } from "../workspace/scope.ts";
import type { HistoryEdges } from "./edges.ts";
import { type Moment, revisionOf } from "./moment.ts";

export interface ExplainRequest {
  /** The scope whose import it is; its own layer is looked at first. */
  readonly granted: GrantedScope;
  readonly specifier: string;
  /** The file that the import stands in. */
  readonly from?: WorkspacePath | undefined;
  /** Default: now. */
  readonly moment?: Moment | undefined;
}

/** A file with its story in its own layer, up to the moment that was asked for. */
export interface ExplainedFile {
  readonly file: LayeredFile;
  /** The revision that wrote what it holds. */
  readonly written: Revision;
  /** The revision since which the layer holds the name, whatever it held under it. */
  readonly held: Revision;
  /** The revision that ended it, after the moment that was asked for; null while it is as it was. */
  readonly ended: Revision | null;
}

export interface Explanation {
  readonly resolution: Resolution;
  readonly tried: readonly TriedPath[];
  readonly layers: readonly Layer[];
  /** The pin of that moment; null: the scope followed global. */
  readonly pin: Revision["pin"];
  /** The number of the revision that each layer was at, highest layer first, and when it was made; null before the first. */
  readonly revisions: readonly { readonly layer: Layer; readonly number: number; readonly revision: Revision | null }[];
  /** What the import leads to, where that is a module. */
  readonly winner: ExplainedFile | undefined;
  /** What the winner hides. */
  readonly hidden: ExplainedFile | undefined;
}

/** Explains an import. Throws `Fault` `unknown-revision` for a moment that never was. */
export async function explain(edges: HistoryEdges, request: ExplainRequest): Promise<Explanation> {
  const { specifier, from } = request;
  const { pin, taken } = await takeLayers(edges, request);
  const layers = taken.map(({ layer }) => layer);
  const resolution = resolveModule(layers, specifier, from);
  const explained = async (file: LayeredFile | undefined): Promise<ExplainedFile | undefined> => {
    const place = taken.find(({ layer }) => file && sameScope(layer.scope, file.scope));
    return file && place && storyOf(edges, place.granted, file, place.number);
  };
  const { file, overrides } = resolution.kind === "module" ? resolution : {};
  return {
    resolution,
    tried: triedPaths(layers, specifier, from),
    layers,
    pin,
    revisions: await Promise.all(
      taken.map(async ({ granted, layer, number }) => ({
        layer,
        number,
        revision: (await edges.store.revision(granted, number)) ?? null,
      })),
    ),
    winner: await explained(file),
    hidden: await explained(overrides),
  };
}

interface TakenLayer {
  readonly granted: GrantedScope;
  readonly layer: Layer;
  readonly number: number;
}

/**
 * The layers at a moment. A revision is one of the scope that was asked about; the layer below is that of the pin which
 * went with it, or of the time at which it was made.
 */
async function takeLayers(
  edges: HistoryEdges,
  { granted, moment }: ExplainRequest,
): Promise<{ readonly pin: Revision["pin"]; readonly taken: readonly TakenLayer[] }> {
  const own = moment && (await revisionOf(edges, granted, moment));
  const step = own === undefined ? undefined : await edges.store.revision(granted, own);
  const time = moment?.kind === "time" ? moment.at : step?.createdAt;
  const pin = own === undefined ? await edges.store.pinOf(granted) : (step?.pin ?? null);
  const taken: TakenLayer[] = [];
  for (const [index, layer] of readableLayers(granted, pin?.revision ?? null).entries()) {
    let number = index === 0 ? own : layer.at;
    if (number === undefined && moment !== undefined) number = time ? await edges.store.revisionAt(layer, time) : 0;
    const snapshot = await edges.store.snapshot(layer, number);
    taken.push({ granted: layer, layer: createLayer(snapshot.scope, snapshot.files), number: snapshot.revision });
  }
  return { pin, taken };
}

async function storyOf(
  { store }: HistoryEdges,
  granted: GrantedScope,
  file: LayeredFile,
  number: number,
): Promise<ExplainedFile | undefined> {
  const paths = pathsOfName(file.path);
  const versions = await store.versions(granted, paths);
  const upTo = (succession: readonly FileVersion[]) => succession.filter(({ made }) => made.number <= number);
  const version = successionOf([file.path], versions).find((candidate) => isLiveAt(candidate, number));
  const held = heldSince(upTo(successionOf(paths, versions)));
  return version && held && { file, written: version.made, held, ended: version.ended };
}
