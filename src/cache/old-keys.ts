// Moves the keys from before there were scopes, `bifrost:module:<path>` and the set `bifrost:module:index`, to the global
// scope. The set goes last, so that a move that broke off is taken up again, and one that ended finds nothing to do.
import type { Redis } from "ioredis";
import { contentHash } from "../digest.ts";
import { parsePath } from "../workspace/path.ts";
import { globalScope } from "../workspace/scope.ts";
import { batches } from "./batches.ts";
import type { CachedModule } from "./cache.ts";
import { encodeModule } from "./encoding.ts";
import { moduleKey, scopeKeys } from "./keys.ts";
import { connectRedis, type RedisConnectionOptions } from "./redis-connection.ts";
import { sendWatched } from "./redis-scope.ts";

const oldIndex = "bifrost:module:index";
const oldModulePrefix = "bifrost:module:";

/**
 * Moves every old key and gives the number of modules moved. No revision is written, for nobody knows it: readers go to
 * the store until global is published. Where it was published already, that is newer and the old keys are removed.
 */
export async function moveOldKeys(options: RedisConnectionOptions): Promise<{ readonly moved: number }> {
  const connection = await connectRedis(options);
  try {
    return await connection.useAlone(async (redis) => ({ moved: await moveAll(redis) }));
  } finally {
    await connection.close();
  }
}

async function moveAll(redis: Redis): Promise<number> {
  let moved = 0;
  for (const names of batches(await redis.smembers(oldIndex))) {
    const keys = names.map((name) => `${oldModulePrefix}${name}`);
    const values = await redis.mget(keys);
    const modules = values.flatMap((value, position) => readOld(names[position] ?? "", value) ?? []);
    if (await putUnlessPublished(redis, modules)) moved += modules.length;
    await redis.unlink(...keys);
  }
  await redis.unlink(oldIndex);
  return moved;
}

/** Gives whether the modules were put; WATCH lets somebody's first publication of global win. */
async function putUnlessPublished(redis: Redis, modules: readonly CachedModule[]): Promise<boolean> {
  const keys = scopeKeys({ scope: globalScope });
  await redis.watch(keys.revision);
  if (modules.length === 0 || (await redis.exists(keys.revision)) === 1) return false;
  const transaction = redis.multi();
  for (const module of modules) transaction.set(moduleKey(keys, module.path), encodeModule(module));
  transaction.hset(keys.index, ...modules.flatMap(({ path, hash }) => [path, hash]));
  return (await sendWatched(transaction)) !== null;
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
