// What there is to know of a Redis before anything is done with it. Changes nothing.
import type { Redis } from "ioredis";
import { connectRedis, type RedisCommands } from "./redis-connection.ts";
import { mastersOf } from "./redis-spread.ts";
import type { RedisConnectionOptions } from "./redis-target.ts";

/** One server that keys are written to. */
export interface RedisServerFacts {
  /** Its host and port, as its clients reach it. */
  readonly address: string;
  /** As the server writes it, such as `7.4.1`. */
  readonly version: string;
  readonly majorVersion: number;
  /** What it may use of memory; 0 where nothing bounds it. */
  readonly memoryBytesMax: number;
  /** What it throws away when that is used up, by Redis's own names, such as `noeviction`. */
  readonly evictionPolicy: string;
}

export interface RedisFacts {
  /** One, or of a cluster every master. */
  readonly servers: readonly RedisServerFacts[];
  /** Undefined where it is no cluster. */
  readonly cluster: { readonly unservedSlots: number } | undefined;
}

// A cluster's keys are spread over this many, by the protocol.
const slotCount = 16_384;

/** Asks a Redis about itself. Throws `Fault` `cache-unavailable` where it, or a master of a cluster, does not answer. */
export async function inspectRedis(options: RedisConnectionOptions): Promise<RedisFacts> {
  const connection = await connectRedis(options);
  try {
    return await connection.use(async (redis) => ({
      servers: await Promise.all(mastersOf(redis).map(inspectServer)),
      cluster: redis.isCluster ? await inspectCluster(redis) : undefined,
    }));
  } finally {
    await connection.close();
  }
}

async function inspectServer(server: Redis): Promise<RedisServerFacts> {
  // INFO and not CONFIG, which hosted servers refuse.
  const facts = readFacts(`${await server.info("server")}${await server.info("memory")}`);
  const version = facts.get("redis_version") ?? "";
  return {
    address: `${server.options.host}:${server.options.port}`,
    version,
    majorVersion: Number.parseInt(version, 10),
    memoryBytesMax: Number(facts.get("maxmemory") ?? 0),
    evictionPolicy: facts.get("maxmemory_policy") ?? "noeviction",
  };
}

async function inspectCluster(redis: RedisCommands): Promise<RedisFacts["cluster"]> {
  const facts = readFacts(`${await redis.cluster("INFO")}`);
  return { unservedSlots: slotCount - Number(facts.get("cluster_slots_ok") ?? 0) };
}

/** Reads `name:value` lines. */
function readFacts(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
}
