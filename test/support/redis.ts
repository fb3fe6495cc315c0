// A Redis database for one test file alone. It is claimed while it is empty, so that everything in it is the file's own
// and may be removed at the end, whoever the server belongs to; nothing else on the server is looked at or touched.
import { Redis } from "ioredis";

export interface TestRedis {
  /** The URL with the claimed database in it. */
  readonly url: string;
  /** A connection to look at what is stored, and to take things away. */
  readonly redis: Redis;
  /** Removes every key that this project makes, gives the database back and disconnects. */
  close(): Promise<void>;
}

// Outlives any test file; a claim that a killed run left behind ends by itself.
const claimSeconds = 900;
const claimKey = "bifrost:test:claim";

/** Claims an empty database of the test server. Call `close` in `afterAll`. */
export async function claimRedis(): Promise<TestRedis> {
  const server = process.env.BIFROST_TEST_REDIS_URL;
  if (!server) throw new Error("Cannot find Redis as BIFROST_TEST_REDIS_URL is not set: the global set-up sets it");
  const redis = new Redis(server);
  try {
    const url = new URL(server);
    const database = await claimDatabase(redis);
    url.pathname = `/${database}`;
    return {
      url: url.href,
      redis,
      async close() {
        await clear(redis);
        await redis.quit();
      },
    };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Takes away everything that a test file stored, and keeps the claim. */
export async function clearRedis(redis: Redis): Promise<void> {
  await clear(redis, claimKey);
}

async function claimDatabase(redis: Redis): Promise<number> {
  const count = await databaseCount(redis);
  // Database 0 is where people keep things by default.
  for (let database = 1; database < count; database += 1) {
    await redis.select(database);
    // Looking and claiming are one act: of two files that see the same empty database, one gets it.
    const [size, claimed] = await transact(redis.multi().dbsize().set(claimKey, "1", "EX", claimSeconds, "NX"));
    if (claimed !== "OK") continue;
    if (size === 0) return database;
    await redis.del(claimKey);
  }
  throw new Error(`Cannot find an empty database on the test Redis: empty one of 1 to ${count - 1}`);
}

async function databaseCount(redis: Redis): Promise<number> {
  const [, count] = (await redis.config("GET", "databases")) as string[];
  return Number(count ?? 16);
}

async function transact(commands: ReturnType<Redis["multi"]>): Promise<unknown[]> {
  const replies = await commands.exec();
  return (replies ?? []).map(([, reply]) => reply);
}

async function clear(redis: Redis, kept?: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: "bifrost:*", count: 1000 }) as AsyncIterable<string[]>) {
    const ours = keys.filter((key) => key !== kept);
    if (ours.length > 0) await redis.unlink(...ours);
  }
}
