// The executor of examples/executor on a Redis and a Postgres that pushes filled: the cascade, pins, deletes, a push in the
// middle of reading, and everything that Redis may lose.
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { createLog } from "../../src/log.ts";
import { refreshAll } from "../../src/sync/refresh-all.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { startWorld, type World } from "../journeys/world.ts";
import { clearRedis } from "../support/redis.ts";
import { readWhile, startPython } from "./python.ts";

const greet = `from shared import halopsa
from shared.text import shout


def main(name):
    return shout(halopsa.greeting(name))
`;
const greeting = (words: string) => `def greeting(name):\n    return f"${words} {name}"\n`;
const shout = (mark: string) => `def shout(text):\n    return text.upper() + "${mark}"\n`;

let world: World;
let platform: Repository;
let acme: Scope;
let globex: Scope;
let acmeRepository: Repository;
beforeAll(async () => {
  world = await startWorld();
  platform = await world.boundRepository("platform", globalScope, {
    "workflows/greet.py": greet,
    "shared/halopsa.py": greeting("hello"),
    "shared/text.py": shout("."),
    "shared/broken.py": 'raise ValueError("broken on purpose")\n',
    "workflows/broken.py": "from shared import broken\n",
    "workflows/curious.py":
      "import os\n\n\ndef main(_):\n    print('looking')\n    return [name for name in os.environ if 'BIFROST' in name]\n",
  });
  acme = await world.organization("acme");
  globex = await world.organization("globex");
  acmeRepository = await world.boundRepository("acme-inc", acme, { "shared/halopsa.py": greeting("ahoy") });
  await world.boundRepository("globex-corp", globex, { "shared/other.py": "secret = 1\n" });
});
afterAll(() => world.close());

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a workflow of an organisation as the page says, with Postgres at hand or without. */
async function run(scope: Scope, workflow = "workflows/greet.py", withPostgres = false): Promise<Ran> {
  const org = scope.kind === "global" ? [] : ["--org", scopeKey(scope)];
  const child = startPython(["-m", "bifrost_executor", workflow, ...org, "--input", '"Ada"'], {
    BIFROST_REDIS_URL: world.redis.url,
    ...(withPostgres && { BIFROST_DATABASE_URL: world.database.url }),
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => {
      printed[name] += text;
    });
  }
  const [code] = await once(child, "close");
  return { code, ...printed };
}

async function result(scope: Scope, withPostgres = false): Promise<unknown> {
  const { code, stdout, stderr } = await run(scope, "workflows/greet.py", withPostgres);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function push(repository: Repository, files: Readonly<Record<string, string | null>>): Promise<void> {
  await repository.push({ message: "Change", files });
  await world.settled();
}

/** What a worker does every five minutes: Redis is brought to what Postgres holds. */
async function refill(): Promise<void> {
  const cache = await connectRedisCache({ url: world.redis.url });
  await refreshAll({ store: world.app.store, cache, log: createLog("silent") });
  await cache.close();
}

describe("the cascade", () => {
  test("an organisation's module wins, also for an import that a global module makes", async () => {
    expect(await result(acme)).toBe("AHOY ADA.");
    expect(await result(globex)).toBe("HELLO ADA.");
    expect(await result(globalScope)).toBe("HELLO ADA.");
  });

  test("what no layer has is told, and nobody reaches another organisation's", async () => {
    expect(await run(acme, "workflows/none.py")).toMatchObject({ code: 2, stdout: "" });
    expect((await run(acme, "shared/other.py")).code).toBe(2);
  });

  test("a workflow is not told where Redis and Postgres are, and what it prints is not its result", async () => {
    expect(await run(acme, "workflows/curious.py", true)).toEqual({ code: 0, stdout: "[]\n", stderr: "looking\n" });
  });

  test("a traceback names the layer and shows the line", async () => {
    const { code, stderr } = await run(acme, "workflows/broken.py");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'File "bifrost://global/shared/broken.py", line 1, in <module>\n    raise ValueError("broken on purpose")',
    );
  });
});

test("a pin is followed, and what was deleted falls through to the global layer of the pin", async () => {
  const pinned = (await world.app.store.snapshot(grantOperator(globalScope))).revision;
  await push(acmeRepository, { ".github/bifrost.yml": `scope: acme\nglobal: ${pinned}\n` });
  await push(platform, { "shared/text.py": shout("!"), "shared/halopsa.py": greeting("good day") });
  expect(await result(acme)).toBe("AHOY ADA.");
  expect(await result(globex)).toBe("GOOD DAY ADA!");
  await push(acmeRepository, { "shared/halopsa.py": null, "shared/spare.py": "" });
  expect(await result(acme)).toBe("HELLO ADA.");
  await push(acmeRepository, { ".github/bifrost.yml": "scope: acme\n", "shared/halopsa.py": greeting("ahoy") });
  expect(await result(acme)).toBe("AHOY ADA!");
});

describe("a push in the middle of reading", () => {
  const pair = (version: string) => ({
    "shared/one.py": `# one, ${version}\n`,
    "shared/two.py": `# two, ${version}\n`,
  });

  /** Reads both files while `meanwhile` happens at the first read of modules. */
  const readBothWhile = (meanwhile: () => Promise<void>) =>
    readWhile(
      { BIFROST_REDIS_URL: world.redis.url, BIFROST_DATABASE_URL: world.database.url },
      scopeKey(acme),
      Object.keys(pair("")),
      meanwhile,
    );

  test("the run has all of the new revision and nothing of the old one", async () => {
    await push(acmeRepository, pair("first"));
    const { reads, read } = await readBothWhile(() => push(acmeRepository, pair("second")));
    expect(read).toEqual(pair("second"));
    expect(reads).toBeGreaterThan(2);
  });

  test("where Redis keeps naming what it does not hold, Postgres has the revision", async () => {
    await push(acmeRepository, pair("third"));
    const { read } = await readBothWhile(async () => {
      await world.redis.redis.del(`bifrost:module:${scopeKey(acme)}:shared/two.py`);
    });
    expect(read).toEqual(pair("third"));
    await clearRedis(world.redis.redis);
    await refill();
  });
});

describe("what Redis lost is never taken for nothing there", () => {
  test.each([
    ["an override", () => `bifrost:module:${scopeKey(acme)}:shared/halopsa.py`],
    ["an index", () => `bifrost:index:{${scopeKey(acme)}}`],
    ["a revision", () => `bifrost:revision:{${scopeKey(acme)}}`],
    ["a pin", () => `bifrost:pin:{${scopeKey(acme)}}`],
    ["the index of global", () => "bifrost:index:{global}"],
  ])("%s", async (_, key) => {
    const { redis } = world.redis;
    expect(await redis.del(key())).toBe(1);
    const without = await run(acme);
    expect(without).toMatchObject({ code: 1, stdout: "" });
    expect(without.stderr).toContain("ModulesLost");
    expect(await result(acme, true)).toBe("AHOY ADA!");
    await clearRedis(redis);
    await refill();
    expect(await result(acme)).toBe("AHOY ADA!");
  });

  test("Redis away: Postgres answers", async () => {
    const child = startPython(
      ["-m", "bifrost_executor", "workflows/greet.py", "--org", scopeKey(acme), "--input", '"Ada"'],
      {
        BIFROST_REDIS_URL: "redis://127.0.0.1:1",
        BIFROST_DATABASE_URL: world.database.url,
      },
    );
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    const [code] = await once(child, "close");
    expect({ code, stdout }).toEqual({ code: 0, stdout: '"AHOY ADA!"\n' });
  });
});
