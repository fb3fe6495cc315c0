// A Redis from before there were scopes is brought to the new keys, once.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { moveOldKeys } from "../../src/cache/old-keys.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";
import { everything, halopsa, halopsaChanged, tickets } from "./modules.ts";

let server: TestRedis;
beforeAll(async () => {
  server = await claimRedis();
});
afterAll(() => server.close());
beforeEach(() => clearRedis(server.redis));

async function putOld(path: string, value: string): Promise<void> {
  await server.redis.sadd("bifrost:module:index", path);
  await server.redis.set(`bifrost:module:${path}`, value);
}

test("moveOldKeys() moves modules and index to the global scope and removes the old ones", async () => {
  const { path, content } = halopsa;
  await putOld(path, JSON.stringify({ content, path, hash: "an older kind of hash" }));
  expect(await moveOldKeys({ url: server.url })).toEqual({ moved: 1 });
  expect(await server.redis.get(`bifrost:module:global:${path}`)).toBe(
    JSON.stringify({ content, path, hash: halopsa.hash }),
  );
  expect(await server.redis.hgetall("bifrost:index:{global}")).toEqual({ [path]: halopsa.hash });
  expect(await server.redis.exists(`bifrost:module:${path}`, "bifrost:module:index")).toBe(0);
  expect(await server.redis.exists("bifrost:revision:{global}")).toBe(0);
});

test("moveOldKeys() does nothing the second time", async () => {
  await putOld(halopsa.path, JSON.stringify(halopsa));
  await moveOldKeys({ url: server.url });
  expect(await moveOldKeys({ url: server.url })).toEqual({ moved: 0 });
  expect(await server.redis.hlen("bifrost:index:{global}")).toBe(1);
});

test("moveOldKeys() removes what it cannot read, and a set that names itself or a key that is gone", async () => {
  await putOld("shared/broken.ts", "not JSON");
  await putOld("../escape.ts", JSON.stringify({ content: "" }));
  await server.redis.sadd("bifrost:module:index", "shared/gone.ts", "index");
  expect(await moveOldKeys({ url: server.url })).toEqual({ moved: 0 });
  expect(await server.redis.keys("bifrost:module:*")).toEqual([]);
});

test("moveOldKeys() leaves a global scope that was already published as it is", async () => {
  const cache = await connectRedisCache({ url: server.url });
  const everyone = grantOperator(globalScope);
  await cache.publish(everyone, everything(3, halopsaChanged, tickets));
  await putOld(halopsa.path, JSON.stringify(halopsa));
  expect(await moveOldKeys({ url: server.url })).toEqual({ moved: 0 });
  expect((await cache.modules(everyone, [halopsa.path])).get(halopsa.path)).toEqual(halopsaChanged);
  expect((await cache.snapshot(everyone))?.files.get(halopsa.path)).toBe(halopsaChanged.hash);
  expect(await server.redis.exists("bifrost:module:index")).toBe(0);
  await cache.close();
});
