// A sync that meets trouble at each request to GitHub in turn. The requests are those that a clean sync was seen to
// make, those for tokens and downloads included, so none can be forgotten.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import type { FaultResponse } from "../github/faults.ts";
import type { Repository } from "../github/repository.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { isLongForm, patienceMs } from "./long-form.ts";
import { sampleTree, type Tree } from "./trees.ts";

let world: FaultWorld;
let repository: Repository;
let version = 0;
let tree: Tree;

beforeAll(async () => {
  world = await startFaultWorld();
  repository = await world.repository("modules", nextTree());
  await world.sync(repository);
});

afterAll(async () => {
  await world.close();
  expect(world.github.violations).toEqual([]);
});

function nextTree(extra = 0): Tree {
  version += 1;
  tree = sampleTree(version, { extra });
  return tree;
}

interface Request {
  readonly method: string;
  readonly path: string;
  /** How many requests of the same words came before it. */
  readonly after: number;
}

/** The requests of a sync with a client of its own; ids of commits, blobs and downloads are left open. */
async function requestsOfSync(): Promise<Request[]> {
  const { requests } = world.github;
  const start = requests.length;
  await world.sync(repository, { github: world.client() });
  await world.expectStored(tree);
  const seen = new Map<string, number>();
  return requests.slice(start).map(({ method, path }) => {
    const pattern = path.replaceAll(/[0-9a-f]{32,40}/g, "{hex}");
    const words = `${method} ${pattern}`;
    seen.set(words, (seen.get(words) ?? -1) + 1);
    return { method, path: pattern, after: seen.get(words) ?? 0 };
  });
}

function patternOf(path: string): RegExp {
  const literal = path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("\\{hex\\}", "[0-9a-f]{32,40}")}$`);
}

async function expectSynced(said: string): Promise<void> {
  const { syncedSha } = (await world.store.repository(repository.id)) ?? {};
  expect(syncedSha, `${said}: the sync ended as if it were done`).toBe(await repository.head());
}

interface Trouble {
  readonly respond: FaultResponse;
  /** Enough to outlast the client's own short repetitions. */
  readonly times: number;
  readonly timeoutMs?: number;
}

/** Syncs what `prepare` leads to, with trouble at one request, and then again without. */
async function syncThrough(prepare: () => Promise<void>, request: Request, trouble: Trouble): Promise<void> {
  await prepare();
  world.renewAllowance();
  const { faults } = world.github;
  faults.next({ ...request, path: patternOf(request.path), ...trouble });
  const said = `${request.method} ${request.path} #${request.after}`;
  const error = await world
    .sync(repository, { github: world.client(trouble.timeoutMs) })
    .catch((reason: unknown) => reason);
  const met = trouble.times - faults.left;
  faults.clear();
  expect(met, `requests met at ${said}`).toBeGreaterThan(0);
  if (error !== undefined && !(error instanceof Fault)) throw new Error(`Not a fault: ${said}`, { cause: error });
  await world.expectUnharmed();
  // A sync that ends well has done its work, or knows that it cannot: nothing would call it again.
  const isDetached = (await world.store.repository(repository.id))?.state === "detached";
  if (error === undefined && !isDetached) await expectSynced(said);
  await world.seeAgain(repository);
  await world.sync(repository);
  await world.expectStored(tree);
  expect(repository.checkRuns(await repository.head()).at(-1), said).toMatchObject({ conclusion: "success" });
}

const troubles: readonly Trouble[] = [
  // An outage, a connection that breaks, no answer at all.
  { respond: { status: 500 }, times: 3 },
  { respond: "reset", times: 3 },
  // Time enough for the requests that are answered, however busy the machine.
  { respond: "hang", times: 1, timeoutMs: 2000 },
  // A commit that is announced and not served yet.
  { respond: { status: 404, body: { message: "Not Found" } }, times: 1 },
  { respond: { status: 422, body: { message: "No commit found" } }, times: 1 },
  // The limits: of the hour, and of too much at once.
  {
    respond: {
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800" },
      body: { message: "API rate limit exceeded." },
    },
    times: 1,
  },
  { respond: { status: 429, headers: { "retry-after": "60" } }, times: 1 },
  // Something else than what was asked for: a blob of other bytes, an answer of another shape.
  { respond: { status: 200, body: { message: "something else" } }, times: 2 },
];

// Some twenty syncs: seconds on a machine of its own, more beside the other tests.
test("a push survives trouble at any request", { timeout: patienceMs }, async () => {
  const prepare = async () => {
    await world.push(repository, nextTree());
  };
  await prepare();
  const requests = await requestsOfSync();
  for (const [index, request] of requests.entries()) {
    for (const [number, trouble] of troubles.entries()) {
      // In the short form each request meets one of the troubles, in turn.
      if (!isLongForm && index % troubles.length !== number) continue;
      await syncThrough(prepare, request, trouble);
    }
  }
});

test("a first sync out of an archive survives an outage and a break at any request", {
  timeout: patienceMs,
}, async () => {
  await world.push(repository, nextTree(60));
  const prepare = () => world.forget();
  await prepare();
  const requests = await requestsOfSync();
  expect(requests.some(({ path }) => path.includes("/tarball/"))).toBe(true);
  for (const request of requests) {
    // Those of a push are done above; here it is the way to an archive that counts.
    if (!isLongForm && !/tarball|codeload/.test(request.path)) continue;
    await syncThrough(prepare, request, { respond: { status: 500 }, times: 3 });
    await syncThrough(prepare, request, { respond: "reset", times: 3 });
  }
});
