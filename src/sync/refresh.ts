// Brings the cache of a scope to what the store holds. State against state: it asks both where they are, so a crash, a
// lost update or an emptied cache is mended by doing the same again.
import type { ModuleCache } from "../cache/cache.ts";
import { Fault } from "../errors.ts";
import type { ContentsAtHand, ScopeReader } from "../store/store.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";

// Each lost race means that somebody else published, so more than a few in a row means something is wrong.
const attemptsMax = 8;

/**
 * Publishes every change of a scope that the cache has not seen yet. Doing it twice, or at the same time, is harmless.
 * `atHand` spares reading again what a sync has just written.
 */
export async function refreshScope(
  { store, cache }: { readonly store: Pick<ScopeReader, "changesSince" | "contents">; readonly cache: ModuleCache },
  granted: GrantedScope,
  atHand?: ContentsAtHand,
): Promise<void> {
  // Modules that a lost race may have left at an older content than its winner's.
  const touched = new Set<WorkspacePath>();
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const from = await cache.revision(granted);
    const { revision, upserts, deletes } = await store.changesSince(granted, from, atHand);
    if (from !== undefined && from > revision) {
      throw new Fault(
        "cache-ahead",
        `The cache holds revision ${from} of "${scopeSlug(granted.scope)}", the database ${revision}`,
      );
    }
    const isCurrent = from === revision || (from === undefined && revision === 0);
    if (isCurrent || (await cache.publish(granted, { from, to: revision, upserts, deletes }))) {
      for (const { path } of upserts) touched.delete(path);
      const rewritten = await store.contents(granted, [...touched]);
      await cache.heal(
        granted,
        [...rewritten].map(([path, file]) => ({ path, ...file })),
      );
      return;
    }
    for (const { path } of upserts) touched.add(path);
  }
  throw new Fault("snapshot-moved", `Cannot refresh the cache of "${scopeSlug(granted.scope)}" as it keeps changing`);
}
