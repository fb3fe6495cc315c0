// The connection to Redis, to one server or to a cluster, whichever answers: fails at once where Redis is away, comes back
// by itself, and lets nothing of what it sends into an error. What is sent is not its business.
import { setTimeout as pause } from "node:timers/promises";
import slotOf from "cluster-key-slot";
import { Cluster, type Redis } from "ioredis";
import { addressOf, isForbidden, isMisdirected, isReply, movedTo, rememberLoss } from "./redis-faults.ts";
import { watchNodes } from "./redis-nodes.ts";
import {
  openCluster,
  openServer,
  type RedisAddress,
  type RedisConnectionOptions,
  type RedisTarget,
  readTarget,
} from "./redis-target.ts";

/** What takes commands. A cluster's are those whose keys lie in one slot; for all others see redis-spread.ts. */
export type RedisCommands = Redis | Cluster;

export interface RedisConnection {
  /** Sends commands; whatever fails in them is thrown as `Fault` `cache-unavailable`. */
  use<T>(work: (redis: RedisCommands) => Promise<T>): Promise<T>;
  /**
   * The same with a connection of its own to the server that has a key, closed afterwards: WATCH belongs to a connection,
   * not to a caller. Where the key's slot moves meanwhile, the work is begun anew with its new server; so it has nothing
   * done before the last command that it sends there.
   */
  useAlone<T>(key: string, work: (own: Redis, redis: RedisCommands) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// With these pauses 1.4 s in all: a slot's last keys cross in milliseconds, and its new owner is known within a second.
const movesMax = 8;
const movePauseMs = 50;

interface Client {
  readonly redis: RedisCommands;
  /** Resolves when the first attempt has succeeded or failed. */
  open(): Promise<void>;
  /** Gives true where the same may be sent again at once: nothing of it was. */
  isWorthAgain(error: unknown): Promise<boolean>;
  readonly faultOf: ReturnType<typeof rememberLoss>;
}

/**
 * Connects, and resolves when the first attempt has succeeded or failed: a process may start while Redis is away, and
 * reaches it later. Throws `Fault` `config-invalid` where the URL is none.
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const target = readTarget(options);
  const [first, ...others] = target.seeds;
  // One server cannot be several: those that are named are nodes of a cluster. One may be either, and says so itself.
  let isKnown = others.length > 0;
  let client = isKnown ? clusterClient(target) : serverClient(target, first);
  let asking: Promise<void> | undefined;

  const learn = async () => {
    if (await isClusterNode(client.redis)) {
      client.redis.disconnect();
      client = clusterClient(target);
      await client.open();
    }
    isKnown = true;
  };
  const known = async (): Promise<RedisCommands> => {
    if (!isKnown) {
      asking ??= learn().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    // A pipeline would wait for the slots of a cluster that has never been reached.
    if (client.redis instanceof Cluster && client.redis.status !== "ready") throw new Error("The cluster is not ready");
    return client.redis;
  };

  await client.open();
  await known().catch(() => undefined);
  return {
    async use(work) {
      try {
        const redis = await known();
        try {
          return await work(redis);
        } catch (error) {
          if (!(await client.isWorthAgain(error))) throw error;
          return await work(redis);
        }
      } catch (error) {
        throw client.faultOf(error);
      }
    },
    async useAlone(key, work) {
      let server: RedisAddress | undefined;
      for (let move = 1; ; move += 1) {
        let faultOf = client.faultOf;
        let own: Redis | undefined;
        try {
          const redis = await known();
          server ??= redis instanceof Cluster ? ownerOf(redis, key) : first;
          if (server === undefined) throw new Error("No node of the cluster has the slot");
          own = openServer(target, server, false);
          faultOf = rememberLoss(own, { ...target, seeds: [server] });
          await own.connect();
          return await work(own, redis);
        } catch (error) {
          if (move === movesMax) throw faultOf(error);
          if (isMisdirected(error)) await pause(move * movePauseMs);
          else if (!(await client.isWorthAgain(error))) throw faultOf(error);
          server = movedTo(error);
        } finally {
          own?.disconnect();
        }
      }
    },
    async close() {
      const { redis } = client;
      const servers = redis instanceof Cluster ? redis.nodes() : [redis];
      // QUIT waits for the answers under way; where there is no connection there are none.
      const ready = servers.filter(({ status }) => status === "ready");
      await Promise.all(ready.map((server) => server.quit().catch(() => undefined)));
      redis.disconnect();
    },
  };
}

function serverClient(target: RedisTarget, seed: RedisAddress): Client {
  const redis = openServer(target, seed, true);
  return {
    redis,
    faultOf: rememberLoss(redis, target),
    async open() {
      // Why it failed arrives as an event; this rejection says only that it did.
      await redis.connect().catch(() => undefined);
    },
    isWorthAgain: async () => false,
  };
}

function clusterClient(target: RedisTarget): Client {
  const redis = openCluster(target);
  const nodes = watchNodes(redis);
  return {
    redis,
    faultOf: rememberLoss(redis, target),
    async open() {
      await redis.connect().catch(() => undefined);
      await nodes.connect();
    },
    isWorthAgain: nodes.isWorthAgain,
  };
}

/** Asks for INFO, and a login that may not for what only a cluster answers. */
async function isClusterNode(redis: RedisCommands): Promise<boolean> {
  try {
    return /^cluster_enabled:1\s*$/m.test(await redis.info("cluster"));
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  try {
    await redis.cluster("INFO");
    return true;
  } catch (error) {
    if (!isReply(error)) throw error;
    return false;
  }
}

/** The master of a key's slot, as far as the cluster's client knows. */
function ownerOf(cluster: Cluster, key: string): RedisAddress | undefined {
  return addressOf(cluster.slots[slotOf(key)]?.[0] ?? "");
}
