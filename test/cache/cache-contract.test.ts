// What every cache promises, said once and held over all: in process, in Redis, and in a Redis Cluster.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { createMemoryCache } from "../../src/cache/memory-cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { type GrantedScope, grantOperator, grantPinned } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";
import { startThrowawayCluster, type ThrowawayCluster } from "../support/redis-cluster.ts";
import { everything, grantSomeone, halopsa, halopsaChanged, moduleOf, path, tickets } from "./modules.ts";

let server: TestRedis;
let cluster: ThrowawayCluster;
beforeAll(async () => {
  [server, cluster] = await Promise.all([claimRedis(), startThrowawayCluster({ masters: 3 })]);
});
afterAll(() => Promise.all([server.close(), cluster.stop()]));

describe.each([
  { name: "memory", open: async (): Promise<ModuleCache> => createMemoryCache() },
  { name: "Redis", open: async (): Promise<ModuleCache> => connectRedisCache({ url: server.url }) },
  // One URL says nothing of it: it is found out.
  { name: "Redis Cluster", open: async (): Promise<ModuleCache> => connectRedisCache({ url: cluster.url }) },
])("the $name cache", ({ open }) => {
  let cache: ModuleCache;
  let acme: GrantedScope;
  const everyone = grantOperator(globalScope);

  beforeEach(async () => {
    await Promise.all([clearRedis(server.redis), cluster.clear()]);
    cache = await open();
    acme = grantSomeone("acme");
    return () => cache.close();
  });

  test("ready() resolves when the cache can be used", async () => {
    await expect(cache.ready()).resolves.toBeUndefined();
  });

  test("a scope that nothing was published of has neither revision nor snapshot nor modules", async () => {
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.pin(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
    expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map());
  });

  test("global has no pin, and its layers need none", async () => {
    await cache.publish(everyone, everything(9, tickets));
    expect(await cache.pin(everyone)).toBeNull();
    expect(await cache.snapshot(everyone)).toMatchObject({ revision: 9, pin: null });
    expect(await cache.pin(grantPinned(4))).toBeNull();
  });

  test("publish() of everything makes revision, index and modules readable", async () => {
    expect(await cache.publish(acme, everything(7, halopsa, tickets))).toBe(true);
    expect(await cache.revision(acme)).toBe(7);
    expect(await cache.snapshot(acme)).toEqual({
      revision: 7,
      pin: null,
      files: new Map([
        [halopsa.path, halopsa.hash],
        [tickets.path, tickets.hash],
      ]),
    });
    expect(await cache.modules(acme, [tickets.path, path("shared/none.ts")])).toEqual(
      new Map([[tickets.path, tickets]]),
    );
  });

  test("publish() of a step changes, adds and removes what the step names and nothing else", async () => {
    const kept = moduleOf("shared/kept.py", "x = 1\n");
    await cache.publish(acme, everything(1, halopsa, tickets, kept));
    const step = { from: 1, to: 2, upserts: [halopsaChanged], deletes: [tickets.path] };
    expect(await cache.publish(acme, step)).toBe(true);
    expect(await cache.snapshot(acme)).toEqual({
      revision: 2,
      pin: null,
      files: new Map([
        [halopsa.path, halopsaChanged.hash],
        [kept.path, kept.hash],
      ]),
    });
    const modules = await cache.modules(acme, [halopsa.path, tickets.path, kept.path]);
    expect(modules).toEqual(
      new Map([
        [halopsa.path, halopsaChanged],
        [kept.path, kept],
      ]),
    );
  });

  test("publish() refuses a step from a revision that the cache is not at, and changes nothing", async () => {
    await cache.publish(acme, everything(3, halopsa));
    for (const from of [2, 4]) {
      expect(await cache.publish(acme, { from, to: 5, upserts: [halopsaChanged], deletes: [] })).toBe(false);
    }
    expect(await cache.snapshot(acme)).toEqual({
      revision: 3,
      pin: null,
      files: new Map([[halopsa.path, halopsa.hash]]),
    });
    expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
  });

  test("publish() refuses a step where nothing was published yet", async () => {
    expect(await cache.publish(acme, { from: 1, to: 2, upserts: [halopsa], deletes: [] })).toBe(false);
    expect(await cache.revision(acme)).toBeUndefined();
  });

  test("publish() of everything leaves nothing of what was there before", async () => {
    await cache.publish(acme, everything(1, halopsa, tickets));
    expect(await cache.publish(acme, everything(2, halopsaChanged))).toBe(true);
    expect(await cache.snapshot(acme)).toEqual({
      revision: 2,
      pin: null,
      files: new Map([[halopsa.path, halopsaChanged.hash]]),
    });
    expect(await cache.modules(acme, [halopsa.path, tickets.path])).toEqual(new Map([[halopsa.path, halopsaChanged]]));
  });

  test("publish() of everything does not undo a later revision", async () => {
    await cache.publish(acme, everything(5, halopsaChanged));
    expect(await cache.publish(acme, everything(4, halopsa))).toBe(false);
    expect(await cache.revision(acme)).toBe(5);
  });

  test("a scope that never held a file can be published at revision 0", async () => {
    expect(await cache.publish(acme, everything(0))).toBe(true);
    expect(await cache.revision(acme)).toBe(0);
    expect(await cache.snapshot(acme)).toEqual({ revision: 0, pin: null, files: new Map() });
    expect(await cache.publish(acme, { from: 0, to: 1, upserts: [halopsa], deletes: [] })).toBe(true);
    expect(await cache.revision(acme)).toBe(1);
  });

  test("a scope that lost its last file counts as one that the cache does not hold", async () => {
    await cache.publish(acme, everything(1, halopsa));
    expect(await cache.publish(acme, { from: 1, to: 2, upserts: [], deletes: [halopsa.path] })).toBe(true);
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
    expect(await cache.publish(acme, everything(3, tickets))).toBe(true);
    expect(await cache.revision(acme)).toBe(3);
  });

  test("a snapshot stays as it was when a step is published", async () => {
    await cache.publish(acme, everything(1, halopsa));
    const before = await cache.snapshot(acme);
    await cache.publish(acme, { from: 1, to: 2, upserts: [halopsaChanged], deletes: [] });
    expect(before).toEqual({ revision: 1, pin: null, files: new Map([[halopsa.path, halopsa.hash]]) });
  });

  test("of many publishers from one revision exactly one wins, and index and modules are the winner's", async () => {
    await cache.publish(acme, everything(1, halopsa));
    const steps = Array.from({ length: 8 }, (_, index) => moduleOf("shared/halopsa.ts", `export const by = ${index};`));
    const outcomes = await Promise.all(
      steps.map((module) => cache.publish(acme, { from: 1, to: 2, upserts: [module], deletes: [] })),
    );
    expect(outcomes.filter((isPublished) => isPublished)).toHaveLength(1);
    const winner = steps[outcomes.indexOf(true)];
    expect((await cache.snapshot(acme))?.files.get(halopsa.path)).toBe(winner?.hash);
    // A loser may have taken the module away, which a reader heals; it must not have left its own behind.
    const module = (await cache.modules(acme, [halopsa.path])).get(halopsa.path);
    expect([undefined, winner]).toContainEqual(module);
  });

  test("heal() puts back a module that the index names, and leaves index and revision", async () => {
    await cache.publish(acme, everything(1, halopsa, tickets));
    await cache.heal(acme, [halopsa]);
    expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    expect((await cache.snapshot(acme))?.files.size).toBe(2);
    expect(await cache.revision(acme)).toBe(1);
  });

  test("heal() does not put back what the index names with another hash or not at all", async () => {
    await cache.publish(acme, everything(1, halopsaChanged));
    await cache.heal(acme, [halopsa, tickets]);
    expect(await cache.modules(acme, [halopsa.path, tickets.path])).toEqual(new Map([[halopsa.path, halopsaChanged]]));
  });

  test("heal() serves modules of a scope whose index is gone", async () => {
    await cache.heal(acme, [halopsa]);
    expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    expect(await cache.snapshot(acme)).toBeUndefined();
  });

  test("an organisation's grant reaches neither another organisation's files nor the global ones", async () => {
    const other = grantSomeone("other");
    await cache.publish(other, everything(4, halopsa));
    await cache.publish(everyone, everything(9, tickets));
    expect(await cache.revision(acme)).toBeUndefined();
    expect(await cache.snapshot(acme)).toBeUndefined();
    // A path that spells another scope's key from where one's own keys end.
    const crafted = [`${scopeKey(other.scope)}:${halopsa.path}`, "global:workflows/tickets.ts"];
    expect(await cache.modules(acme, [halopsa.path, tickets.path, ...crafted.map(path)])).toEqual(new Map());
    await cache.publish(acme, everything(1, halopsaChanged));
    expect(await cache.snapshot(other)).toEqual({
      revision: 4,
      pin: null,
      files: new Map([[halopsa.path, halopsa.hash]]),
    });
    expect(await cache.modules(other, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    expect(await cache.revision(everyone)).toBe(9);
  });

  test("content comes back to the byte: quotes, line ends, every plane of Unicode, an empty file", async () => {
    const odd = [
      moduleOf("shared/odd name [1]*?.ts", 'const text = "\\u2028\u2028 \\" 🦊 é";\r\n'),
      moduleOf("shared/ünïcode.json", '{"a":"\u{1F600}"}'),
      moduleOf("shared/empty.ts", ""),
      moduleOf("shared/bom.ts", "\ufeffexport {};"),
    ];
    await cache.publish(acme, everything(1, ...odd));
    const modules = await cache.modules(
      acme,
      odd.map((module) => module.path),
    );
    expect([...modules.values()]).toEqual(odd);
  });

  test("a pin changes with the revision, and the step that names none says that there is none", async () => {
    await cache.publish(acme, { ...everything(1, halopsa), pin: 42 });
    expect(await cache.pin(acme)).toBe(42);
    expect(await cache.snapshot(acme)).toMatchObject({ revision: 1, pin: 42 });
    const stale = { from: 0, to: 2, upserts: [], deletes: [], pin: 43 };
    expect(await cache.publish(acme, stale)).toBe(false);
    expect(await cache.pin(acme)).toBe(42);
    await cache.publish(acme, { from: 1, to: 2, upserts: [], deletes: [], pin: 43 });
    expect(await cache.snapshot(acme)).toMatchObject({ revision: 2, pin: 43 });
    await cache.publish(acme, { from: 2, to: 3, upserts: [tickets], deletes: [] });
    expect(await cache.pin(acme)).toBeNull();
    expect(await cache.snapshot(acme)).toMatchObject({ revision: 3, pin: null });
  });

  test("a layer at a revision is one of its own beside the scope's present one", async () => {
    const pinned = grantPinned(42);
    await cache.publish(pinned, everything(42, halopsa));
    await cache.publish(everyone, everything(50, halopsaChanged));
    expect(await cache.snapshot(pinned)).toMatchObject({
      revision: 42,
      files: new Map([[halopsa.path, halopsa.hash]]),
    });
    expect(await cache.modules(pinned, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    expect(await cache.modules(everyone, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsaChanged]]));
    expect(await cache.pinnedLayers(everyone)).toEqual([42]);
    expect(await cache.revision(grantPinned(4))).toBeUndefined();
  });

  test("forget() removes a layer that nobody needs, and nothing of another", async () => {
    await cache.publish(grantPinned(4), everything(4, halopsa));
    await cache.publish(grantPinned(42), everything(42, halopsa));
    await cache.forget(grantPinned(42), async () => true);
    expect(await cache.revision(grantPinned(42))).toBe(42);
    await cache.forget(grantPinned(42), async () => false);
    expect(await cache.revision(grantPinned(42))).toBeUndefined();
    expect(await cache.modules(grantPinned(42), [halopsa.path])).toEqual(new Map());
    expect(await cache.modules(grantPinned(4), [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
    expect(await cache.pinnedLayers(everyone)).toEqual([4]);
  });

  test("claim() while a layer is being forgotten keeps it", async () => {
    const pinned = grantPinned(42);
    expect(await cache.claim(pinned)).toBe(false);
    await cache.publish(pinned, everything(42, halopsa));
    // Nobody needs it when the question is asked; whoever pins an organisation to it just after claims it.
    await cache.forget(pinned, async () => {
      expect(await cache.claim(pinned)).toBe(true);
      return false;
    });
    expect(await cache.snapshot(pinned)).toMatchObject({ revision: 42 });
    expect(await cache.modules(pinned, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
  });

  test("10,000 files are published and read back complete", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      moduleOf(`shared/m${index}.ts`, `export default ${index};`),
    );
    await cache.publish(acme, everything(1, ...many));
    expect((await cache.snapshot(acme))?.files.size).toBe(10_000);
    const modules = await cache.modules(
      acme,
      many.map((module) => module.path),
    );
    expect([...modules.values()]).toEqual(many);
    const deletes = many.slice(0, 9_000).map((module) => module.path);
    await cache.publish(acme, { from: 1, to: 2, upserts: [], deletes });
    expect((await cache.snapshot(acme))?.files.size).toBe(1_000);
    expect((await cache.modules(acme, deletes)).size).toBe(0);
  });
});
