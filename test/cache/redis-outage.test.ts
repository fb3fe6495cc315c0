// Redis away, hanging or refusing: commands fail at once, say why and give nothing away, and work again by themselves.
import { inspect } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import type { ModuleCache } from "../../src/cache/cache.ts";
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { Fault } from "../../src/errors.ts";
import { startThrowawayRedis, type ThrowawayRedis, type ThrowawayRedisOptions } from "../support/redis-server.ts";
import { everything, grantSomeone, halopsa } from "./modules.ts";

const password = "s3cret/with:odd@signs";
const acme = grantSomeone("acme");

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function startRedis(options: ThrowawayRedisOptions = {}): Promise<ThrowawayRedis> {
  const server = await startThrowawayRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

async function connect(url: string, commandTimeoutMs = 5_000): Promise<ModuleCache> {
  const cache = await connectRedisCache({ url, commandTimeoutMs });
  cleanups.push(() => cache.close());
  return cache;
}

/** Runs what must fail and gives the fault with the time that it took. */
async function failureOf(work: () => Promise<unknown>): Promise<{ fault: Fault; elapsedMs: number }> {
  const started = performance.now();
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  return { fault: error as Fault, elapsedMs: performance.now() - started };
}

function expectNothingGivenAway(fault: Fault): void {
  const everythingSaid = `${inspect(fault, { depth: 10, showHidden: true })}${fault.stack}`;
  expect(everythingSaid).not.toContain(password);
  expect(everythingSaid).not.toContain(encodeURIComponent(password));
  expect(everythingSaid).not.toContain(halopsa.content);
}

test("every command fails at once as cache-unavailable while Redis is away, and works again when it is back", async () => {
  const first = await startRedis({ password });
  const cache = await connect(first.url);
  await cache.publish(acme, everything(1, halopsa));
  await first.stop();
  for (const work of [
    () => cache.revision(acme),
    () => cache.snapshot(acme),
    () => cache.modules(acme, [halopsa.path]),
    () => cache.publish(acme, { from: 1, to: 2, upserts: [halopsa], deletes: [] }),
    () => cache.heal(acme, [halopsa]),
    () => cache.ready(),
  ]) {
    const { fault, elapsedMs } = await failureOf(work);
    expect(fault.code).toBe("cache-unavailable");
    expect(fault.message).toContain(`127.0.0.1:${first.port}`);
    expect(elapsedMs).toBeLessThan(1_000);
    expectNothingGivenAway(fault);
  }
  await startRedis({ password, port: first.port });
  await vi.waitFor(() => cache.ready(), { timeout: 10_000, interval: 20 });
  expect(await cache.revision(acme)).toBeUndefined();
  expect(await cache.publish(acme, everything(2, halopsa))).toBe(true);
});

test("connectRedisCache() resolves while Redis is away, and the cache is usable once it is there", async () => {
  const gone = await startRedis();
  await gone.stop();
  const cache = await connect(gone.url);
  const { fault } = await failureOf(() => cache.ready());
  expect(fault.message).toContain("ECONNREFUSED");
  await startRedis({ port: gone.port });
  await vi.waitFor(() => cache.ready(), { timeout: 10_000, interval: 20 });
});

test("a Redis that hangs fails a command after the timeout and the next ones at once", async () => {
  const server = await startRedis();
  const cache = await connect(server.url, 300);
  server.process.kill("SIGSTOP");
  const { fault, elapsedMs } = await failureOf(() => cache.revision(acme));
  expect(fault.code).toBe("cache-unavailable");
  expect(elapsedMs).toBeLessThan(2_000);
  const later = await failureOf(() => cache.publish(acme, everything(1, halopsa)));
  expect(later.elapsedMs).toBeLessThan(2_000);
  server.process.kill("SIGCONT");
  await vi.waitFor(() => cache.ready(), { timeout: 10_000, interval: 20 });
});

test("a wrong password is named as the reason and is not repeated", async () => {
  const server = await startRedis({ password: "right" });
  const wrong = new URL(server.url);
  wrong.password = encodeURIComponent(password);
  const cache = await connect(wrong.href);
  const { fault } = await failureOf(() => cache.ready());
  expect(fault.message).toMatch(/WRONGPASS/);
  expectNothingGivenAway(fault);
});

test("a login that may ask a server nothing about itself reads and publishes all the same", async () => {
  const server = await startRedis({ settings: { user: "app on >pw ~bifrost:* +@all -@dangerous" } });
  const cache = await connect(`redis://app:pw@127.0.0.1:${server.port}`);
  expect(await cache.publish(acme, everything(1, halopsa))).toBe(true);
  expect(await cache.modules(acme, [halopsa.path])).toEqual(new Map([[halopsa.path, halopsa]]));
});

test("a command that Redis refuses does not bring its arguments into the fault", async () => {
  const server = await startRedis({ settings: { "rename-command": "SET THIS-IS-NOT-SET" } });
  const cache = await connect(server.url);
  const { fault } = await failureOf(() => cache.publish(acme, everything(1, halopsa)));
  expect(fault.code).toBe("cache-unavailable");
  expect(fault.message).toContain("unknown command");
  expectNothingGivenAway(fault);
});

test.each([`not a url ${password}`, `http://:${encodeURIComponent(password)}@127.0.0.1`, `redis://:%zz${password}@h`])(
  "connectRedisCache() refuses %j without repeating it",
  async (url) => {
    const { fault } = await failureOf(() => connectRedisCache({ url }));
    expect(fault.code).toBe("config-invalid");
    expectNothingGivenAway(fault);
  },
);

test.each([
  ["logins", [`redis://:${encodeURIComponent(password)}@127.0.0.1`, "redis://:other@127.0.0.1:1"]],
  ["TLS", ["redis://127.0.0.1", "rediss://127.0.0.1:1"]],
  ["databases", ["redis://127.0.0.1", "redis://127.0.0.1:1/2"]],
])("connectRedisCache() refuses nodes of one cluster with different %s", async (_, url) => {
  const { fault } = await failureOf(() => connectRedisCache({ url }));
  expect(fault.code).toBe("config-invalid");
  expectNothingGivenAway(fault);
});
