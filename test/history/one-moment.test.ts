// What looks at several layers sees them as of one moment: between any two of its statements, both of them move on.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/history/explain.ts";
import { layeredTrees } from "../../src/history/tree-diff.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { type CuttingProxy, startCuttingProxy } from "../faults/cutting-proxy.ts";
import { createPostgresFramer } from "../faults/postgres-steps.ts";
import { boundRepository, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let proxy: CuttingProxy;
let store: Store;
/** The same database, with something in between. */
let watched: Store;
let acme: WritableScope;
/** A push to global and one to the organisation, which pins it to what global is then. */
let moveOn: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  const url = new URL(database.url);
  proxy = await startCuttingProxy(Number(url.port), createPostgresFramer);
  url.port = `${proxy.port}`;
  watched = await connectStore({ url: url.href, connectionsMax: 1 });
  const everyone = grantOperator(globalScope);
  acme = await sampleScope(store);
  const [platform, modules] = [await boundRepository(store, everyone), await boundRepository(store, acme)];
  let step = 0;
  moveOn = async () => {
    step += 1;
    const files = { "shared/a.ts": `${step}` };
    const { revision } = await store.applySync(everyone, sampleChange(platform.id, files));
    const pin = { revision, release: null, until: null };
    await store.applySync(acme, { ...sampleChange(modules.id, files), pin });
  };
  await moveOn();
});
afterAll(async () => {
  await Promise.all([store.close(), watched.close()]);
  await proxy.close();
  await database.drop();
});

/** Does something with everything moving on before each of its statements in turn. */
async function disturbed<T>(work: () => Promise<T>): Promise<T[]> {
  // What a pool asks once in its life is not asked again.
  await work();
  proxy.watch();
  const seen = [await work()];
  const statements = proxy.steps.length;
  expect(statements).toBeGreaterThan(2);
  for (let at = 0; at < statements; at += 1) {
    proxy.watch({ at, what: moveOn });
    seen.push(await work());
    expect(await proxy.met(), `statement ${at}`).toBe(true);
  }
  return seen;
}

describe("one moment", () => {
  test("explain()", async () => {
    const answers = await disturbed(() =>
      explain({ store: watched }, { granted: acme, specifier: "shared/a", from: undefined, moment: undefined }),
    );
    for (const { pin, revisions, winner, hidden } of answers) {
      const [own, below] = revisions.map(({ number }) => number);
      // Each push of the organisation's pins it to the revision of global with its own number.
      expect(below).toBe(own);
      expect(pin?.revision).toBe(below);
      expect([winner?.written.number, hidden?.written.number]).toEqual([own, below]);
      expect([winner?.ended, hidden?.ended]).toEqual([null, null]);
    }
  });

  test("layeredTrees()", async () => {
    for (const { below, seen, revisions } of await disturbed(() => layeredTrees({ store: watched }, acme))) {
      expect(revisions.below).toBe(revisions.own);
      expect([...below.values()].map(({ hash }) => hash)).toEqual([...seen.values()].map(({ hash }) => hash));
    }
  });
});
