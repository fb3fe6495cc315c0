// Brings the cache of a scope to what the store holds. State against state: it asks both where they are, so a crash, a
// lost update or an emptied cache is mended by doing the same again.
import type { ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { ContentsAtHand, Registry, ScopeReader } from "../store/store.ts";
import { type GrantedScope, grantPinned, grantRun } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { globalScope, scopeSlug } from "../workspace/scope.ts";

// Each lost race means that somebody else published, so more than a few in a row means something is wrong.
const attemptsMax = 8;

export interface RefreshEdges {
  readonly store: Pick<ScopeReader, "changesSince" | "contents"> & Pick<Registry, "pinnedRevisions">;
  readonly cache: ModuleCache;
}

/**
 * Publishes every change of a scope that the cache has not seen yet, with the global layer that it is pinned to before
 * the pin. Doing it twice, or at the same time, is harmless. `atHand` spares reading again what a sync has just written.
 */
export async function refreshScope(edges: RefreshEdges, granted: GrantedScope, atHand?: ContentsAtHand): Promise<void> {
  const { store, cache } = edges;
  // Modules that a lost race may have left at an older content than its winner's.
  const touched = new Set<WorkspacePath>();
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const [known, pinBefore] = await Promise.all([cache.revision(granted), cache.pin(granted)]);
    const { from, revision, pin, upserts, deletes } = await store.changesSince(granted, known, atHand);
    if (known !== undefined && known > revision) {
      throw new Fault(
        "cache-ahead",
        `The cache holds revision ${known} of "${scopeSlug(granted.scope)}", the database ${revision}`,
      );
    }
    if (pin !== null) await publishPinned(edges, grantPinned(pin));
    // A pin that was lost alone is put back by a step that changes nothing else.
    const isCurrent = known === undefined ? revision === 0 : known === revision && pinBefore === pin;
    if (isCurrent || (await cache.publish(granted, { from, to: revision, upserts, deletes, pin }))) {
      for (const { path } of upserts) touched.delete(path);
      const rewritten = await store.contents(granted, [...touched]);
      await cache.heal(
        granted,
        [...rewritten].map(([path, file]) => ({ path, ...file })),
      );
      if (pinBefore !== null && pinBefore !== undefined && pinBefore !== pin) await forgetPinned(edges, pinBefore);
      return;
    }
    for (const { path } of upserts) touched.add(path);
  }
  throw keepsChanging(granted);
}

/** Makes sure that the layer which somebody is about to be pinned to is there: whoever reads the pin finds it. */
async function publishPinned({ store, cache }: RefreshEdges, layer: GrantedScope): Promise<void> {
  let isThere = await cache.claim(layer);
  for (let attempt = 0; !isThere; attempt += 1) {
    if (attempt === attemptsMax) throw keepsChanging(layer);
    const { from, revision, upserts, deletes } = await store.changesSince(layer, undefined);
    isThere = (await cache.publish(layer, { from, to: revision, upserts, deletes })) || (await cache.claim(layer));
  }
}

/** Removes the layer of a pin that ended, unless another organisation is pinned to it. */
async function forgetPinned({ store, cache }: RefreshEdges, pin: number): Promise<void> {
  await cache.forget(grantPinned(pin), async () => (await store.pinnedRevisions()).has(pin));
}

/** Removes the layers that nobody is pinned to: what a process that died left behind. */
export async function forgetUnpinned(edges: RefreshEdges): Promise<void> {
  const pinned = await edges.store.pinnedRevisions();
  for (const revision of await edges.cache.pinnedLayers(grantRun(globalScope))) {
    if (!pinned.has(revision)) await forgetPinned(edges, revision);
  }
}

function keepsChanging({ scope }: GrantedScope): Fault {
  return new Fault("snapshot-moved", `Cannot refresh the cache of "${scopeSlug(scope)}" as it keeps changing`);
}
