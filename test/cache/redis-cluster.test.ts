// A cluster as it behaves in earnest: found from any node, keys everywhere, slots on the move, masters that die.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { inspect } from "node:util";
import slotOf from "cluster-key-slot";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { CachedModule, ModuleCache } from "../../src/cache/cache.ts";
import { inspectRedis } from "../../src/cache/inspect.ts";
import { moveOldKeys } from "../../src/cache/old-keys.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { Fault } from "../../src/errors.ts";
import type { WritableScope } from "../../src/workspace/grant.ts";
import { scopeKey } from "../../src/workspace/scope.ts";
import { type ClusterNode, startThrowawayCluster, type ThrowawayCluster } from "../support/redis-cluster.ts";
import { freePort } from "../support/redis-server.ts";
import { everything, grantSomeone, halopsa, moduleOf, tickets } from "./modules.ts";

const password = "s3cret/with:odd@signs";
const masters = 3;

let cluster: ThrowawayCluster;
let cache: ModuleCache;
let acme: WritableScope;
let id: string;

beforeAll(async () => {
  cluster = await startThrowawayCluster({ masters, hasReplicas: true, password });
  cache = await connectRedisCache({ url: cluster.url });
});
afterAll(async () => {
  await cache?.close();
  await cluster?.stop();
});
beforeEach(async () => {
  await cluster.clear();
  acme = grantSomeone("acme");
  id = scopeKey(acme.scope);
});

/** Brings the cache to a revision from wherever it is, as a job does that is tried again. `treeAt` tells what each holds. */
async function bringTo(to: number, treeAt: (revision: number) => CachedModule[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const known = await cache.revision(acme);
      if (known !== to) {
        const upserts = treeAt(to);
        const kept = new Set(upserts.map((module) => module.path));
        const before = known === undefined ? [] : treeAt(known).map((module) => module.path);
        const deletes = before.filter((name) => !kept.has(name));
        expect(await cache.publish(acme, { from: known, to, upserts, deletes })).toBe(true);
      }
      await cache.heal(acme, []);
    },
    { timeout: 20_000, interval: 10 },
  );
}

