// The smallest acts on one scope's keys. What they add up to is in redis-publish.ts and redis-cache.ts.
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { batches } from "./batches.ts";
import type { CachedModule } from "./cache.ts";
import { decodeRevision, encodeModule } from "./encoding.ts";
import { type CacheHead, headOf } from "./head.ts";
import { moduleKey, type ScopeKeys } from "./keys.ts";
import type { RedisCommands } from "./redis-connection.ts";
import { removeAll, sendAll, setAll } from "./redis-spread.ts";

/** What Redis holds of a scope besides modules, and what waits to be removed. */
export interface RedisHead extends CacheHead {
  readonly removalCount: number;
}

/** No MULTI: its EXEC would end a WATCH of the same connection, which is what says whether the two belong together. */
export async function readHead(redis: RedisCommands, keys: ScopeKeys): Promise<RedisHead> {
  const [revision, fileCount, removalCount] = await sendAll(
    redis.pipeline().get(keys.revision).hlen(keys.index).scard(keys.removals),
  );
  return { ...headOf(decodeRevision(revision), Number(fileCount)), removalCount: Number(removalCount) };
}

/** The hash that the index names for each path, null where it names none; in the order of the paths. */
export async function indexedHashes(
  redis: RedisCommands,
  keys: ScopeKeys,
  paths: readonly WorkspacePath[],
): Promise<(string | null)[]> {
  const hashes: (string | null)[] = [];
  for (const batch of batches(paths)) hashes.push(...(await redis.hmget(keys.index, ...batch)));
  return hashes;
}

export async function putModules(
  redis: RedisCommands,
  keys: ScopeKeys,
  modules: readonly CachedModule[],
): Promise<void> {
  for (const batch of batches(modules, ({ content }) => Buffer.byteLength(content))) {
    // As bytes: as text, a pipeline is put together once more as a whole, and 30 MB of modules add 30 MB to the process.
    await setAll(
      redis,
      batch.map((module) => [moduleKey(keys, module.path), Buffer.from(encodeModule(module))]),
    );
  }
}

/**
 * Removes modules that the index, as it is by now, names no more or with another hash. Somebody may name one again just
 * after the question: then a module is missing that should be there, which its next reader heals.
 */
export async function removeStale(
  redis: RedisCommands,
  keys: ScopeKeys,
  modules: readonly { readonly path: WorkspacePath; readonly hash?: ContentHash }[],
): Promise<void> {
  for (const batch of batches(modules)) {
    const named = await indexedHashes(
      redis,
      keys,
      batch.map(({ path }) => path),
    );
    const stale = batch.filter(({ hash }, position) => {
      const now = named[position] ?? null;
      return hash === undefined ? now === null : now !== hash;
    });
    await removeAll(
      redis,
      stale.map(({ path }) => moduleKey(keys, path)),
    );
  }
}
