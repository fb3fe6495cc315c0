// A Redis Cluster of our own: redis-server processes that know each other, with or without a replica for each master.
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort, startThrowawayRedis, type ThrowawayRedis, type ThrowawayRedisOptions } from "./redis-server.ts";

export interface ThrowawayCluster {
  /** The first node's; it leads to all others. */
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  /** The master that serves a slot now, as the cluster's running nodes see it. */
  ownerOf(slot: number): Promise<ClusterNode>;
  /** Resolves when every node that runs sees all slots served by this many masters. */
  untilWhole(masterCount: number): Promise<void>;
  /** Every key of every master. */
  keys(pattern: string): Promise<string[]>;
  /** Has a master that says nothing for a second and a half taken for dead, and not only after 15. */
  expectDeaths(): Promise<void>;
  /** Removes every key. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterNode extends ThrowawayRedis {
  readonly id: string;
  readonly busPort: number;
  /** A plain connection to this node alone. */
  readonly redis: Redis;
}

export interface ThrowawayClusterOptions extends Pick<ThrowawayRedisOptions, "password"> {
  readonly masters: number;
  /** A replica for each master, which takes over when it dies. */
  readonly hasReplicas?: boolean;
}

const slotCount = 16_384;

// How long a node may say nothing. As short, the nodes also learn of each other soon, and on a busy machine one that is only
// slow may be taken for dead; so it is Redis's own default wherever no death is meant.
const impatientMs = 1_500;
const patientMs = 15_000;

/** Starts the nodes and resolves when each of them sees the whole. */
export async function startThrowawayCluster(options: ThrowawayClusterOptions): Promise<ThrowawayCluster> {
  const count = options.masters * (options.hasReplicas ? 2 : 1);
  const starts = await Promise.allSettled(Array.from({ length: count }, () => startNode(options)));
  const nodes = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const cluster = clusterOf(nodes);
  try {
    for (const start of starts) if (start.status === "rejected") throw start.reason;
    await join(nodes, options.masters);
    await cluster.untilWhole(options.masters);
    const replicaCount = count - options.masters;
    await until(async () => {
      const seen = await Promise.all(nodes.map(async ({ redis }) => `${await redis.cluster("NODES")}`));
      return seen.every((text) => text.split("\n").filter((line) => line.includes("slave")).length === replicaCount);
    });
    await setTimeoutOf(nodes, patientMs);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

// Between our asking for a free port and the node's taking it, somebody else may take it.
const portAttemptsMax = 5;

async function startNode(options: ThrowawayClusterOptions): Promise<ClusterNode> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // By default the port and 10,000 more, which for most free ports is none.
      return await startNodeAt(await freePort(), options);
    } catch (error) {
      if (attempt === portAttemptsMax) throw error;
    }
  }
}

async function startNodeAt(busPort: number, { password }: ThrowawayClusterOptions): Promise<ClusterNode> {
  const server = await startThrowawayRedis({
    ...(password !== undefined && { password }),
    settings: {
      databases: "1",
      "cluster-enabled": "yes",
      "cluster-port": `${busPort}`,
      "cluster-node-timeout": `${impatientMs}`,
      "repl-diskless-sync-delay": "0",
      ...(password !== undefined && { masterauth: password }),
    },
  });
  const redis = new Redis(server.url);
  redis.on("error", () => {});
  return { ...server, busPort, redis, id: `${await redis.cluster("MYID")}` };
}

async function join(nodes: readonly ClusterNode[], masterCount: number): Promise<void> {
  const masters = nodes.slice(0, masterCount);
  for (const [index, { redis }] of masters.entries()) {
    const first = Math.floor((slotCount * index) / masterCount);
    const last = Math.floor((slotCount * (index + 1)) / masterCount) - 1;
    await redis.call("CLUSTER", "ADDSLOTSRANGE", first, last);
    await redis.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
  }
  for (const { port, busPort } of nodes.slice(1)) {
    await nodes[0]?.redis.call("CLUSTER", "MEET", "127.0.0.1", port, busPort);
  }
  await Promise.all(
    nodes.slice(masterCount).map(async ({ redis }, index) => {
      const master = masters[index]?.id ?? "";
      await until(async () => `${await redis.cluster("NODES")}`.includes(master));
      await redis.call("CLUSTER", "REPLICATE", master);
      await until(async () => (await redis.info("replication")).includes("master_link_status:up"));
    }),
  );
}

function clusterOf(nodes: readonly ClusterNode[]): ThrowawayCluster {
  const running = () => nodes.filter((node) => node.process.exitCode === null && node.process.signalCode === null);
  const masters = async () => {
    const found: ClusterNode[] = [];
    for (const node of running()) if ((await node.redis.info("replication")).includes("role:master")) found.push(node);
    return found;
  };
  return {
    url: nodes[0]?.url ?? "",
    nodes,
    async ownerOf(slot) {
      for (const node of await masters()) {
        const own = slotsOf(`${await node.redis.cluster("NODES")}`, node.id);
        if (own.some(([first, last]) => first <= slot && slot <= last)) return node;
      }
      throw new Error(`No running node serves slot ${slot}`);
    },
    async untilWhole(masterCount) {
      await until(async () => {
        const seen = await Promise.all(running().map(({ redis }) => redis.cluster("INFO")));
        return seen.every(
          (info) => `${info}`.includes("cluster_state:ok") && `${info}`.includes(`cluster_size:${masterCount}\r`),
        );
      });
    },
    async keys(pattern) {
      return (await Promise.all((await masters()).map(({ redis }) => redis.keys(pattern)))).flat().sort();
    },
    async expectDeaths() {
      await setTimeoutOf(running(), impatientMs);
    },
    async clear() {
      for (const { redis } of await masters()) await redis.flushall();
    },
    async stop() {
      for (const { redis } of nodes) redis.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function setTimeoutOf(nodes: readonly ClusterNode[], timeoutMs: number): Promise<void> {
  await Promise.all(nodes.map(({ redis }) => redis.config("SET", "cluster-node-timeout", `${timeoutMs}`)));
}

/** The ranges of slots that a node has, out of what CLUSTER NODES says. */
function slotsOf(text: string, id: string): (readonly [number, number])[] {
  const line = text.split("\n").find((one) => one.startsWith(id)) ?? "";
  return line
    .split(" ")
    .slice(8)
    .filter((range) => !range.startsWith("["))
    .map((range) => {
      const [first, last = first] = range.split("-");
      return [Number(first), Number(last)] as const;
    });
}

/** Waits for what a cluster's nodes tell each other, which nothing announces. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("The cluster did not come to terms within 30 seconds");
    await pause(20);
  }
}
