// Commands on keys that may lie anywhere: all on the one server, or over every node of a cluster. Keys of one slot go in
// one command; to a server that is no cluster, all go in one.
import slotOf from "cluster-key-slot";
import { type ChainableCommander, Cluster, type Redis } from "ioredis";
import { batchItemsMax } from "./batches.ts";
import type { RedisCommands } from "./redis-connection.ts";

type Argument = string | Buffer;

/** A command whose keys lie in one slot, the first of them right after its name. */
type Command = readonly [name: string, key: string, ...rest: Argument[]];

/** The values of keys in their order, null where there is none. */
export async function getAll(redis: RedisCommands, keys: readonly string[]): Promise<(string | null)[]> {
  if (keys.length === 0) return [];
  // What bySlot() would come to, without its work: this is what a run waits for.
  if (!(redis instanceof Cluster)) return await redis.mget([...keys]);
  const groups = bySlot(redis, keys);
  const replies = await sendSpread(
    redis,
    groups.map(({ keys }) => ["mget", ...keys]),
  );
  return inOrder(keys.length, groups, replies);
}

/** Sets every key. */
export async function setAll(redis: RedisCommands, entries: readonly (readonly [string, Argument])[]): Promise<void> {
  await sendSpread(
    redis,
    entries.map(([key, value]) => ["set", key, value]),
  );
}

/** Removes every key. */
export async function removeAll(redis: RedisCommands, keys: readonly string[]): Promise<void> {
  await sendSpread(
    redis,
    bySlot(redis, keys).map(({ keys }) => ["unlink", ...keys]),
  );
}

/** Removes every key and gives what each one held, null where there was none. */
export async function takeAll(redis: RedisCommands, keys: readonly string[]): Promise<(string | null)[]> {
  const groups = bySlot(redis, keys);
  const replies = await sendSpread(
    redis,
    groups.flatMap(({ keys }): Command[] => [
      ["mget", ...keys],
      ["unlink", ...keys],
    ]),
  );
  return inOrder(
    keys.length,
    groups,
    groups.map((_, index) => replies[index * 2]),
  );
}

/** Puts back what was taken, wherever nobody has put something since. */
export async function putBack(redis: RedisCommands, entries: readonly (readonly [string, Argument])[]): Promise<void> {
  await sendSpread(
    redis,
    entries.map(([key, value]) => ["set", key, value, "NX"]),
  );
}

/** Every key that matches a pattern, in portions. A key whose slot moves meanwhile may be given twice or not at all. */
export async function* scanAll(redis: RedisCommands, match: string): AsyncGenerator<string[]> {
  for (const server of mastersOf(redis)) {
    yield* server.scanStream({ match, count: batchItemsMax }) as AsyncIterable<string[]>;
  }
}

/** The servers that keys are written to. */
export function mastersOf(redis: RedisCommands): Redis[] {
  return redis instanceof Cluster ? redis.nodes("master") : [redis];
}

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

/**
 * Sends commands to whichever server has their keys and gives the replies in order. To a cluster each goes alone, as only
 * then the client follows a slot that moves; it sends what is given at once as fast as a pipeline.
 */
async function sendSpread(redis: RedisCommands, commands: readonly Command[]): Promise<unknown[]> {
  if (redis instanceof Cluster) return await Promise.all(commands.map(([name, ...rest]) => redis.call(name, ...rest)));
  return commands.length === 0 ? [] : await sendAll(redis.pipeline(commands.map((command) => [...command])));
}

/** Keys that one command may have together, with their positions among all. */
interface Group {
  readonly keys: readonly [string, ...string[]];
  readonly positions: readonly number[];
}

function bySlot(redis: RedisCommands, keys: readonly string[]): Group[] {
  const slotAt = (position: number) => (redis instanceof Cluster ? slotOf(keys[position] ?? "") : 0);
  return [...Map.groupBy(keys.keys(), slotAt).values()].map((positions) => {
    const [first = "", ...rest] = positions.map((position) => keys[position] ?? "");
    return { keys: [first, ...rest], positions };
  });
}

/** The values that one MGET for each group gave, as they belong to all keys. */
function inOrder(count: number, groups: readonly Group[], replies: readonly unknown[]): (string | null)[] {
  const values: (string | null)[] = new Array(count).fill(null);
  for (const [index, { positions }] of groups.entries()) {
    const found = replies[index] as (string | null)[];
    for (const [offset, position] of positions.entries()) values[position] = found[offset] ?? null;
  }
  return values;
}
