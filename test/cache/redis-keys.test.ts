// What stands in Redis, to the letter, and what becomes of it when some of it vanishes or is not ours.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { grantOperator, grantPinned, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";
import { everything, grantSomeone, halopsa, halopsaChanged, moduleOf, tickets } from "./modules.ts";

let server: TestRedis;
let cache: ModuleCache;
let acme: WritableScope;
let id: string;

beforeAll(async () => {
  server = await claimRedis();
  cache = await connectRedisCache({ url: server.url });
});
afterAll(async () => {
  await cache.close();
  await server.close();
});
beforeEach(async () => {
  await clearRedis(server.redis);
  acme = grantSomeone("acme");
  id = scopeKey(acme.scope);
});

const keysOf = async (pattern: string) => (await server.redis.keys(pattern)).sort();

describe("keys", () => {
  test("publish() writes exactly the keys and values that executors read", async () => {
    await cache.publish(acme, everything(7, halopsa));
    expect(await keysOf(`bifrost:*${id}*`)).toEqual(
      [
        `bifrost:index:{${id}}`,
        `bifrost:module:${id}:shared/halopsa.ts`,
        `bifrost:pin:{${id}}`,
        `bifrost:revision:{${id}}`,
      ].sort(),
    );
    expect(await server.redis.get(`bifrost:revision:{${id}}`)).toBe("7");
    expect(await server.redis.hgetall(`bifrost:index:{${id}}`)).toEqual({ "shared/halopsa.ts": halopsa.hash });
    expect(await server.redis.get(`bifrost:module:${id}:shared/halopsa.ts`)).toBe(
      JSON.stringify({ content: halopsa.content, path: "shared/halopsa.ts", hash: halopsa.hash }),
    );
  });

  test("publish() spells the global scope as global", async () => {
    await cache.publish(grantOperator(globalScope), everything(1, tickets));
    expect(await keysOf("bifrost:*global*")).toEqual([
      "bifrost:index:{global}",
      "bifrost:module:global:workflows/tickets.ts",
      "bifrost:revision:{global}",
    ]);
  });

  test("a pin and the layer that it leads to stand under keys that executors can follow", async () => {
    await cache.publish(grantPinned(42), everything(42, halopsa));
    await cache.publish(acme, { ...everything(7, tickets), pin: 42 });
    expect(await server.redis.get(`bifrost:pin:{${id}}`)).toBe("42");
    expect(await keysOf("bifrost:*global*")).toEqual([
      "bifrost:index:{global@42}",
      "bifrost:module:global@42:shared/halopsa.ts",
      "bifrost:revision:{global@42}",
    ]);
    expect(await server.redis.get("bifrost:revision:{global@42}")).toBe("42");
    await cache.publish(acme, { from: 7, to: 8, upserts: [], deletes: [] });
    expect(await server.redis.get(`bifrost:pin:{${id}}`)).toBe("latest");
  });

  test("publish() of a step removes the key of what it deletes", async () => {
    await cache.publish(acme, everything(1, halopsa, tickets));
    await cache.publish(acme, { from: 1, to: 2, upserts: [], deletes: [tickets.path] });
    expect(await keysOf(`bifrost:module:${id}:*`)).toEqual([`bifrost:module:${id}:shared/halopsa.ts`]);
  });

  test("publish() of everything sweeps the modules that a lost index named, of this scope only", async () => {
    const other = grantSomeone("other");
    await cache.publish(other, everything(1, tickets));
    await cache.publish(acme, everything(1, halopsa, tickets));
    await server.redis.del(`bifrost:index:{${id}}`, `bifrost:revision:{${id}}`);
    await cache.publish(acme, everything(2, halopsa));
    expect(await keysOf(`bifrost:module:${id}:*`)).toEqual([`bifrost:module:${id}:shared/halopsa.ts`]);
    expect((await cache.modules(other, [tickets.path])).size).toBe(1);
  });

  test("a publisher that loses under WATCH takes back what it wrote", async () => {
    await cache.publish(acme, everything(1, halopsa));
    // Both look before either has published, so that only WATCH can tell them apart.
    const steps = await Promise.all([
      cache.publish(acme, { from: 1, to: 2, upserts: [halopsaChanged], deletes: [] }),
      cache.publish(acme, { from: 1, to: 2, upserts: [moduleOf("shared/only-mine.ts", "export {};")], deletes: [] }),
    ]);
    expect(steps.toSorted()).toEqual([false, true]);
    const indexed = new Set<string>((await cache.snapshot(acme))?.files.keys());
    const stored = (await keysOf(`bifrost:module:${id}:*`)).map((key) => key.slice(`bifrost:module:${id}:`.length));
    expect(stored.filter((name) => !indexed.has(name))).toEqual([]);
  });
});

