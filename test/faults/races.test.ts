// Two workers on one repository, two repositories on one scope, and somebody who reads all the while.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { Fault } from "../../src/errors.ts";
import type { GitHub } from "../../src/github/github.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import type { Repository } from "../github/repository.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { type ReadScope, readScope } from "./reader.ts";
import { expectHistory } from "./stored.ts";
import { sampleTree } from "./trees.ts";

interface Worker {
  readonly github: GitHub;
  readonly store: Store;
  readonly cache: ModuleCache;
}

let world: FaultWorld;
let workers: readonly [Worker, Worker];

beforeAll(async () => {
  world = await startFaultWorld();
  const start = async () => ({
    github: world.client(),
    store: await connectStore({ url: world.databaseUrl }),
    cache: await connectRedisCache({ url: world.redisServer.url }),
  });
  workers = [await start(), await start()];
});

afterAll(async () => {
  for (const { store, cache } of workers) await Promise.all([store.close(), cache.close()]);
  await world.close();
});

/** Syncs until it goes through, as the queue does with what is worth another try. */
async function syncUntilDone(repository: Repository, worker: Worker): Promise<void> {
  for (;;) {
    try {
      return await world.sync(repository, worker);
    } catch (error) {
      if (!(error instanceof Fault && error.code === "sync-overtaken")) throw error;
    }
  }
}

/** Reads the scope over and over while `work` is under way. Gives every different thing that was seen. */
async function readWhile(work: Promise<unknown>): Promise<ReadScope[]> {
  let isWorking = true;
  const working = work.finally(() => {
    isWorking = false;
  });
  const seen = new Map<string, ReadScope>();
  const reading = async () => {
    while (isWorking) {
      const read = await readScope(world, world.granted);
      seen.set(JSON.stringify([read.revision, Object.entries(read.files).toSorted()]), read);
    }
  };
  await Promise.all([working, reading()]);
  return [...seen.values()];
}

async function expectSingleRevisions(seen: readonly ReadScope[]): Promise<void> {
  for (const { revision, files } of seen) {
    const then = await world.store.filesAt(world.granted, revision);
    expect(files, `revision ${revision}`).toEqual(Object.fromEntries(then.map(({ path, content }) => [path, content])));
  }
}

test("a worker that was overtaken writes nothing, neither over newer files nor of an older head", async () => {
  const repository = await world.repository("overtaken", sampleTree(1));
  const [slow, quick] = workers;
  await world.sync(repository);
  await world.push(repository, sampleTree(2));
  const overtaken = world.sync(repository, {
    ...slow,
    github: {
      ...slow.github,
      // It has seen the head; before it reads the tree, the world moves on.
      tree: async (...asked) => {
        await world.push(repository, sampleTree(3));
        await world.sync(repository, quick);
        return slow.github.tree(...asked);
      },
    },
  });
  await expect(overtaken).rejects.toMatchObject({ code: "sync-overtaken" });
  await world.expectStored(sampleTree(3));
  await world.sync(repository, slow);
  await world.expectStored(sampleTree(3));
});

