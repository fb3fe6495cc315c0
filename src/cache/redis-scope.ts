// The smallest acts on one scope's keys. What they add up to is in redis-publish.ts and redis-cache.ts.
import type { ChainableCommander, Redis } from "ioredis";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { batches } from "./batches.ts";
import type { CachedModule } from "./cache.ts";
import { decodeRevision, encodeModule } from "./encoding.ts";
import { type CacheHead, headOf } from "./head.ts";
import { moduleKey, type ScopeKeys } from "./keys.ts";

/** Sends a pipeline or a MULTI and gives its replies; throws the first error among them. */
export async function sendAll(commands: ChainableCommander): Promise<unknown[]> {
  const replies = await sendWatched(commands);
  if (replies === null) throw new Error("The transaction was given up");
  return replies;
}

/** The same for a MULTI under WATCH: gives null where a watched key was touched and nothing was done. */
export async function sendWatched(commands: ChainableCommander): Promise<unknown[] | null> {
  const replies = await commands.exec();
  return (
    replies?.map(([error, reply]) => {
      if (error) throw error;
      return reply;
    }) ?? null
  );
}

/** No MULTI: its EXEC would end a WATCH of the same connection, which is what says whether the two belong together. */
export async function readHead(redis: Redis, keys: ScopeKeys): Promise<CacheHead> {
  const [revision, fileCount] = await sendAll(redis.pipeline().get(keys.revision).hlen(keys.index));
  return headOf(decodeRevision(revision), Number(fileCount));
}

/** The hash that the index names for each path, null where it names none; in the order of the paths. */
export async function indexedHashes(
  redis: Redis,
  keys: ScopeKeys,
  paths: readonly WorkspacePath[],
): Promise<(string | null)[]> {
  const hashes: (string | null)[] = [];
  for (const batch of batches(paths)) hashes.push(...(await redis.hmget(keys.index, ...batch)));
  return hashes;
}

export async function putModules(redis: Redis, keys: ScopeKeys, modules: readonly CachedModule[]): Promise<void> {
  for (const batch of batches(modules, ({ content }) => Buffer.byteLength(content))) {
    const pipeline = redis.pipeline();
    // As bytes: as text, a pipeline is put together once more as a whole, and 30 MB of modules add 30 MB to the process.
    for (const module of batch) pipeline.set(moduleKey(keys, module.path), Buffer.from(encodeModule(module)));
    await sendAll(pipeline);
  }
}

/**
 * Removes modules that the index, as it is by now, names no more or with another hash. Somebody may name one again just
 * after the question: then a module is missing that should be there, which its next reader heals.
 */
export async function removeStale(
  redis: Redis,
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
    if (stale.length > 0) await redis.unlink(...stale.map(({ path }) => moduleKey(keys, path)));
  }
}
