// Layers at a moment: which revision each is at, and what a revision held, as `filesAt` has it.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, path, sampleChange, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
const everyone = grantOperator(globalScope);
let platform: number;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  platform = (await boundRepository(store, everyone)).id;
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const paths = ["a.ts", "forms/b c.yaml", "shared/é.ts"];
const pushes = fc.array(
  fc.record({
    upserts: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "22"), { noNullPrototype: true }),
    deletes: fc.subarray(paths),
  }),
  { minLength: 1, maxLength: 6 },
);

test("listLayer() holds what filesAt() holds, each file with the revision that wrote it", async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (sequence) => {
      const granted = await sampleScope(store);
      const { id } = await boundRepository(store, granted);
      for (const { upserts, deletes } of sequence) await store.applySync(granted, sampleChange(id, upserts, deletes));
      const { revision: latest } = await store.snapshot(granted);
      for (let revision = 0; revision <= latest; revision += 1) {
        const listed = (await store.listLayer(granted, revision)).sort((one, other) =>
          one.path < other.path ? -1 : 1,
        );
        const files = (await store.filesAt(granted, revision)).sort((one, other) => (one.path < other.path ? -1 : 1));
        expect(listed.map(({ revision: _, ...file }) => file)).toEqual(
          files.map(({ content: _, gitSha: __, ...file }) => file),
        );
        const versions = await store.versions(granted, paths.map(path));
        for (const file of listed) {
          const version = versions.find(
            ({ path: at, made, ended }) =>
              at === file.path && made.number <= revision && (ended === null || ended.number > revision),
          );
          expect(file.revision).toBe(version?.made.number);
        }
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);

describe("layersNow()", () => {
  test("is of global alone for global", async () => {
    await store.applySync(everyone, sampleChange(platform, { "a.ts": "1" }));
    const { revision } = await store.snapshot(everyone);
    expect(await store.layersNow(everyone)).toMatchObject({
      layers: [{ revision, granted: { scope: globalScope, access: "read" } }],
      pin: null,
      latest: null,
    });
  });

  test("names a layer that was never fed", async () => {
    const granted = await sampleScope(store);
    const { layers } = await store.layersNow(granted);
    expect(layers.map(({ revision }) => revision)).toEqual([0, (await store.snapshot(everyone)).revision]);
    expect(layers[0]?.key).toBe("");
    expect(await store.listLayer(granted, 0)).toEqual([]);
  });

  test("sees global at the pin, and tells besides where global is", async () => {
    const granted = await sampleScope(store);
    const { id } = await boundRepository(store, granted);
    const { revision: pinned } = await store.applySync(everyone, sampleChange(platform, { "b.ts": "1" }));
    await store.applySync(granted, {
      ...sampleChange(id, { "a.ts": "1" }),
      pin: { revision: pinned, release: null, until: null },
    });
    const { revision: latest } = await store.applySync(everyone, sampleChange(platform, { "b.ts": "2" }));
    const seen = await store.layersNow(granted);
    expect(seen).toMatchObject({
      layers: [{ revision: 1 }, { revision: pinned, granted: { at: pinned } }],
      pin: { revision: pinned, release: null },
      latest: { revision: latest },
    });
    expect(seen.latest?.granted.at).toBeUndefined();
    expect(seen.latest?.key).not.toBe(seen.layers[1]?.key);
  });
});

test("revisionsNumbered() gives those that the scope has", async () => {
  const granted = await sampleScope(store);
  const { id } = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(id, { "a.ts": "1" }));
  const found = await store.revisionsNumbered(granted, [1, 7]);
  expect([...found.keys()]).toEqual([1]);
  expect(found.get(1)).toEqual(await store.revision(granted, 1));
});
