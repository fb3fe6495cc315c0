// What a change of global does to every organisation. Organisations are looked at one by one, each for as long as it takes
// and no longer, so that a thousand of them need no more memory than a few; what global alone decides is worked out once.
import { contentHash } from "../digest.ts";
import { Fault } from "../errors.ts";
import type { Linker } from "../link/linker.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { mapAtOnce } from "../run/map-at-once.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { ScopeReader } from "../store/store.ts";
import { type AffectedOrganization, type BlastEffect, type BlastRadius, sortAffected } from "../workspace/blast.ts";
import { type GrantedScope, grantBlastRadius } from "../workspace/grant.ts";
import { createLayer, type Layer, type LayeredFile } from "../workspace/layer.ts";
import { type Organization, scopeKey, scopeOf } from "../workspace/scope.ts";
import { judge, judgeLinks } from "./judge.ts";
import { createNoticing, type Noticing } from "./noticing.ts";
import { type GlobalChange, globalMoment, type OwnLayer, viewOf } from "./organization-view.ts";
import { runAffected } from "./run-affected.ts";

export interface BlastEdges {
  readonly store: Pick<ScopeReader, "snapshot" | "contents">;
  /** Without one, nothing is run. */
  readonly sandbox?: Pick<Sandbox, "run" | "runsAtOnce">;
}

export interface BlastRequest {
  /** Global, with the right to change it. */
  readonly granted: GrantedScope;
  /** Global as it is and as it would be, with linkers that have linked all of it. */
  readonly before: { readonly source: LayerSource; readonly linker: Linker };
  readonly after: { readonly source: LayerSource; readonly linker: Linker };
  readonly organizations: readonly Organization[];
  /** Keys of scopes that are pinned to a revision of global. */
  readonly pinned: ReadonlySet<string>;
  /** Whether code may be run at all. */
  readonly mayRun: boolean;
  /** For how long runs are begun; the rest is linked only. Default: two minutes, of which each organisation has its part. */
  readonly runBudgetMs?: number;
  readonly signal?: AbortSignal;
}

// Reading one organisation from the store goes on while another one is linked.
const organizationsAtOnce = 4;
const defaultRunBudgetMs = 2 * 60_000;

export async function blastRadius(edges: BlastEdges, request: BlastRequest): Promise<BlastRadius> {
  const { before, after, organizations, pinned } = request;
  const change = {
    before: globalMoment(before.source, before.linker),
    after: globalMoment(after.source, after.linker),
  };
  const following = organizations.filter(({ id }) => !pinned.has(id));
  const noticing = createNoticing(change);
  const effectOf = createEffects(change, noticing);
  const linked = await mapAtOnce(following, organizationsAtOnce, (organization) =>
    onStillFiles(request, async () => {
      const own = await ownLayer(edges, request, organization);
      const effect = await effectOf(own);
      return effect && { organization, affected: affectedOf(organization, own, effect) };
    }),
  );
  const affected = linked.filter((one) => one !== undefined);
  const { store, sandbox } = edges;
  const judged =
    request.mayRun && sandbox ? await runAll({ store, sandbox }, request, { change, noticing }, affected) : affected;
  return {
    organizations: organizations.length,
    pinned: organizations.length - following.length,
    affected: sortAffected(judged.map((one) => one.affected)),
  };
}

interface Judged {
  readonly organization: Organization;
  readonly affected: AffectedOrganization;
}

/** Gives what linking tells of a layer: worked out once for all organisations that have the same files. */
function createEffects(change: GlobalChange, noticing: Noticing): (own: OwnLayer) => Promise<BlastEffect | undefined> {
  const effects = new Map<string, Promise<BlastEffect | undefined>>();
  return (own) => {
    const key = filesKey(own.layer);
    const known = effects.get(key);
    if (known) return known;
    const effect = linkEffect(change, noticing, own);
    effects.set(key, effect);
    effect.catch(() => effects.delete(key));
    return effect;
  };
}

