// Moves the keys from before there were scopes, `bifrost:module:<path>` and the set `bifrost:module:index`, to the global
// scope. The set goes last, so that a move that broke off is taken up again, and one that ended finds nothing to do.
import { contentHash } from "../digest.ts";
import { parsePath } from "../workspace/path.ts";
import { globalScope } from "../workspace/scope.ts";
import { batches } from "./batches.ts";
import type { CachedModule } from "./cache.ts";
import { scopeKeys } from "./keys.ts";
import { connectRedis, type RedisConnection } from "./redis-connection.ts";
import { putModules, removeStale } from "./redis-scope.ts";
import { getAll, removeAll, sendWatched } from "./redis-spread.ts";
import type { RedisConnectionOptions } from "./redis-target.ts";

const oldIndex = "bifrost:module:index";
const oldModulePrefix = "bifrost:module:";

/**
 * Moves every old key and gives the number of modules moved. No revision is written, for nobody knows it: readers go to
 * the store until global is published. Where it was published already, that is newer and the old keys are removed.
 */
export async function moveOldKeys(options: RedisConnectionOptions): Promise<{ readonly moved: number }> {
  const connection = await connectRedis(options);
  try {
    let moved = 0;
    for (const names of batches(await connection.use((redis) => redis.smembers(oldIndex)))) {
      moved += await moveSome(connection, names);
    }
    await connection.use((redis) => redis.unlink(oldIndex));
    return { moved };
  } finally {
    await connection.close();
  }
}

async function moveSome(connection: RedisConnection, names: readonly string[]): Promise<number> {
  const oldKeys = names.map((name) => `${oldModulePrefix}${name}`);
  const values = await connection.use((redis) => getAll(redis, oldKeys));
  const modules = values.flatMap((value, position) => readOld(names[position] ?? "", value) ?? []);
  const isPut = modules.length > 0 && (await putUnlessPublished(connection, modules));
  await connection.use((redis) => removeAll(redis, oldKeys));
  return isPut ? modules.length : 0;
}

/** Gives whether the modules were put; WATCH lets somebody's first publication of global win. */
function putUnlessPublished(connection: RedisConnection, modules: readonly CachedModule[]): Promise<boolean> {
  const keys = scopeKeys({ scope: globalScope });
  return connection.useAlone(keys.index, async (own, redis) => {
    await own.watch(keys.revision);
    if ((await own.exists(keys.revision)) === 1) return false;
    await putModules(redis, keys, modules);
    const fields = modules.flatMap(({ path, hash }) => [path, hash]);
    if ((await sendWatched(own.multi().hset(keys.index, ...fields))) !== null) return true;
    await removeStale(redis, keys, modules);
    return false;
  });
}

/** Reads an old value, or gives `undefined` where it is none; the hash is made anew, as old ones may be of another kind. */
function readOld(name: string, value: string | null): CachedModule | undefined {
  const path = parsePath(name);
  if (path === undefined || value === null) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(value)?.content;
  } catch {
    return undefined;
  }
  return typeof content === "string" ? { path, content, hash: contentHash(Buffer.from(content)) } : undefined;
}
