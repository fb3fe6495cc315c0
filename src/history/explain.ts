// Why an import leads where it does: which layer wins, what it hides, and since when, by which commit and whom. Now, or at
// a moment of the past, with both layers as they were then.
import { pathsOfName, type Resolution, resolveModule, triedPaths } from "../workspace/cascade.ts";
import type { TriedPath } from "../workspace/diagnostic.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import {
  type FileVersion,
  heldSince,
  isLiveAt,
  type Moment,
  type Revision,
  successionOf,
} from "../workspace/revision.ts";
import { sameScope } from "../workspace/scope.ts";
import type { HistoryEdges } from "./edges.ts";
import { revisionOf } from "./moment.ts";

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
  const { granted, specifier, from, moment } = request;
  if (moment?.kind === "revision") await revisionOf(edges, granted, moment);
  const { pin, layers: found } = await edges.store.layersAt(granted, moment);
  const taken = found.map((each) => ({ ...each, layer: createLayer(each.granted.scope, each.files) }));
  const layers = taken.map(({ layer }) => layer);
  const resolution = resolveModule(layers, specifier, from);
  const explained = async (file: LayeredFile | undefined): Promise<ExplainedFile | undefined> => {
    const place = taken.find(({ layer }) => file && sameScope(layer.scope, file.scope));
    return file && place && storyOf(edges, place.granted, file, place.revision, moment !== undefined);
  };
  const { file, overrides } = resolution.kind === "module" ? resolution : {};
  return {
    resolution,
    tried: triedPaths(layers, specifier, from),
    layers,
    pin,
    revisions: taken.map(({ layer, revision: number, made: revision }) => ({ layer, number, revision })),
    winner: await explained(file),
    hidden: await explained(overrides),
  };
}

async function storyOf(
  { store }: HistoryEdges,
  granted: GrantedScope,
  file: LayeredFile,
  number: number,
  isPast: boolean,
): Promise<ExplainedFile | undefined> {
  const paths = pathsOfName(file.path);
  const versions = await store.versions(granted, paths);
  const upTo = (succession: readonly FileVersion[]) => succession.filter(({ made }) => made.number <= number);
  const version = successionOf([file.path], versions).find((candidate) => isLiveAt(candidate, number));
  const held = heldSince(upTo(successionOf(paths, versions)));
  // What ended since the layers were read had not ended now.
  return version && held && { file, written: version.made, held, ended: isPast ? version.ended : null };
}