test("a cluster is found from any node that answers", async () => {
  await cache.publish(acme, everything(1, halopsa));
  const last = cluster.nodes.at(-1)?.url ?? "";
  const nobody = new URL(last);
  nobody.port = "1";
  const loginOnce = new URL(cluster.nodes[1]?.url ?? "");
  loginOnce.password = "";
  for (const url of [last, [nobody.href, last], [cluster.url, loginOnce.href]]) {
    const other = await connectRedisCache({ url });
    expect(await other.revision(acme)).toBe(1);
    expect(await other.modules(acme, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    await other.close();
  }
});

test("modules lie on every node, whatever their paths spell, and what says which there are lies in one slot", async () => {
  const names = ["shared/{a}.ts", "shared/{}.ts", "shared/}{.ts", "{global}/x.ts", `{${id}}.ts`];
  const modules = [...names, ...Array.from({ length: 60 }, (_, index) => `shared/m${index}.ts`)].map((name) =>
    moduleOf(name, `export default ${JSON.stringify(name)};`),
  );
  const paths = modules.map((module) => module.path);
  await cache.publish(acme, everything(1, ...modules));
  expect([...(await cache.modules(acme, paths)).values()]).toEqual(modules);
  const lying = await Promise.all(cluster.nodes.slice(0, masters).map(({ redis }) => redis.keys("bifrost:module:*")));
  for (const keys of lying) expect(keys).not.toEqual([]);
  expect(new Set(["index", "revision", "pin", "removals"].map((kind) => slotOf(`bifrost:${kind}:{${id}}`))).size).toBe(
    1,
  );
  await cache.publish(acme, { from: 1, to: 2, upserts: [], deletes: paths.slice(1) });
  expect(await cluster.keys(`bifrost:*${id}*`)).toEqual(
    ["index:{?}", "module:?:shared/{a}.ts", "pin:{?}", "revision:{?}"].map((key) => `bifrost:${key.replace("?", id)}`),
  );
});

test("inspectRedis() tells of every master", async () => {
  const { servers, cluster: facts } = await inspectRedis({ url: cluster.url });
  const ports = cluster.nodes.slice(0, masters).map(({ port }) => `127.0.0.1:${port}`);
  expect(servers.map(({ address }) => address).toSorted()).toEqual(ports.toSorted());
  expect(servers).toMatchObject(ports.map(() => ({ memoryBytesMax: 0, evictionPolicy: "noeviction" })));
  expect(facts).toEqual({ unservedSlots: 0 });
});

test("moveOldKeys() moves keys that lie on every node", async () => {
  const old = [halopsa, tickets, moduleOf("shared/{a}.ts", "")];
  for (const module of old) {
    for (const [key, put] of [
      ["bifrost:module:index", (node: ClusterNode) => node.redis.sadd("bifrost:module:index", module.path)],
      [
        `bifrost:module:${module.path}`,
        (node: ClusterNode) => node.redis.set(`bifrost:module:${module.path}`, JSON.stringify(module)),
      ],
    ] as const) {
      await put(await cluster.ownerOf(slotOf(key)));
    }
  }
  expect(await moveOldKeys({ url: cluster.url })).toEqual({ moved: old.length });
  expect(await cluster.keys("*")).toEqual(
    ["bifrost:index:{global}", ...old.map((module) => `bifrost:module:global:${module.path}`)].toSorted(),
  );
});

/** Moves a slot with its keys to another master, as "redis-cli --cluster reshard" does. */
async function moveSlot(slot: number, to: ClusterNode): Promise<void> {
  const from = await cluster.ownerOf(slot);
  if (from.id === to.id) return;
  await to.redis.call("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
  await from.redis.call("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
  for (;;) {
    const keys = (await from.redis.call("CLUSTER", "GETKEYSINSLOT", slot, 1)) as string[];
    if (keys.length === 0) break;
    await from.redis.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "AUTH", password, "KEYS", ...keys);
  }
  for (const node of [to, from]) await node.redis.call("CLUSTER", "SETSLOT", slot, "NODE", to.id);
}

test("publishes and reads go on while slots move, and end as if they had not", async () => {
  const treeAt = (revision: number) =>
    Array.from({ length: 40 }, (_, index) => `shared/m${index}.ts`)
      .filter((_, index) => (index + revision) % 3 !== 0)
      .map((name) => moduleOf(name, `export default "${name} at ${revision}";`));
  const trees = new Map([[1, treeAt(1)]]);
  await cache.publish(acme, everything(1, ...treeAt(1)));
  const owners = cluster.nodes.slice(0, masters);
  const slots = [`bifrost:index:{${id}}`, ...treeAt(1).map((module) => `bifrost:module:${id}:${module.path}`)].map(
    slotOf,
  );

  const moving = { isOver: false };
  const move = async () => {
    for (let round = 1; round <= 3; round += 1) {
      for (const [index, slot] of slots.entries())
        await moveSlot(slot, owners[(index + round) % masters] as ClusterNode);
      // The slot that all depends on, once more.
      await moveSlot(slots[0] as number, owners[round % masters] as ClusterNode);
    }
    moving.isOver = true;
  };
  let revision = 1;
  const write = async () => {
    while (!moving.isOver) {
      trees.set(revision + 1, treeAt(revision + 1));
      await bringTo(revision + 1, treeAt);
      revision += 1;
    }
  };
  let reads = 0;
  const read = async () => {
    while (!moving.isOver) {
      try {
        const snapshot = await cache.snapshot(acme);
        if (snapshot === undefined) continue;
        const tree = trees.get(snapshot.revision) ?? [];
        expect(Object.fromEntries(snapshot.files)).toEqual(Object.fromEntries(tree.map((one) => [one.path, one.hash])));
        const found = await cache.modules(acme, [...snapshot.files.keys()]);
        for (const module of found.values()) expect(moduleOf(module.path, module.content)).toEqual(module);
        reads += 1;
      } catch (error) {
        // As while one server is away: the caller asks Postgres.
        if (!(error instanceof Fault && error.code === "cache-unavailable")) throw error;
      }
    }
  };
  await Promise.all([move(), write(), read()]);

  expect(reads).toBeGreaterThan(0);
  expect(revision).toBeGreaterThan(2);
  const tree = treeAt(revision);
  expect((await cache.snapshot(acme))?.revision).toBe(revision);
  const paths = tree.map((module) => module.path);
  expect([...(await cache.modules(acme, paths)).values()]).toEqual(tree);
  expect(await cluster.keys(`bifrost:module:${id}:*`)).toEqual(
    paths.map((name) => `bifrost:module:${id}:${name}`).toSorted(),
  );
  expect(await cluster.keys(`bifrost:removals:*`)).toEqual([]);
});

test("a cluster that is away when the process starts is known for one once it answers", async () => {
  const port = await freePort();
  const url = new URL(cluster.url);
  url.port = `${port}`;
  const early = await connectRedisCache({ url: url.href });
  await expect(early.ready()).rejects.toMatchObject({ code: "cache-unavailable" });
  const way = createServer((client) => {
    const server = connect(Number(new URL(cluster.url).port), "127.0.0.1");
    for (const socket of [client, server]) socket.on("error", () => {});
    client.pipe(server).pipe(client);
  });
  await once(way.listen(port, "127.0.0.1"), "listening");
  await vi.waitFor(() => early.ready(), { timeout: 10_000, interval: 20 });
  const many = Array.from({ length: 30 }, (_, index) => moduleOf(`shared/m${index}.ts`, ""));
  expect(await early.publish(acme, everything(1, ...many))).toBe(true);
  await early.close();
  await new Promise((resolve) => way.close(resolve));
});

test.each([
  ["hangs", (node: ClusterNode) => node.process.kill("SIGSTOP"), (node: ClusterNode) => node.process.kill("SIGCONT")],
  ["dies", (node: ClusterNode) => node.stop(), () => {}],
])(
  "a master that %s is away as one server would be, and its replica serves what was published",
  async (_, end, resume) => {
    const impatient = await connectRedisCache({ url: cluster.url, commandTimeoutMs: 300 });
    onTestFinished(() => impatient.close());
    await cluster.expectDeaths();
    await cache.publish(acme, everything(1, halopsa, tickets));
    const owner = await cluster.ownerOf(slotOf(`bifrost:index:{${id}}`));
    // Answers once the replica has everything that was written before.
    await owner.redis.set(`{${id}}`, "");
    expect(await owner.redis.wait(1, 10_000)).toBe(1);
    onTestFinished(async () => {
      await resume(owner);
    });
    await end(owner);

    for (const work of [
      () => impatient.revision(acme),
      () => impatient.snapshot(acme),
      () => impatient.publish(acme, { from: 1, to: 2, upserts: [halopsa], deletes: [] }),
    ]) {
      const started = performance.now();
      const fault = await work().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(fault).toMatchObject({ code: "cache-unavailable" });
      expect(performance.now() - started).toBeLessThan(2_000);
      const said = inspect(fault, { depth: 10, showHidden: true });
      for (const secret of [password, encodeURIComponent(password), halopsa.content])
        expect(said).not.toContain(secret);
    }
    await vi.waitFor(() => impatient.revision(acme), { timeout: 20_000, interval: 20 });
    expect(await impatient.snapshot(acme)).toMatchObject({ revision: 1 });
    await resume(owner);
    await cluster.untilWhole(masters);
    await bringTo(2, (revision) => (revision === 1 ? [halopsa, tickets] : [halopsa]));
    expect([...((await cache.snapshot(acme))?.files.keys() ?? [])]).toEqual([halopsa.path]);
    await vi.waitFor(async () => {
      expect(await cluster.keys(`bifrost:module:${id}:*`)).toEqual([`bifrost:module:${id}:${halopsa.path}`]);
    });
  },
);
