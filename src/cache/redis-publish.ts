// One step of a scope in Redis: modules first, then index and revision at once, then the modules that went.
//
// Two processes may publish the same scope at the same time. WATCH lets one of them through; the other finds out, takes
// back what it wrote, and its caller starts again. What neither can rule out is a module whose hash is not the index's:
// somebody died between two acts, or wrote a module just after the winner. Readers compare the two, take the file from
// the store and put it back with `heal()`, so such a module is as good as a missing one.
import type { Redis } from "ioredis";
import { batches } from "./batches.ts";
import type { CacheUpdate } from "./cache.ts";
import { encodePin } from "./encoding.ts";
import { acceptsStep } from "./head.ts";
import { moduleKey, prefixPattern, type ScopeKeys } from "./keys.ts";
import type { RedisCommands, RedisConnection } from "./redis-connection.ts";
import { drainRemovals } from "./redis-removals.ts";
import { putModules, readHead, removeStale } from "./redis-scope.ts";
import { removeAll, scanAll, sendWatched } from "./redis-spread.ts";

// Each of these loses several races in a row before it gives up: by then the caller's step is no longer what is needed.
const drainsMax = 4;

/** Takes one step as `ModuleCache.publish` says; gives false where the cache stands elsewhere. */
export async function publishToRedis(
  connection: RedisConnection,
  keys: ScopeKeys,
  update: CacheUpdate,
): Promise<boolean> {
  // Asked here as well, although only the answer under WATCH counts: who is late already needs no connection of its own.
  const mayTry = await connection.use(async (redis) => acceptsStep(await readHead(redis, keys), update));
  if (!mayTry) return false;
  return await connection.useAlone(keys.index, (own, redis) => takeStep(own, redis, keys, update));
}

async function takeStep(own: Redis, redis: RedisCommands, keys: ScopeKeys, update: CacheUpdate): Promise<boolean> {
  if (!(await watchForStep(own, redis, keys, update))) return false;
  await putModules(redis, keys, update.upserts);
  // Before the index is there: once it is, nobody fills it again, and what a death here left behind would stay.
  if (update.from === undefined) await sweepModules(redis, keys, update.upserts);
  if (!(await swapIndex(own, keys, update))) {
    await removeStale(redis, keys, update.upserts);
    return false;
  }
  if (update.deletes.length > 0) await drainRemovals(own, redis, keys);
  return true;
}

/**
 * Watches everything that the step depends on, and gives whether it may be taken. Watched before any module is put: one
 * that is brought again must not be removed by whoever removes what was there before.
 */
async function watchForStep(own: Redis, redis: RedisCommands, keys: ScopeKeys, update: CacheUpdate): Promise<boolean> {
  for (let drains = 0; drains < drainsMax; drains += 1) {
    await own.watch(keys.revision, keys.index, keys.removals);
    const head = await readHead(own, keys);
    if (!acceptsStep(head, update)) return false;
    if (head.removalCount === 0) return true;
    await own.unwatch();
    await drainRemovals(own, redis, keys);
  }
  return false;
}

/** Index, revision, pin and what is to be removed in one MULTI; gives false where anything watched was touched. */
async function swapIndex(own: Redis, keys: ScopeKeys, update: CacheUpdate): Promise<boolean> {
  const multi = own.multi();
  if (update.from === undefined) multi.del(keys.index);
  for (const batch of batches(update.upserts)) {
    multi.hset(keys.index, ...batch.flatMap(({ path, hash }) => [path, hash]));
  }
  for (const batch of batches(update.deletes)) {
    multi.hdel(keys.index, ...batch);
    multi.sadd(keys.removals, ...batch);
  }
  multi.set(keys.revision, update.to);
  if (keys.pin !== undefined) multi.set(keys.pin, encodePin(update.pin ?? null));
  return (await sendWatched(multi)) !== null;
}

/** Removes every module of the scope but these: what a lost index once named, nobody else knows. */
async function sweepModules(redis: RedisCommands, keys: ScopeKeys, kept: CacheUpdate["upserts"]): Promise<void> {
  const keptKeys = new Set(kept.map(({ path }) => moduleKey(keys, path)));
  for await (const found of scanAll(redis, prefixPattern(keys.modulePrefix))) {
    await removeAll(
      redis,
      found.filter((key) => !keptKeys.has(key)),
    );
  }
}