describe("a worker that was overtaken", () => {
  const emptied = sampleTree(1, { extra: 30 });

  /** A sync by the slow worker that has seen the head when `meanwhile` happens. */
  async function overtakenBy(repository: Repository, meanwhile: () => Promise<unknown>): Promise<unknown> {
    const [slow] = workers;
    const tree: GitHub["tree"] = async (...asked) => {
      await meanwhile();
      return slow.github.tree(...asked);
    };
    return world.sync(repository, { ...slow, github: { ...slow.github, tree } }).catch((error: unknown) => error);
  }

  const standingOf = async ({ id }: Repository) => {
    const { state, lastSync, syncedSha, hold } = (await world.store.repository(id)) ?? {};
    return { state, commit: lastSync?.commit, syncedSha, heldAt: hold?.commit };
  };

  test.each([
    ["has a stop to record, by another stop", "scope: [\n", "scope: global\n", "refused"],
    ["has a stop to record, by a sync that went through", "scope: [\n", "scope: acme\n", "bound"],
    ["has files to write, by a stop", "scope: acme\n", "scope: [\n", "refused"],
  ])("and %s, records nothing of the older head", async (_, older, newer, state) => {
    await world.forget();
    const repository = await world.repository(`stop-${state}-${older.length}-${newer.length}`, sampleTree(1));
    await world.sync(repository);
    const next = (manifest: string, version: number) => world.trees.push(repository, sampleTree(version), manifest);
    await next(older, 2);
    let newest = "";
    const thrown = await overtakenBy(repository, async () => {
      newest = await next(newer, 3);
      await world.sync(repository, workers[1]);
    });
    expect(thrown).toMatchObject({ code: "sync-overtaken" });
    const standing = await standingOf(repository);
    expect(standing).toMatchObject({ state, commit: newest });
    await world.sync(repository, workers[0]);
    expect(await standingOf(repository)).toEqual(standing);
  });

  test("and would hold the older head, leaves the newer one as it is", async () => {
    await world.forget();
    const repository = await world.repository("hold-late", emptied);
    await world.sync(repository);
    await world.push(repository, sampleTree(2));
    let newest = "";
    const thrown = await overtakenBy(repository, async () => {
      newest = await world.push(repository, emptied);
      await world.sync(repository, workers[1]);
    });
    expect(thrown).toMatchObject({ code: "sync-overtaken" });
    expect(await standingOf(repository)).toEqual({
      ...{ state: "bound", commit: newest, syncedSha: newest, heldAt: undefined },
    });
  });

  test.each([
    ["write", "scope: acme\n"],
    ["record", "scope: [\n"],
  ])("by the end of its installation has nothing to %s", async (what, manifest) => {
    await world.forget();
    const repository = await world.repository(`gone-${what}`, sampleTree(1));
    await world.trees.push(repository, sampleTree(2), manifest);
    const thrown = await overtakenBy(repository, () => world.store.detachRepositories([repository.id]));
    expect(thrown).toBeInstanceOf(Fault);
    expect(await standingOf(repository)).toMatchObject({ state: "detached" });
    expect((await world.store.snapshot(world.granted)).files.size).toBe(0);
  });
});

test("two workers on one repository end equal to its last tree, and readers see one revision at a time", async () => {
  await world.forget();
  const repository = await world.repository("shared", sampleTree(1));
  const seen = await readWhile(
    (async () => {
      for (let version = 2; version <= 12; version += 1) {
        await Promise.all([
          world.push(repository, sampleTree(version)),
          ...workers.map((worker) => syncUntilDone(repository, worker)),
        ]);
        await world.expectUnharmed();
      }
      await Promise.all(workers.map((worker) => syncUntilDone(repository, worker)));
    })(),
  );
  await expectSingleRevisions(seen);
  await world.expectStored(sampleTree(12));
  await expectHistory(world, world.granted, world.trees);
});

test("two repositories on one scope end equal to both trees, and readers see one revision at a time", async () => {
  await world.forget();
  const names = ["one", "other"] as const;
  const treeOf = (folder: string, version: number) => sampleTree(version, { folder });
  const repositories = await Promise.all(names.map((name) => world.repository(name, treeOf(name, 1))));
  const feed = async (repository: Repository, worker: Worker, folder: string) => {
    for (let version = 2; version <= 12; version += 1) {
      await world.push(repository, treeOf(folder, version));
      await syncUntilDone(repository, worker);
    }
  };
  const seen = await readWhile(
    Promise.all(
      repositories.map((repository, index) => feed(repository, workers[index] ?? workers[0], names[index] ?? names[0])),
    ),
  );
  expect(seen.length).toBeGreaterThan(3);
  await expectSingleRevisions(seen);
  await world.expectStored({ ...treeOf("one", 12), ...treeOf("other", 12) });
  await expectHistory(world, world.granted, world.trees);
});
