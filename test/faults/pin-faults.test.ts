// A pin that changes while Redis is in trouble, or while another organisation's does: whoever reads a pin by keys alone finds
// the layer that it leads to, whole.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { forgetUnpinned, refreshScope } from "../../src/sync/refresh.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { boundRepository, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { createRedisFramer } from "./redis-steps.ts";

let database: TestDatabase;
let redis: TestRedis;
let store: Store;
let proxy: CuttingProxy;
const revisions = 4;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), claimRedis()]);
  store = await connectStore({ url: database.url });
  proxy = await startCuttingProxy(Number(new URL(redis.url).port), createRedisFramer);
  const global = grantOperator(globalScope);
  const repository = await boundRepository(store, global);
  for (let turn = 1; turn <= revisions; turn += 1) {
    await store.applySync(global, sampleChange(repository.id, { "shared/a.ts": `${turn}`, [`m/${turn}.ts`]: "1" }));
  }
});
afterAll(async () => {
  await Promise.all([store.close(), proxy.close()]);
  await Promise.all([database.drop(), redis.close()]);
});

interface Pinned {
  readonly granted: WritableScope;
  pinTo(revision: number | null): Promise<void>;
}

async function organization(): Promise<Pinned> {
  const granted = await sampleScope(store);
  const repository = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(repository.id, { "own.ts": "1" }));
  return {
    granted,
    async pinTo(revision) {
      const pin = revision === null ? null : { revision, release: null, until: null };
      await store.applySync(granted, { ...sampleChange(repository.id, {}), pin });
    },
  };
}

/** What an executor in another language finds by an organisation's pin, in one look. */
async function lookByKeys({ granted }: Pinned): Promise<void> {
  const pin = await redis.redis.get(`bifrost:pin:{${scopeKey(granted.scope)}}`);
  // Never absent: that would say that it was lost.
  expect(pin).toMatch(/^(?:latest|\d+)$/);
  if (pin === "latest" || pin === null) return;
  const replies = await redis.redis
    .multi()
    .get(`bifrost:pin:{${scopeKey(granted.scope)}}`)
    .get(`bifrost:revision:{global@${pin}}`)
    .hkeys(`bifrost:index:{global@${pin}}`)
    .get(`bifrost:module:global@${pin}:shared/a.ts`)
    .exec();
  const [now, revision, paths, module] = (replies ?? []).map(([, reply]) => reply);
  // It moved between the two questions: then this was no snapshot.
  if (now !== pin) return;
  expect(revision).toBe(pin);
  expect(paths).toHaveLength(Number(pin) + 1);
  expect(JSON.parse(`${module}`).content).toBe(pin);
}

async function refresh({ granted }: Pinned, url = redis.url): Promise<unknown> {
  const cache = await connectRedisCache({ url, commandTimeoutMs: 2_000 });
  try {
    return await refreshScope({ store, cache }, granted).catch((reason: unknown) => reason);
  } finally {
    await cache.close();
  }
}

test("a refresh that is cut at any command leaves no pin without its layer, and the next one ends equal", async () => {
  await clearRedis(redis.redis);
  const one = await organization();
  const url = `redis://127.0.0.1:${proxy.port}${new URL(redis.url).pathname}`;
  const turn = async (to: number, trouble?: Parameters<CuttingProxy["watch"]>[0]) => {
    await one.pinTo(to);
    proxy.watch(trouble);
    return refresh(one, url);
  };
  // Where a refresh was cut, a layer may be left behind: each look at all scopes takes such away.
  const cache = await connectRedisCache({ url: redis.url });
  const settle = async () => {
    expect(await turn(3)).toBeUndefined();
    await forgetUnpinned({ store, cache });
    expect(await cache.pinnedLayers(grantOperator(globalScope))).toEqual([3]);
  };
  await settle();
  expect(await turn(2)).toBeUndefined();
  const steps = proxy.steps.filter((name) => name !== "QUIT").length;
  expect(steps).toBeGreaterThan(5);
  for (let at = 0; at < steps; at += 1) {
    for (const what of ["before", "after"] as const) {
      await settle();
      await turn(2, { at, what });
      expect(await proxy.met(), `${what} ${at}`).toBe(true);
      await lookByKeys(one);
      proxy.watch();
      expect(await refresh(one)).toBeUndefined();
      await lookByKeys(one);
      expect(await redis.redis.get(`bifrost:pin:{${scopeKey(one.granted.scope)}}`)).toBe("2");
    }
  }
  await cache.close();
}, 120_000);

test("organisations that are pinned and let go of the same revision at once never see one without its layer", async () => {
  await clearRedis(redis.redis);
  const organizations = [await organization(), await organization(), await organization()];
  for (let round = 0; round < 12; round += 1) {
    await Promise.all(
      organizations.map(async (one, index) => {
        await one.pinTo((round + index) % 3 === 0 ? null : 1 + ((round * 7 + index) % 2));
        expect(await refresh(one)).toBeUndefined();
        await lookByKeys(one);
      }),
    );
    for (const one of organizations) await lookByKeys(one);
  }
}, 120_000);
