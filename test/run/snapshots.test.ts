// Runs while pushes land, on real servers: a writer publishes both layers without a pause, and every run must have seen one
// revision of each from its first import to its last. Each revision writes a set of modules that name it, and takes one
// away in every other.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { createMemoryCache } from "../../src/cache/memory-cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { takeCachedSource } from "../../src/run/cached-source.ts";
import { runWorkflow } from "../../src/run/run-workflow.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { refreshScope } from "../../src/sync/refresh.ts";
import { grantOperator, grantRun, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, scopeSlug } from "../../src/workspace/scope.ts";
import { isLongForm } from "../faults/long-form.ts";
import { boundRepository, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { claimRedis, clearRedis, type TestRedis } from "../support/redis.ts";

const runsWanted = isLongForm ? 3000 : 25;
const sandbox = createSandbox({ processes: 2 });
let database: TestDatabase;
let store: Store;
let claimed: TestRedis;
let lower: Writer;

beforeAll(async () => {
  [database, claimed] = await Promise.all([createTestDatabase(), claimRedis()]);
  store = await connectStore({ url: database.url });
  lower = await writerOf(grantOperator(globalScope), "lower");
});
afterAll(async () => {
  await Promise.all([sandbox.close(), store.close(), claimed.close()]);
  await database.drop();
});

// Imports what is linked beforehand, then, after a pause in which pushes land, what nothing could know of.
const workflow = `
import { seen as first } from "shared/first";
import { seen as below } from "shared/below";
export default async (_: unknown, context: { revision: Record<string, number> }) => {
  const all = [...first, ...below];
  for (const name of ["late-0", "late-1", "late-2", "odd"]) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    all.push(...(await import(\`shared/\${name}\`)).seen);
  }
  return { all, revision: context.revision };
};`;

/** What a revision of a layer holds: the same modules in every one, and "odd" of the upper layer in odd ones alone. */
function filesOf(layer: "upper" | "lower", revision: number): Record<string, string> {
  const value = `["${layer}", ${revision}]`;
  const module = `export const seen = [${value}];\n`;
  if (layer === "lower") {
    const deeper = `import { seen as deeper } from "./first";\nexport const seen = [${value}, ...deeper];\n`;
    return {
      "shared/below.ts": deeper,
      "shared/first.ts": module,
      "shared/odd.ts": module,
      "shared/late-2.ts": deeper,
      "workflows/main.ts": workflow,
    };
  }
  const names = ["first", "late-0", "late-1", ...(revision % 2 === 1 ? ["odd"] : [])];
  return Object.fromEntries(names.map((name) => [`shared/${name}.ts`, module]));
}

interface Writer {
  readonly granted: WritableScope;
  readonly layer: "upper" | "lower";
  readonly repositoryId: number;
  /** The last revision that it made. */
  revision: number;
}

async function writerOf(granted: WritableScope, layer: Writer["layer"]): Promise<Writer> {
  return { granted, layer, repositoryId: (await boundRepository(store, granted)).id, revision: 0 };
}

/** Pushes the next revision, and publishes it as a sync does. */
async function push(cache: ModuleCache, writer: Writer): Promise<void> {
  writer.revision += 1;
  const { granted, layer, repositoryId, revision } = writer;
  const deletes = layer === "upper" && revision % 2 === 0 ? ["shared/odd.ts"] : [];
  const change = sampleChange(repositoryId, filesOf(layer, revision), deletes);
  expect((await store.applySync(granted, change)).revision).toBe(revision);
  await refreshScope({ store, cache }, granted);
}

/** Runs the workflow and expects that all it saw is of the two revisions that its context names. */
async function readOnce(cache: ModuleCache, upper: WritableScope): Promise<string> {
  const { scope } = upper;
  if (scope.kind !== "organization") throw new Error("The upper layer is an organisation's");
  const source = await takeCachedSource({ store, cache }, grantRun(scope));
  const outcome = await runWorkflow({ sandbox }, { source, organization: scope, workflow: "main" });
  expect(outcome.diagnostics).toEqual([]);
  const { all, revision } = outcome.result as { all: [string, number][]; revision: Record<string, number> };
  const up = ["upper", revision[scopeSlug(scope)]];
  const low = ["lower", revision.global];
  const odd = Number(up[1]) % 2 === 1 ? up : low;
  expect(all).toEqual([up, low, up, up, up, low, up, odd]);
  return JSON.stringify(revision);
}

/**
 * Runs twice at a time while both layers change and something else happens over and over. Gives how many different
 * pairs of revisions were seen.
 */
async function stress(cache: ModuleCache, meanwhile: () => Promise<unknown>): Promise<number> {
  const upper = await writerOf(await sampleScope(store), "upper");
  await Promise.all([push(cache, upper), push(cache, lower)]);
  const moments = new Set<string>();
  let isReading = true;
  const whileReading = async (work: () => Promise<unknown>) => {
    while (isReading) await work();
  };
  const read = async () => {
    for (let run = 0; run < runsWanted; run += 1) moments.add(await readOnce(cache, upper.granted));
  };
  const reading = Promise.all([read(), read()]).finally(() => {
    isReading = false;
  });
  const writing = [upper, lower].map((writer) => whileReading(() => push(cache, writer)));
  await Promise.all([reading, ...writing, whileReading(meanwhile)]);
  return moments.size;
}

const aMoment = (ms: number) => () => new Promise((resolve) => setTimeout(resolve, ms));

test("every run sees one revision of each layer while pushes land, through Redis", async () => {
  const cache = await connectRedisCache({ url: claimed.url });
  try {
    expect(await stress(cache, aMoment(20))).toBeGreaterThan(3);
  } finally {
    await cache.close();
  }
});

test("it does while Redis loses everything again and again", async () => {
  const cache = await connectRedisCache({ url: claimed.url });
  try {
    const lose = async () => {
      await clearRedis(claimed.redis);
      await aMoment(3)();
    };
    expect(await stress(cache, lose)).toBeGreaterThan(3);
  } finally {
    await cache.close();
  }
});

test("it does through the cache in process", async () => {
  expect(await stress(createMemoryCache(), aMoment(20))).toBeGreaterThan(3);
});
