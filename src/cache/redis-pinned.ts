// Layers that somebody is pinned to: claimed by whoever sets a pin, forgotten by whoever ends the last one. WATCH on the
// layer's revision lets a claim win over a forgetting that asked the store just before it.
import type { Redis } from "ioredis";
import { type Scope, scopeKey } from "../workspace/scope.ts";
import { batches } from "./batches.ts";
import { wholeRevision } from "./head.ts";
import { layerOfKey, pinnedRevisions, prefixPattern, type ScopeKeys } from "./keys.ts";
import type { RedisCommands } from "./redis-connection.ts";
import { drainRemovals } from "./redis-removals.ts";
import { readHead } from "./redis-scope.ts";
import { scanAll, sendWatched } from "./redis-spread.ts";

/** Gives whether the layer is there, and writes its revision once more, which ends every WATCH of it. */
export async function claimLayer(redis: Redis, keys: ScopeKeys): Promise<boolean> {
  await redis.watch(keys.revision, keys.index);
  const revision = wholeRevision(await readHead(redis, keys));
  if (revision === undefined) return false;
  return (await sendWatched(redis.multi().set(keys.revision, revision))) !== null;
}

/** Removes the layer at once, and then its modules, unless it is needed or was claimed since. */
export async function forgetLayer(
  own: Redis,
  redis: RedisCommands,
  keys: ScopeKeys,
  isNeeded: () => Promise<boolean>,
): Promise<void> {
  await own.watch(keys.revision, keys.index);
  const paths = await own.hkeys(keys.index);
  if (await isNeeded()) {
    await own.unwatch();
    return;
  }
  const multi = own.multi().del(keys.index, keys.revision);
  for (const batch of batches(paths)) multi.sadd(keys.removals, ...batch);
  if ((await sendWatched(multi)) !== null) await drainRemovals(own, redis, keys);
}

/** Looks through all keys for layers of a scope at a revision, whole or with modules that wait to be removed. */
export async function findPinnedLayers(redis: RedisCommands, scope: Scope): Promise<number[]> {
  const found = new Set<number>();
  for await (const keys of scanAll(redis, `bifrost:*:{${prefixPattern(`${scopeKey(scope)}@`)}}`)) {
    const layers = keys.flatMap((key) => layerOfKey(key) ?? []);
    for (const revision of pinnedRevisions(scope, layers)) found.add(revision);
  }
  return [...found];
}
