import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { type Dependency, healthRoutes } from "../../src/http/health-routes.ts";
import type { HttpRequest } from "../../src/http/http.ts";
import { metricsRoute } from "../../src/http/metrics-route.ts";
import { createRateLimits } from "../../src/http/rate-limits.ts";
import { startHttpServer } from "../../src/http/server.ts";

async function serve(dependencies: readonly Dependency[]) {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => lines.push(line) });
  const routes = healthRoutes({ dependencies, log, timeoutMs: 20 });
  const server = await startHttpServer({ host: "127.0.0.1", port: 0, routes, log });
  onTestFinished(() => server.close());
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`);
    return { status: answer.status, body: await answer.json() };
  };
  return { get, log: () => lines.join("") };
}

const works = (name: string, required = true): Dependency => ({ name, required, check: async () => {} });
const fails = (name: string, required = true): Dependency => ({
  name,
  required,
  check: () => Promise.reject(new Error("connect ECONNREFUSED db.internal:5432")),
});
const hangs = (name: string): Dependency => ({ name, required: true, check: () => new Promise(() => {}) });

test("/healthz answers although nothing else can be used", async () => {
  const { get } = await serve([fails("postgres")]);
  expect(await get("/healthz")).toEqual({ status: 200, body: { alive: true } });
});

test("/readyz names each dependency", async () => {
  const { get } = await serve([works("postgres"), works("redis", false)]);
  expect(await get("/readyz")).toEqual({
    status: 200,
    body: {
      ready: true,
      dependencies: [
        { name: "postgres", required: true, ok: true },
        { name: "redis", required: false, ok: true },
      ],
    },
  });
});

test.each([
  { case: "what is required fails", dependencies: [fails("postgres"), works("redis", false)], status: 503 },
  { case: "what is required does not answer", dependencies: [hangs("postgres")], status: 503 },
  { case: "only what is not required fails", dependencies: [works("postgres"), fails("redis", false)], status: 200 },
])("/readyz answers $status where $case", async ({ dependencies, status }) => {
  const { get } = await serve(dependencies);
  expect(await get("/readyz")).toMatchObject({ status, body: { ready: status === 200 } });
});

test("/readyz answers 503 while the process stops, whatever can be used", async () => {
  const routes = healthRoutes({
    dependencies: [works("postgres")],
    log: pino({ enabled: false }),
    isStopping: () => true,
  });
  const readyz = routes.find(({ path }) => path === "/readyz");
  const dependencies = [{ name: "postgres", required: true, ok: true }];
  expect(await readyz?.handler({} as HttpRequest)).toEqual({
    status: 503,
    body: { ready: false, stopping: true, dependencies },
  });
});

test("/readyz keeps the reason from its reader and tells it to the log", async () => {
  const { get, log } = await serve([fails("postgres")]);
  expect(JSON.stringify(await get("/readyz"))).not.toContain("db.internal");
  expect(log()).toContain("db.internal");
});

test("/readyz asks once for all who ask at the same time", async () => {
  let asked = 0;
  const answer = Promise.withResolvers<void>();
  const check = () => {
    asked += 1;
    return answer.promise;
  };
  const routes = healthRoutes({
    dependencies: [{ name: "postgres", required: true, check }],
    log: pino({ enabled: false }),
  });
  const readyz = routes.find(({ path }) => path === "/readyz");
  const request = {} as Parameters<NonNullable<typeof readyz>["handler"]>[0];
  const answers = [readyz?.handler(request), readyz?.handler(request)];
  answer.resolve();
  expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(asked).toBe(1);
});

test("/metrics refuses whoever reads it all the time, and /healthz and /readyz refuse no probe", async () => {
  const log = pino({ level: "silent" });
  const limits = createRateLimits({ log, clock: () => 0 });
  const routes = [metricsRoute(async () => "up 1", limits), ...healthRoutes({ dependencies: [], log })];
  const server = await startHttpServer({ host: "127.0.0.1", port: 0, routes, log });
  onTestFinished(() => server.close());
  const statuses = async (path: string) => {
    const answers = await Promise.all(Array.from({ length: 80 }, () => fetch(`${server.url}${path}`)));
    return Map.groupBy(answers, ({ status }) => status);
  };
  expect((await statuses("/metrics")).get(200)).toHaveLength(60);
  expect((await statuses("/healthz")).get(200)).toHaveLength(80);
  expect((await statuses("/readyz")).get(200)).toHaveLength(80);
});
