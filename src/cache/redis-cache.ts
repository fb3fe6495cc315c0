// The cache in Redis, where executors of any language read it. How a step is published is in redis-publish.ts.
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { batches } from "./batches.ts";
import type { CachedModule, CachedSnapshot, ModuleCache } from "./cache.ts";
import { decodeModule, decodePin, decodeRevision } from "./encoding.ts";
import { headOf, isWorthHealing, wholeRevision } from "./head.ts";
import { moduleKey, type ScopeKeys, scopeKeys } from "./keys.ts";
import { connectRedis, type RedisCommands, type RedisConnection } from "./redis-connection.ts";
import { claimLayer, findPinnedLayers, forgetLayer } from "./redis-pinned.ts";
import { publishToRedis } from "./redis-publish.ts";
import { drainRemovals } from "./redis-removals.ts";
import { indexedHashes, putModules, readHead } from "./redis-scope.ts";
import { getAll, sendAll } from "./redis-spread.ts";
import type { RedisConnectionOptions } from "./redis-target.ts";

/**
 * Connects to Redis 6 or newer, or to a cluster of them. Resolves also where Redis is away, which `ready()` then says: it is reached as soon as
 * it is back. Throws `Fault` `config-invalid` where the URL is none.
 */
export async function connectRedisCache(options: RedisConnectionOptions): Promise<ModuleCache> {
  const connection = await connectRedis(options);
  return {
    revision: (granted) => connection.use(async (redis) => wholeRevision(await readHead(redis, scopeKeys(granted)))),
    pin: (granted) => connection.use((redis) => readPin(redis, scopeKeys(granted))),
    snapshot: (granted) => connection.use((redis) => readSnapshot(redis, scopeKeys(granted))),
    modules: (granted, paths) => connection.use((redis) => readModules(redis, scopeKeys(granted), paths)),
    publish: (granted, update) => publishToRedis(connection, scopeKeys(granted), update),
    heal: (granted, modules) => healModules(connection, scopeKeys(granted), modules),
    claim(granted) {
      const keys = scopeKeys(granted);
      return connection.useAlone(keys.index, (own) => claimLayer(own, keys));
    },
    forget(granted, isNeeded) {
      const keys = scopeKeys(granted);
      return connection.useAlone(keys.index, (own, redis) => forgetLayer(own, redis, keys, isNeeded));
    },
    pinnedLayers: ({ scope }) => connection.use((redis) => findPinnedLayers(redis, scope)),
    ready: () =>
      connection.use(async (redis) => {
        await redis.ping();
      }),
    close: () => connection.close(),
  };
}

async function readSnapshot(redis: RedisCommands, keys: ScopeKeys): Promise<CachedSnapshot | undefined> {
  const multi = redis.multi().get(keys.revision).hgetall(keys.index);
  if (keys.pin !== undefined) multi.get(keys.pin);
  const [revisionText, index, pinText] = await sendAll(multi);
  const files = new Map(Object.entries(index as Record<WorkspacePath, ContentHash>)) as Map<WorkspacePath, ContentHash>;
  const revision = wholeRevision(headOf(decodeRevision(revisionText), files.size));
  const pin = keys.pin === undefined ? null : decodePin(pinText);
  return revision === undefined || pin === undefined ? undefined : { revision, pin, files };
}

async function readPin(redis: RedisCommands, { pin }: ScopeKeys): Promise<number | null | undefined> {
  return pin === undefined ? null : decodePin(await redis.get(pin));
}

async function readModules(
  redis: RedisCommands,
  keys: ScopeKeys,
  paths: readonly WorkspacePath[],
): Promise<Map<WorkspacePath, CachedModule>> {
  const found = new Map<WorkspacePath, CachedModule>();
  for (const batch of batches(paths)) {
    const values = await getAll(
      redis,
      batch.map((path) => moduleKey(keys, path)),
    );
    for (const [position, path] of batch.entries()) {
      const module = decodeModule(path, values[position]);
      if (module) found.set(path, module);
    }
  }
  return found;
}

async function healModules(
  connection: RedisConnection,
  keys: ScopeKeys,
  modules: readonly CachedModule[],
): Promise<void> {
  const { removalCount } = await connection.use(async (redis) => {
    const head = await readHead(redis, keys);
    const named = await indexedHashes(
      redis,
      keys,
      modules.map(({ path }) => path),
    );
    const wanted = modules.filter(({ hash }, position) => isWorthHealing(head, hash, named[position] ?? undefined));
    await putModules(redis, keys, wanted);
    return head;
  });
  // Whoever deleted them died before it had removed them.
  if (removalCount > 0) await connection.useAlone(keys.index, (own, redis) => drainRemovals(own, redis, keys));
}
