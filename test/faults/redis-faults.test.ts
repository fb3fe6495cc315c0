// A refresh that meets trouble at each command to Redis in turn: cut before the server hears of it, cut after it was
// done, everything flushed in between. The commands are those that a clean refresh was seen to send.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { refreshScope } from "../../src/sync/refresh.ts";
import type { Repository } from "../github/repository.ts";
import { sampleChange } from "../store/sample.ts";
import { startThrowawayRedis } from "../support/redis-server.ts";
import { type CuttingProxy, startCuttingProxy, type Trouble } from "./cutting-proxy.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { readScope } from "./reader.ts";
import { createRedisFramer } from "./redis-steps.ts";
import { sampleTree, type Tree } from "./trees.ts";

let world: FaultWorld;
let repository: Repository;
let proxy: CuttingProxy;
let version = 1;
let tree: Tree = sampleTree(version);

beforeAll(async () => {
  world = await startFaultWorld();
  proxy = await startCuttingProxy(world.redisServer.port, createRedisFramer);
  repository = await world.repository("modules", tree);
  await world.sync(repository);
});

afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** Commits a push to Postgres and leaves Redis as it is: the moment in which a refresh begins. */
async function commit(): Promise<void> {
  version += 1;
  const next = sampleTree(version);
  const deletes = Object.keys(tree).filter((path) => !(path in next));
  const change = sampleChange(repository.id, next, deletes);
  world.trees.record(repository.id, change.commit, next);
  await world.store.applySync(world.granted, change);
  tree = next;
}

/** Refreshes through the proxy on a cache of its own. Gives what was thrown, if anything. */
async function refresh(trouble?: { readonly at: number; readonly what: Trouble }): Promise<unknown> {
  const cache = await connectRedisCache({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 2_000 });
  proxy.watch(trouble);
  try {
    return await refreshScope({ store: world.store, cache }, world.granted).catch((reason: unknown) => reason);
  } finally {
    await cache.close();
  }
}

/** Refreshes what `prepare` leads to with trouble at each command of a clean refresh, and then again without. */
async function troubleEverywhere(prepare: () => Promise<void>, troubles: readonly Trouble[]): Promise<string[]> {
  await prepare();
  expect(await refresh()).toBeUndefined();
  await world.expectStored(tree);
  const commands = proxy.steps.filter((name) => name !== "QUIT");
  for (const [at, name] of commands.entries()) {
    for (const what of troubles) {
      await prepare();
      const error = await refresh({ at, what });
      expect(await proxy.met(), `${what} ${name}`).toBe(true);
      if (error !== undefined) expect(error, `${what} ${name}`).toMatchObject({ code: "cache-unavailable" });
      // Reading heals what a flush took between the writing of modules and of their index.
      await world.expectUnharmed();
      // What the refresh had brought already may be deleted before it is tried again.
      if (what === "before") await commit();
      expect(await refresh()).toBeUndefined();
      await world.expectUnharmed();
      await world.expectStored(tree);
    }
  }
  return commands;
}

const flush = async () => {
  await world.redis.flushall();
};

test("a refresh cut or flushed at any command leaves one revision to read, and the next one ends equal", async () => {
  const commands = await troubleEverywhere(commit, ["before", "after", flush]);
  expect(commands).toContain("exec");
});

test("a cache filled anew survives the same", async () => {
  const commands = await troubleEverywhere(async () => {
    await commit();
    await flush();
  }, ["before", "after", flush]);
  expect(commands.some((name) => name.startsWith("scan"))).toBe(true);
});

test("Redis that is away, or restarts empty, delays what executors read and loses nothing", async () => {
  const server = await startThrowawayRedis();
  const cache = await connectRedisCache({ url: server.url });
  const edges = { store: world.store, cache };
  await refreshScope(edges, world.granted);
  await server.stop();

  await commit();
  await expect(refreshScope(edges, world.granted)).rejects.toMatchObject({ code: "cache-unavailable" });
  expect((await readScope(edges, world.granted))?.files).toEqual(tree);

  const again = await startThrowawayRedis({ port: server.port });
  await vi.waitFor(() => cache.ready(), { timeout: 10_000, interval: 20 });
  expect((await readScope(edges, world.granted))?.files).toEqual(tree);
  await refreshScope(edges, world.granted);
  expect(await cache.snapshot(world.granted)).toMatchObject({
    revision: (await world.store.snapshot(world.granted)).revision,
  });
  await cache.close();
  await again.stop();
});
