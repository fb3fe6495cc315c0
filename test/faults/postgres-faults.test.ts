// A sync whose connection to Postgres is cut at each statement in turn, before the server hears of it and after it was
// done. The statements are those that a clean sync was seen to send, so none can be forgotten.
import { afterAll, beforeAll, expect, test } from "vitest";
import { isWorthRetrying } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import type { Repository } from "../github/repository.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { isLongForm, patienceMs } from "./long-form.ts";
import { createPostgresFramer } from "./postgres-steps.ts";
import { sampleTree } from "./trees.ts";

let world: FaultWorld;
let repository: Repository;
let proxy: CuttingProxy;
let store: Store;
let version = 1;
// A hundred syncs: seconds on a machine of its own, more beside the other tests.
const timeout = patienceMs;
const cutAlready = new Set<string>();

beforeAll(async () => {
  world = await startFaultWorld();
  const url = new URL(world.databaseUrl);
  proxy = await startCuttingProxy(Number(url.port), createPostgresFramer);
  url.port = `${proxy.port}`;
  store = await connectStore({ url: url.href });
  repository = await world.repository("modules", sampleTree(version));
  // What a pool asks once in its life is no part of a sync.
  await world.sync(repository, { store });
});

afterAll(async () => {
  await store.close();
  await proxy.close();
  await world.close();
});

/** Cuts a sync of what `prepare` leads to at each statement of it, and syncs again. Gives the statements cut at. */
async function cutEverywhere(prepare: () => Promise<void>): Promise<string[]> {
  await prepare();
  proxy.watch();
  await world.sync(repository, { store });
  await world.expectStored(sampleTree(version));
  const statements = [...proxy.steps];
  for (const [at, text] of statements.entries()) {
    // In the short form a statement that was cut at in the other kind of sync is not cut at again.
    if (!isLongForm && cutAlready.has(text)) continue;
    for (const what of endMatters(statements, at) ? (["before", "after"] as const) : (["before"] as const)) {
      await prepare();
      proxy.watch({ at, what });
      const error = await world.sync(repository, { store }).catch((reason: unknown) => reason);
      expect(await proxy.met(), `${what} ${text}`).toBe(true);
      // A rollback, or the end of a transaction that only read, is no loss where it is cut.
      if (error !== undefined) expect(isWorthRetrying(error), `${what} ${text}: ${error}`).toBe(true);
      await world.expectUnharmed();
      await world.sync(repository, { store });
      await world.expectStored(sampleTree(version));
    }
  }
  for (const text of statements) cutAlready.add(text);
  return statements;
}

/**
 * Whether it makes a difference that a statement was done and its answer lost. To the server, the end of a question, or
 * of a statement inside a transaction, is the same as the moment before the next one.
 */
function endMatters(statements: readonly string[], at: number): boolean {
  const text = statements[at] ?? "";
  const edge = statements
    .slice(0, at)
    .findLast((before) => /^(?:begin|start transaction|commit|rollback)/.test(before));
  const isInside = edge !== undefined && /^(?:begin|start transaction)/.test(edge);
  return text === "commit" || !(isInside || /^(?:select|begin|start transaction)/.test(text));
}

test("a push cut at any statement leaves the old or the new revision, and the next sync ends equal to the tree", {
  timeout,
}, async () => {
  const statements = await cutEverywhere(async () => {
    version += 1;
    await world.push(repository, sampleTree(version));
  });
  expect(statements.some((text) => text.startsWith("delete from workspace_files"))).toBe(true);
  expect(statements.some((text) => text.startsWith("insert into workspace_file_history"))).toBe(true);
});

test("a first sync cut at any statement leaves nothing or everything, and the next one ends equal to the tree", {
  timeout,
}, async () => {
  const statements = await cutEverywhere(() => world.forget());
  expect(statements.filter((text) => text === "commit")).not.toEqual([]);
  expect(statements.some((text) => text.startsWith("insert into revisions"))).toBe(true);
});
