// What there is to know of a Redis before anything is done with it. Changes nothing.
import { connectRedis, type RedisConnectionOptions } from "./redis-connection.ts";

export interface RedisFacts {
  /** As the server writes it, such as `7.4.1`. */
  readonly version: string;
  readonly majorVersion: number;
  /** What it may use of memory; 0 where nothing bounds it. */
  readonly memoryBytesMax: number;
  /** What it throws away when that is used up, by Redis's own names, such as `noeviction`. */
  readonly evictionPolicy: string;
}

/** Asks a Redis about itself. Throws `Fault` `cache-unavailable` where it does not answer. */
export async function inspectRedis(options: RedisConnectionOptions): Promise<RedisFacts> {
  const connection = await connectRedis(options);
  try {
    // INFO and not CONFIG, which hosted servers refuse.
    const text = await connection.useAlone(
      async (redis) => `${await redis.info("server")}${await redis.info("memory")}`,
    );
    const facts = new Map(
      text.split(/\r?\n/).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1)] as const;
      }),
    );
    const version = facts.get("redis_version") ?? "";
    return {
      version,
      majorVersion: Number.parseInt(version, 10),
      memoryBytesMax: Number(facts.get("maxmemory") ?? 0),
      evictionPolicy: facts.get("maxmemory_policy") ?? "noeviction",
    };
  } finally {
    await connection.close();
  }
}
