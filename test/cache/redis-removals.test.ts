// Modules that an index names no more: removed by whoever deleted them, or by the next who comes by, and never when they are
// brought again, at whichever command of one process another one does so.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { grantOperator, grantPinned, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { type CuttingProxy, startCuttingProxy } from "../faults/cutting-proxy.ts";
import { createRedisFramer } from "../faults/redis-steps.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";
import { everything, grantSomeone, halopsa, moduleOf, tickets } from "./modules.ts";

let server: TestRedis;
let cache: ModuleCache;
let proxy: CuttingProxy;
/** The cache of another process, which meets something at a command of the test's choice. */
let disturbed: ModuleCache;
let acme: WritableScope;
let id: string;

beforeAll(async () => {
  server = await claimRedis();
  cache = await connectRedisCache({ url: server.url });
  const url = new URL(server.url);
  proxy = await startCuttingProxy(Number(url.port), createRedisFramer);
  url.port = `${proxy.port}`;
  disturbed = await connectRedisCache({ url: url.href });
});
afterAll(async () => {
  await Promise.all([cache.close(), disturbed.close()]);
  await Promise.all([proxy.close(), server.close()]);
});
beforeEach(async () => {
  await clearRedis(server.redis);
  acme = grantSomeone("acme");
  id = scopeKey(acme.scope);
});

const keysOf = async (pattern: string) => (await server.redis.keys(pattern)).sort();

/** As it is left between the change of the index and the removal of the modules. */
async function leave(layer: string, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await server.redis.sadd(`bifrost:removals:{${layer}}`, path);
    await server.redis.set(
      `bifrost:module:${layer}:${path}`,
      JSON.stringify({ content: "", path, hash: halopsa.hash }),
    );
  }
}

test.each([
  ["publish()", () => cache.publish(acme, { from: 1, to: 2, upserts: [], deletes: [] })],
  ["heal()", () => cache.heal(acme, [])],
])("what a publisher that died had yet to remove is removed by the next %s of the scope", async (_, work) => {
  await cache.publish(acme, everything(1, halopsa));
  const many = Array.from({ length: 1_200 }, (_, index) => `shared/gone${index}.ts`);
  await leave(id, ...many, halopsa.path);
  await work();
  expect(await keysOf(`bifrost:removals:{${id}}`)).toEqual([]);
  // A path that the index names is no leftover, whatever the set says.
  expect(await keysOf(`bifrost:module:${id}:*`)).toEqual([`bifrost:module:${id}:${halopsa.path}`]);
});

test("what a publisher that died had yet to remove is not taken for what comes back", async () => {
  await cache.publish(acme, everything(1, halopsa));
  await leave(id, tickets.path);
  expect(await cache.publish(acme, { from: 1, to: 2, upserts: [tickets], deletes: [] })).toBe(true);
  expect(await cache.modules(acme, [tickets.path])).toEqual(new Map([[tickets.path, tickets]]));
  await cache.heal(acme, []);
  expect(await cache.modules(acme, [tickets.path])).toEqual(new Map([[tickets.path, tickets]]));
});

test("a layer of a pin that was forgotten halfway is still one to forget", async () => {
  await leave("global@42", halopsa.path);
  expect(await cache.pinnedLayers(grantOperator(globalScope))).toEqual([42]);
  await cache.forget(grantPinned(42), async () => false);
  expect(await keysOf("bifrost:*global*")).toEqual([]);
});

const kept = moduleOf("shared/kept.ts", "");
const deletion = { from: 1, to: 2, upserts: [], deletes: [halopsa.path, tickets.path] };
const comeback = { from: 2, to: 3, upserts: [halopsa], deletes: [] };

/** Brings the scope to where one is to begin, and has another act at each command that the first one sends, in turn. */
async function disturbEverywhere(begin: () => Promise<void>, work: () => Promise<void>, other: () => Promise<void>) {
  for (let at = 0; ; at += 1) {
    acme = grantSomeone("acme");
    id = scopeKey(acme.scope);
    await begin();
    proxy.watch({ at, what: other });
    await work();
    if (!(await proxy.met())) {
      proxy.watch();
      expect(at).toBeGreaterThan(8);
      return;
    }
    // Nobody is left to remove or put back anything but whoever comes next.
    await cache.heal(acme, []);
    const step = `at ${at}, ${proxy.steps[at]}`;
    expect(await keysOf(`bifrost:removals:{${id}}`), step).toEqual([]);
    const names = [...((await cache.snapshot(acme))?.files.keys() ?? [])].sort();
    expect(names, step).toContain(halopsa.path);
    expect(await keysOf(`bifrost:module:${id}:*`), step).toEqual(names.map((name) => `bifrost:module:${id}:${name}`));
  }
}

test("a deletion leaves what another process brings back meanwhile", async () => {
  await disturbEverywhere(
    async () => {
      await cache.publish(acme, everything(1, kept, halopsa, tickets));
    },
    async () => {
      await disturbed.publish(acme, deletion);
      if ((await cache.revision(acme)) === 2) await cache.publish(acme, comeback);
    },
    async () => {
      // Before the deletion is made there is nothing to bring back.
      if ((await cache.revision(acme)) !== 2) return;
      await cache.heal(acme, []);
      expect(await cache.publish(acme, comeback)).toBe(true);
    },
  );
});

test("what is brought back stays, although another process is late with removing it", async () => {
  await disturbEverywhere(
    async () => {
      await cache.publish(acme, { from: undefined, to: 2, upserts: [kept], deletes: [] });
      await leave(id, halopsa.path);
    },
    async () => {
      while (!(await disturbed.publish(acme, comeback)) && (await cache.revision(acme)) === 2) {}
    },
    async () => {
      // As one does that had read the set before it was drained, and lost.
      await server.redis.sadd(`bifrost:removals:{${id}}`, halopsa.path);
      await cache.heal(acme, []);
    },
  );
});
