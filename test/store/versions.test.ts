// What files were and when, read back from Postgres: versions, contents of many moments, and the versions of overrides.
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
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const paths = ["a.ts", "b.ts", "shared/c.ts"];
const pushes = fc.array(
  fc.record({
    upserts: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2"), { noNullPrototype: true }),
    deletes: fc.subarray(paths),
  }),
  { minLength: 1, maxLength: 7 },
);

test("versions(), contentsAt() and snapshot() at a revision agree with filesAt()", async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (sequence) => {
      const granted = await sampleScope(store);
      const repository = await boundRepository(store, granted);
      for (const { upserts, deletes } of sequence) {
        await store.applySync(granted, sampleChange(repository.id, upserts, deletes));
      }
      const { revision: latest } = await store.snapshot(granted);
      const versions = await store.versions(granted, paths.map(path));
      for (let revision = 0; revision <= latest; revision += 1) {
        const files = await store.filesAt(granted, revision);
        const tree = new Map(files.map((file) => [file.path, file.hash]));
        expect((await store.snapshot(granted, revision)).files).toEqual(tree);
        const live = versions.filter(
          ({ made, ended }) => made.number <= revision && (ended === null || ended.number > revision),
        );
        expect(new Map(live.map((version) => [version.path, version.hash]))).toEqual(tree);
        const asked = paths.map((at) => ({ path: path(at), revision }));
        const contents = await store.contentsAt(granted, asked);
        expect(contents.map((found) => found?.hash)).toEqual(asked.map((at) => tree.get(at.path)));
      }
    }),
    { numRuns: 20 },
  );
}, 60_000);

describe("revisions by number and by time", () => {
  test("revisionAt() gives the one that the scope was at", async () => {
    const granted = await sampleScope(store);
    const repository = await boundRepository(store, granted);
    expect(await store.revisionAt(granted, new Date())).toBe(0);
    for (const content of ["1", "2", "3"]) {
      await store.applySync(granted, sampleChange(repository.id, { "a.ts": content }));
    }
    const at = async (number: number) => (await store.revision(granted, number))?.createdAt ?? new Date(Number.NaN);
    const past = new Date((await at(1)).getTime() - 1);
    expect(await store.revisionAt(granted, past)).toBe(0);
    await database.query(
      "update revisions set created_at = created_at + make_interval(hours => number) where repository_id = $1",
      [repository.id],
    );
    for (const number of [1, 2, 3]) {
      const moment = await at(number);
      expect(await store.revisionAt(granted, new Date(moment.getTime() + 1))).toBe(number);
      expect(await store.revisionAt(granted, new Date(moment.getTime() - 1))).toBe(number - 1);
    }
  });

  test("revision() names who made it, and is undefined where there is none", async () => {
    const granted = await sampleScope(store);
    const repository = await boundRepository(store, granted);
    const change = sampleChange(repository.id, { "a.ts": "1", "b.ts": "1" });
    await store.applySync(granted, change);
    const [listed] = await store.revisions(granted, 1);
    expect(await store.revision(granted, 1)).toEqual(listed);
    expect(listed).toMatchObject({ commit: change.commit, author: "Ada", upserts: 2, repositoryId: repository.id });
    expect(await store.revision(granted, 2)).toBeUndefined();
  });
});

describe("overrideVersions()", () => {
  test("gives what an organisation hides and hid, under any extension, and nothing else", async () => {
    const everyone = grantOperator(globalScope);
    const platform = await boundRepository(store, everyone);
    const granted = await sampleScope(store);
    const repository = await boundRepository(store, granted);
    const other = await sampleScope(store);
    const stranger = await boundRepository(store, other);
    await store.applySync(
      everyone,
      sampleChange(platform.id, {
        "o/same.ts": "1",
        "o/renamed.ts": "1",
        "o/gone/index.js": "1",
        "o/untouched.ts": "1",
      }),
    );
    await store.applySync(
      granted,
      sampleChange(repository.id, { "o/same.ts": "2", "o/renamed.mjs": "2", "o/gone.ts": "2", "o/own.ts": "2" }),
    );
    await store.applySync(other, sampleChange(stranger.id, { "o/same.ts": "secret" }));
    await store.applySync(everyone, sampleChange(platform.id, { "o/same.ts": "3" }, ["o/gone/index.js"]));

    const found = await store.overrideVersions(granted);
    expect(found?.own.map((version) => version.path).sort()).toEqual(["o/gone.ts", "o/renamed.mjs", "o/same.ts"]);
    const below = found?.below.versions.map(({ path: at, made, ended }) => [at, made.number, ended?.number ?? null]);
    expect(below).toEqual(
      expect.arrayContaining([
        ["o/same.ts", expect.any(Number), expect.any(Number)],
        ["o/same.ts", expect.any(Number), null],
        ["o/renamed.ts", expect.any(Number), null],
        ["o/gone/index.js", expect.any(Number), expect.any(Number)],
      ]),
    );
    expect(below).toHaveLength(4);
    expect(found).toMatchObject({ revision: 1, below: { granted: { scope: globalScope, access: "read" } } });
    expect(await store.overrideVersions(everyone)).toBeUndefined();
  });
});