/** Nothing where the change reaches none of its workflows. */
async function linkEffect(change: GlobalChange, noticing: Noticing, own: OwnLayer): Promise<BlastEffect | undefined> {
  const names = await noticing(own);
  if (names.size === 0) return undefined;
  const view = await viewOf(change, own, names);
  return view.affected.length === 0 ? undefined : judgeLinks(change, view);
}

/** The same for layers of the same files with the same contents. */
function filesKey({ files }: Layer): string {
  const lines = Array.from(files, ([path, hash]) => `${path} ${hash}`).sort();
  return contentHash(Buffer.from(lines.join("\n")));
}

function affectedOf({ id, slug }: Organization, { revision }: OwnLayer, effect: BlastEffect): AffectedOrganization {
  return { id, slug, revision, effect };
}

/**
 * Runs what links, organisation by organisation. Each may use the same part of what time is left, so that one whose
 * workflows are slow takes nothing away from those after it.
 */
async function runAll(
  edges: Required<BlastEdges>,
  request: BlastRequest,
  { change, noticing }: { readonly change: GlobalChange; readonly noticing: Noticing },
  affected: readonly Judged[],
): Promise<Judged[]> {
  const fairnessKey = scopeKey(request.granted.scope);
  const atOnce = edges.sandbox.runsAtOnce(fairnessKey);
  const endsAt = performance.now() + (request.runBudgetMs ?? defaultRunBudgetMs);
  let waiting = affected.length;
  return mapAtOnce(affected, atOnce, async (judged) => {
    const now = performance.now();
    const partEndsAt = now + ((endsAt - now) * Math.min(atOnce, waiting)) / waiting;
    waiting -= 1;
    if (now >= endsAt) return judged;
    const { organization } = judged;
    return onStillFiles(request, async () => {
      const own = await ownLayer(edges, request, organization);
      const view = await viewOf(change, own, await noticing(own));
      const { id, slug } = organization;
      const verdicts = await runAffected(edges, view, {
        organization: { id, slug },
        fairnessKey,
        mayGoOn: () => performance.now() < partEndsAt,
        ...(request.signal && { signal: request.signal }),
      });
      return { organization, affected: affectedOf(organization, own, await judge(change, view, verdicts)) };
    });
  });
}

/** Takes the layer of one organisation, and a way to read its files. */
async function ownLayer(
  { store }: BlastEdges,
  { granted, signal }: BlastRequest,
  organization: Organization,
): Promise<OwnLayer> {
  if (signal?.aborted) throw new Fault("interrupted", "The check was interrupted");
  const scope = scopeOf(organization);
  const readable = grantBlastRadius(granted, scope);
  if (readable === undefined) throw new TypeError("A blast radius is global's, for whoever may change it");
  const { files, revision } = await store.snapshot(readable);
  const kept = new Map<string, string>();
  const read = async (wanted: readonly LayeredFile[]) => {
    const unread = wanted.filter(({ hash }) => !kept.has(hash));
    const paths = unread.map(({ path }) => path);
    const found = await store.contents(readable, paths);
    for (const { path, hash } of unread) {
      const content = found.get(path);
      if (content?.hash !== hash) throw new Fault("snapshot-moved", "A file changed while it was being read");
      kept.set(hash, content.content);
    }
    return new Map(wanted.map((file) => [file, kept.get(file.hash) ?? ""]));
  };
  return { layer: createLayer(scope, files), revision, read };
}

// A push takes far less time than it takes to look at one organisation.
const momentsMax = 5;

/** Looks anew at an organisation that was pushed to meanwhile. What moved of global is the caller's to begin anew. */
async function onStillFiles<T>({ signal }: BlastRequest, work: () => Promise<T>): Promise<T> {
  for (let moment = 1; ; moment += 1) {
    try {
      return await work();
    } catch (error) {
      const moved = error instanceof Fault && error.code === "snapshot-moved";
      if (!moved || moment === momentsMax || signal?.aborted) throw error;
    }
  }
}
