// One step of a scope in Redis: modules first, then index, revision and removals at once.
//
// Two processes may publish the same scope at the same time. WATCH lets one of them through; the other finds out, takes
// back what it wrote, and its caller starts again. What neither can rule out is a module whose hash is not the index's:
// somebody died between two acts, or wrote a module just after the winner. Readers compare the two, take the file from
// the store and put it back with `heal()`, so such a module is as good as a missing one.
import type { Redis } from "ioredis";
import { batches, batchItemsMax } from "./batches.ts";
import type { CacheUpdate } from "./cache.ts";
import { encodePin } from "./encoding.ts";
import { acceptsStep } from "./head.ts";
import { moduleKey, prefixPattern, type ScopeKeys } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { putModules, readHead, removeStale, sendWatched } from "./redis-scope.ts";

/** Takes one step as `ModuleCache.publish` says; gives false where the cache stands elsewhere. */
export async function publishToRedis(
  connection: RedisConnection,
  keys: ScopeKeys,
  update: CacheUpdate,
): Promise<boolean> {
  // Asked here as well, although only the answer under WATCH counts: who is late already has nothing to take back.
  const mayTry = await connection.use(async (redis) => acceptsStep(await readHead(redis, keys), update));
  if (!mayTry) return false;
  await connection.use(async (redis) => {
    await putModules(redis, keys, update.upserts);
    // Before the index is there: once it is, nobody fills it again, and what a death here left behind would stay.
    if (update.from === undefined) await sweepModules(redis, keys, update.upserts);
  });
  const isPublished = await connection.useAlone((redis) => swapIndex(redis, keys, update));
  if (!isPublished) await connection.use((redis) => removeStale(redis, keys, update.upserts));
  return isPublished;
}

/**
 * Index, revision, pin and the removal of what was deleted in one MULTI, unless somebody touched one of the first two since
 * they were looked at. In one, because a removal that is left for later is forgotten by whoever dies before it.
 */
async function swapIndex(redis: Redis, keys: ScopeKeys, update: CacheUpdate): Promise<boolean> {
  await redis.watch(keys.revision, keys.index);
  if (!acceptsStep(await readHead(redis, keys), update)) return false;
  const multi = redis.multi();
  if (update.from === undefined) multi.del(keys.index);
  for (const batch of batches(update.upserts)) {
    multi.hset(keys.index, ...batch.flatMap(({ path, hash }) => [path, hash]));
  }
  for (const batch of batches(update.deletes)) {
    multi.hdel(keys.index, ...batch);
    multi.unlink(...batch.map((path) => moduleKey(keys, path)));
  }
  multi.set(keys.revision, update.to);
  if (keys.pin !== undefined) multi.set(keys.pin, encodePin(update.pin ?? null));
  return (await sendWatched(multi)) !== null;
}

/** Removes every module of the scope but these: what a lost index once named, nobody else knows. */
async function sweepModules(redis: Redis, keys: ScopeKeys, kept: CacheUpdate["upserts"]): Promise<void> {
  const keptKeys = new Set(kept.map(({ path }) => moduleKey(keys, path)));
  const scan = redis.scanStream({ match: prefixPattern(keys.modulePrefix), count: batchItemsMax });
  for await (const found of scan as AsyncIterable<string[]>) {
    const leftOver = found.filter((key) => !keptKeys.has(key));
    if (leftOver.length > 0) await redis.unlink(...leftOver);
  }
}
