// The removal of modules that an index names no more. In a cluster they do not lie where the index does, so the MULTI that
// changes the index can only write down which ones are to go; whoever did that removes them afterwards, and where it died
// before the end, the scope's next publisher or refresh does.
//
// Several may drain the same set, and a path in it may be brought again. What keeps a module that is named from being
// removed: nobody publishes while there are removals, so a path in the set is not being brought; and a set that changed
// while modules were taken out means that this may no longer hold, so they are put back. Only a process that dies between
// the two leaves a module missing, which its next reader heals.
import type { Redis } from "ioredis";
import type { WorkspacePath } from "../workspace/path.ts";
import { batchItemsMax } from "./batches.ts";
import { moduleKey, type ScopeKeys } from "./keys.ts";
import type { RedisCommands } from "./redis-connection.ts";
import { putBack, sendAll, sendWatched, takeAll } from "./redis-spread.ts";

// Each lost race means that somebody else removed or published; whatever is left waits for the next who publishes.
const racesMax = 8;

/** Removes what waits to be removed. `own` is a connection to the server of the scope's slot, without a WATCH. */
export async function drainRemovals(own: Redis, redis: RedisCommands, keys: ScopeKeys): Promise<void> {
  for (let races = 0; races < racesMax; ) {
    const [, found] = await sendAll(own.pipeline().watch(keys.removals).srandmember(keys.removals, batchItemsMax));
    const paths = found as WorkspacePath[];
    if (paths.length === 0) {
      await own.unwatch();
      return;
    }
    const named = await own.hmget(keys.index, ...paths);
    const gone = paths.filter((_, position) => named[position] === null);
    const taken = await take(redis, keys, gone);
    if ((await sendWatched(own.multi().srem(keys.removals, ...paths))) !== null) {
      if (paths.length < batchItemsMax) return;
      continue;
    }
    races += 1;
    if (taken.length === 0) continue;
    // Written down first: what is put back and not named is to go again.
    await own.sadd(keys.removals, ...taken.map(({ path }) => path));
    await putBack(
      redis,
      taken.map(({ path, value }) => [moduleKey(keys, path), value]),
    );
  }
}

async function take(
  redis: RedisCommands,
  keys: ScopeKeys,
  paths: readonly WorkspacePath[],
): Promise<{ readonly path: WorkspacePath; readonly value: string }[]> {
  const values = await takeAll(
    redis,
    paths.map((path) => moduleKey(keys, path)),
  );
  return paths.flatMap((path, position) => {
    const value = values[position] ?? null;
    return value === null ? [] : [{ path, value }];
  });
}