describe("the cache may be flushed at any time", () => {
  test("after everything was thrown away there is nothing of a scope, and publishing everything brings it back", async () => {
    await cache.publish(acme, everything(4, halopsa, tickets));
    // All but the claim, without which the database would be another test file's as well.
    await clearRedis(server.redis);
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.publish(acme, { from: 4, to: 5, upserts: [halopsaChanged], deletes: [] })).toBe(false);
    expect(await cache.publish(acme, everything(5, halopsaChanged, tickets))).toBe(true);
    expect((await cache.snapshot(acme))?.files.size).toBe(2);
  });

  test("an index that was evicted alone does not read as a scope without files", async () => {
    await cache.publish(acme, everything(4, halopsa, tickets));
    await server.redis.del(`bifrost:index:{${id}}`);
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
    expect(await cache.publish(acme, { from: 4, to: 5, upserts: [halopsaChanged], deletes: [] })).toBe(false);
    expect(await server.redis.exists(`bifrost:index:{${id}}`)).toBe(0);
    expect(await cache.publish(acme, everything(4, halopsa, tickets))).toBe(true);
    expect((await cache.snapshot(acme))?.files.size).toBe(2);
  });

  test("a revision that was evicted alone leaves nothing that a reader could take for whole", async () => {
    await cache.publish(acme, everything(4, halopsa));
    await server.redis.del(`bifrost:revision:{${id}}`);
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
  });

  test.each([
    ["evicted alone", null],
    ["overwritten with what is no revision", "v1.3.0"],
  ])("a pin that was %s reads as lost, and never as none", async (_, value) => {
    await cache.publish(acme, { ...everything(7, tickets), pin: 42 });
    if (value === null) await server.redis.del(`bifrost:pin:{${id}}`);
    else await server.redis.set(`bifrost:pin:{${id}}`, value);
    expect(await cache.pin(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
    // It is put back alone: index and revision are there.
    expect(await cache.revision(acme)).toBe(7);
    expect(await cache.publish(acme, { from: 7, to: 7, upserts: [], deletes: [], pin: 42 })).toBe(true);
    expect(await cache.snapshot(acme)).toMatchObject({ revision: 7, pin: 42 });
  });

  test("a module that was evicted alone is missing until it is healed", async () => {
    await cache.publish(acme, everything(4, halopsa, tickets));
    await server.redis.del(`bifrost:module:${id}:shared/halopsa.ts`);
    expect([...(await cache.modules(acme, [halopsa.path, tickets.path])).keys()]).toEqual([tickets.path]);
    await cache.heal(acme, [halopsa]);
    expect((await cache.modules(acme, [halopsa.path])).get(halopsa.path)).toEqual(halopsa);
  });
});

describe("values that somebody else wrote", () => {
  test.each([
    ["not JSON", "{"],
    ["another shape", "[]"],
    ["null", "null"],
    ["a hash that is none", JSON.stringify({ content: "", path: "shared/halopsa.ts", hash: "abc" })],
    ["content that is no text", JSON.stringify({ content: 1, path: "shared/halopsa.ts", hash: halopsa.hash })],
    ["another module", JSON.stringify({ content: "", path: "shared/other.ts", hash: halopsa.hash })],
  ])("modules() treats a value that is %s as missing", async (_, value) => {
    await server.redis.set(`bifrost:module:${id}:shared/halopsa.ts`, value);
    expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map());
  });

  test("a revision that is no number counts as none", async () => {
    await cache.publish(acme, everything(4, halopsa));
    await server.redis.set(`bifrost:revision:{${id}}`, "four");
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
  });
});
