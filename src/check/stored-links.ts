// What of a scope does not link at one of its revisions, and since when: for pushes that no pull request was checked for. Nothing
// is run, and nothing is kept from being stored.
import { Fault } from "../errors.ts";
import { createLinker, type Linker } from "../link/linker.ts";
import { createRecordCache, type RecordCache } from "../link/record-cache.ts";
import { createBreath } from "../run/breath.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { loadGraph } from "../run/load.ts";
import { diagnosticKey, errorKeys, isBrokenAlike } from "../run/reach.ts";
import { takeRevision } from "../run/stored-source.ts";
import type { BlastRadius } from "../workspace/blast.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../workspace/diagnostic.ts";
import { isRunnableWorkflow } from "../workspace/file.ts";
import type { OperatorScope, WritableScope } from "../workspace/grant.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { toLink } from "./compare.ts";
import type { CheckEdges } from "./edges.ts";
import { radiusOf, type ToldRadius, tellStoredRadius } from "./radius.ts";

export interface StoredLinks {
  /** Errors that came since the earlier revision. */
  readonly broken: readonly Diagnostic[];
  /** Workflows that linked before it, or were not there, and do not link at it. */
  readonly brokenWorkflows: number;
  /** Errors that were there before it. */
  readonly known: readonly Diagnostic[];
  /** What a revision of global did to organisations; nothing where it changes nothing for any. */
  readonly radius: ToldRadius | undefined;
}

export interface StoredLinksRequest {
  readonly granted: WritableScope;
  readonly revision: number;
  /** The earlier revision that it is compared with. */
  readonly since: number;
  readonly signal?: AbortSignal;
}

type StoredLinksEdges = Pick<CheckEdges, "store" | "records">;

/** Links everything that the scope holds or sees, and what fails once more as it was at the earlier revision. */
export async function storedLinks(edges: StoredLinksEdges, request: StoredLinksRequest): Promise<StoredLinks> {
  const { store, records = createRecordCache() } = edges;
  const { granted, revision, since, signal } = request;
  const { before, after, changed } = await takeRevision({ store }, granted, revision, since);
  const linker = createLinker(after.layers, records);
  const failing = await linkAll(linker, after, toLink(after), signal);
  const earlierLinker = createLinker(before.layers, records);
  const hasRadius = granted.scope.kind === "global" && changed.size > 0;
  const paths = new Set(failing.map(({ path }) => path));
  const suspects = toLink(before).filter(({ path }) => hasRadius || paths.has(path));
  const failedBefore = new Map(
    (await linkAll(earlierLinker, before, suspects, signal)).map((entry) => [entry.path, entry]),
  );

  const errorsOf = (from: Linker, entries: Iterable<LayeredFile>) =>
    sortDiagnostics(
      uniqueDiagnostics(Array.from(entries).flatMap((entry) => from.link(entry).diagnostics)).filter((diagnostic) =>
        hasErrors([diagnostic]),
      ),
    );
  const wrongBefore = errorKeys(errorsOf(earlierLinker, failedBefore.values()));
  const errors = errorsOf(linker, failing);
  const isBrokenByIt = (entry: LayeredFile) => {
    const earlier = failedBefore.get(entry.path);
    return !isBrokenAlike(earlier && earlierLinker.link(earlier), linker.link(entry));
  };
  return {
    broken: errors.filter((diagnostic) => !wrongBefore.has(diagnosticKey(diagnostic))),
    brokenWorkflows: failing.filter((entry) => isRunnableWorkflow(entry.path) && isBrokenByIt(entry)).length,
    known: errors.filter((diagnostic) => wrongBefore.has(diagnosticKey(diagnostic))),
    radius: hasRadius
      ? await tellStoredRadius(edges, {
          granted,
          before: { source: before, linker: earlierLinker },
          after: { source: after, linker },
          ...(signal && { signal }),
        })
      : undefined,
  };
}

/**
 * What a revision of global does to the organisations as they are now, by linking alone: which of their workflows link over the
 * revision before it and do not over this one. Throws `Fault` `unknown-revision` or `revision-dropped`.
 */
export async function revisionRadius(
  { store, records = createRecordCache() }: RevisionRadiusEdges,
  granted: OperatorScope,
  number: number,
): Promise<BlastRadius> {
  const { before, after } = await takeRevision({ store }, granted, number);
  const moment = async (source: LayerSource) => {
    const linker = createLinker(source.layers, records);
    await linkAll(linker, source, toLink(source));
    return { source, linker };
  };
  return await radiusOf(
    { store },
    { granted, before: await moment(before), after: await moment(after), mayRun: false },
  );
}

export interface RevisionRadiusEdges {
  readonly store: Pick<CheckEdges["store"], "snapshot" | "contents" | "revisions" | "organizations" | "pins">;
  readonly records?: RecordCache;
}

/** Links entries, and gives those that fail. */
async function linkAll(
  linker: Linker,
  source: LayerSource,
  entries: readonly LayeredFile[],
  signal?: AbortSignal,
): Promise<readonly LayeredFile[]> {
  await loadGraph(linker, source, entries);
  const breath = createBreath();
  const failing: LayeredFile[] = [];
  for (const entry of entries) {
    await breath();
    if (signal?.aborted) throw new Fault("interrupted", "Linking was interrupted");
    if (linker.link(entry).program === undefined) failing.push(entry);
  }
  return failing;
}
