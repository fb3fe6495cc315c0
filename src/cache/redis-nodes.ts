// The connections to a cluster's masters, which its client opens at the first command to each. Until one is there, the
// client refuses what else is sent to it at the same moment, just as it refuses what is sent to a node that is away.
import type { Cluster, Redis } from "ioredis";

export interface ClusterNodes {
  /** Connects to every master that is known. Resolves when each first attempt has succeeded or failed. */
  connect(): Promise<void>;
  /**
   * Where a command failed while a master was being connected to for the first time: waits for that, and gives true, as
   * the command is worth sending again. One that was lost before is away, and not waited for.
   */
  isWorthAgain(error: unknown): Promise<boolean>;
}

/** Watches the nodes of a cluster's client, which is not connected yet. */
export function watchNodes(cluster: Cluster): ClusterNodes {
  const lost = new WeakSet<Redis>();
  cluster.on("+node", (node: Redis) => {
    node.on("close", () => lost.add(node));
    node.on("ready", () => lost.delete(node));
  });
  return {
    async connect() {
      const waiting = cluster.nodes("master").filter(({ status }) => status === "wait");
      await Promise.all(waiting.map((node) => node.connect().catch(() => undefined)));
    },
    async isWorthAgain(error) {
      if (!(error instanceof Error && error.message === "Connection is closed.")) return false;
      const coming = cluster.nodes("master").filter((node) => isComing(node) && !lost.has(node));
      await Promise.all(coming.map(untilSettled));
      return coming.length > 0;
    },
  };
}

function isComing({ status }: Redis): boolean {
  return status === "connecting" || status === "connect";
}

function untilSettled(node: Redis): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["ready", "close", "end"]) node.once(event, resolve);
  });
}
