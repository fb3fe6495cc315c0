// The executor of examples/executor on a Redis Cluster: its commands go to the nodes that have the keys.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { grantOperator, grantPinned } from "../../src/workspace/grant.ts";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { everything, grantSomeone, moduleOf } from "../cache/modules.ts";
import { startThrowawayCluster, type ThrowawayCluster } from "../support/redis-cluster.ts";
import { readWhile } from "./python.ts";

let cluster: ThrowawayCluster;
let cache: ModuleCache;
beforeAll(async () => {
  cluster = await startThrowawayCluster({ masters: 3 });
  cache = await connectRedisCache({ url: cluster.url });
});
afterAll(async () => {
  await cache?.close();
  await cluster?.stop();
});

const many = (words: string) =>
  Array.from({ length: 40 }, (_, index) => moduleOf(`shared/part_${index}.py`, `words = "${words}"\n`));

test("a snapshot is whole, also where a push comes in between, and a pin is followed", async () => {
  const acme = grantSomeone("acme");
  await cache.publish(grantOperator(globalScope), everything(3, ...many("latest"), moduleOf("shared/new.py", "\n")));
  await cache.publish(grantPinned(2), everything(2, ...many("pinned")));
  await cache.publish(acme, { ...everything(1, moduleOf("shared/part_1.py", 'words = "ours"\n')), pin: 2 });
  const env = { BIFROST_REDIS_URL: cluster.url };
  const paths = ["shared/part_0", "shared/part_1", "shared/part_2"];
  const read = (meanwhile: () => Promise<void>) => readWhile(env, scopeKey(acme.scope), paths, meanwhile);

  expect((await read(async () => {})).read).toEqual({
    "shared/part_0": 'words = "pinned"\n',
    "shared/part_1": 'words = "ours"\n',
    "shared/part_2": 'words = "pinned"\n',
  });
  const pushed = await read(async () => {
    const upserts = [1, 2].map((part) => moduleOf(`shared/part_${part}.py`, 'words = "pushed"\n'));
    expect(await cache.publish(acme, { from: 1, to: 2, upserts, deletes: [], pin: null })).toBe(true);
  });
  expect(pushed.read).toEqual({
    "shared/part_0": 'words = "latest"\n',
    "shared/part_1": 'words = "pushed"\n',
    "shared/part_2": 'words = "pushed"\n',
  });
});
