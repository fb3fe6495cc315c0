// Layers that somebody is pinned to: claimed by whoever sets a pin, forgotten by whoever ends the last one. WATCH on the
// layer's revision lets a claim win over a forgetting that asked the store just before it.
import type { Redis } from "ioredis";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { batches, batchItemsMax } from "./batches.ts";
import { wholeRevision } from "./head.ts";
import { moduleKey, pinnedRevisions, prefixPattern, type ScopeKeys, scopeKeys } from "./keys.ts";
import { readHead, sendWatched } from "./redis-scope.ts";

/** Gives whether the layer is there, and writes its revision once more, which ends every WATCH of it. */
export async function claimLayer(redis: Redis, keys: ScopeKeys): Promise<boolean> {
  await redis.watch(keys.revision, keys.index);
  const revision = wholeRevision(await readHead(redis, keys));
  if (revision === undefined) return false;
  return (await sendWatched(redis.multi().set(keys.revision, revision))) !== null;
}

/** Removes the layer in one MULTI, unless it is needed or was claimed since. */
export async function forgetLayer(redis: Redis, keys: ScopeKeys, isNeeded: () => Promise<boolean>): Promise<void> {
  await redis.watch(keys.revision, keys.index);
  const paths = (await redis.hkeys(keys.index)) as WorkspacePath[];
  if (await isNeeded()) {
    await redis.unwatch();
    return;
  }
  const multi = redis.multi().del(keys.index, keys.revision);
  for (const batch of batches(paths)) multi.unlink(...batch.map((path) => moduleKey(keys, path)));
  await sendWatched(multi);
}

/** Looks through all keys for layers of a scope at a revision. */
export async function findPinnedLayers(redis: Redis, scope: Scope): Promise<number[]> {
  const [start = "", end = ""] = scopeKeys({ scope }).revision.split("}");
  const found = new Set<number>();
  const scan = redis.scanStream({ match: `${prefixPattern(`${start}@`)}}${end}`, count: batchItemsMax });
  for await (const keys of scan as AsyncIterable<string[]>) {
    const layers = keys.map((key) => key.slice(key.indexOf("{") + 1, -1));
    for (const revision of pinnedRevisions(scope, layers)) found.add(revision);
  }
  return [...found];
}
