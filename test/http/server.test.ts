import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import type { Route } from "../../src/http/http.ts";
import { type HttpLimits, type HttpServer, startHttpServer } from "../../src/http/server.ts";
import { sendChunked, sendRaw } from "./client.ts";

async function serve(
  routes: readonly Route[],
  limits: Partial<HttpLimits> = {},
): Promise<HttpServer & { log(): string }> {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => lines.push(line) });
  const server = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    routes,
    limits,
    log,
  });
  onTestFinished(() => server.close());
  return { ...server, log: () => lines.join() };
}

const hello: Route = {
  method: "GET",
  path: "/hello/:name",
  handler: async ({ params }) => ({ status: 200, body: params }),
};
const measure: Route = {
  method: "POST",
  path: "/measure",
  handler: async (request) => ({ status: 200, body: { length: (await request.body({ bytesMax: 1000 })).length } }),
};

async function errorIn(answer: Response): Promise<{ readonly code: string }> {
  const { error } = (await answer.json()) as { error: { code: string } };
  return error;
}

/** A route whose handler waits until it is let go, and says when it has begun. */
function gate() {
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const route: Route = {
    method: "GET",
    path: "/slow",
    handler: async () => {
      begun.resolve();
      await released.promise;
      return { status: 200, body: "done" };
    },
  };
  return { route, begun: begun.promise, open: () => released.resolve() };
}

test("startHttpServer() answers a route with its named parts, as JSON that nobody stores", async () => {
  const { url } = await serve([hello]);
  const answer = await fetch(`${url}/hello/a%2Fb`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await answer.json()).toEqual({ name: "a/b" });
});

test("startHttpServer() answers HEAD like GET without the body", async () => {
  const { url } = await serve([hello]);
  const answer = await fetch(`${url}/hello/you`, { method: "HEAD" });
  expect([answer.status, answer.headers.get("content-length"), await answer.text()]).toEqual([200, "14", ""]);
});

test("startHttpServer() tells an unknown path from a method that a path does not take", async () => {
  const { url } = await serve([hello, measure]);
  const unknown = await fetch(`${url}/nowhere`);
  expect([unknown.status, (await errorIn(unknown)).code]).toEqual([404, "not-found"]);
  const wrong = await fetch(`${url}/hello/you`, { method: "DELETE" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("startHttpServer() takes a target that names another host as a path", async () => {
  const { url } = await serve([hello]);
  expect(await sendRaw(url, "GET //hello/you HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain("404");
  expect(await sendRaw(url, "GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain("404");
});

test("startHttpServer() answers a fault with its status, words and remedy", async () => {
  const retryAt = new Date(Date.now() + 90_000);
  const { url } = await serve([
    {
      method: "GET",
      path: "/",
      handler: () => Promise.reject(new Fault("github-unavailable", "Resting", { retryAt })),
    },
  ]);
  const answer = await fetch(url);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(80);
  expect(await errorIn(answer)).toMatchObject({ code: "github-unavailable", message: "Resting" });
});

test("startHttpServer() keeps the words of an unforeseen error in the log and gives out the line's id", async () => {
  const { url, log } = await serve([
    { method: "GET", path: "/", handler: () => Promise.reject(new Error("password of the database")) },
  ]);
  const answer = await fetch(url);
  const body = await answer.text();
  expect(answer.status).toBe(500);
  expect(body).not.toContain("password");
  const line = JSON.parse(log());
  expect(line.err.message).toBe("password of the database");
  expect(JSON.parse(body).error.requestId).toBe(line.requestId);
});

test("startHttpServer() answers 500 and goes on where a handler's answer cannot be sent", async () => {
  const { url } = await serve([
    { method: "GET", path: "/", handler: async () => ({ status: 302, headers: { location: "/\r\nset-cookie: a" } }) },
    hello,
  ]);
  expect((await fetch(url, { redirect: "manual" })).status).toBe(500);
  expect((await fetch(`${url}/hello/you`)).status).toBe(200);
});

test("startHttpServer() refuses a body that is named too long before it is sent", async () => {
  const { url } = await serve([measure]);
  const answer = await sendRaw(
    url,
    "POST /measure HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue|^HTTP\/1\.1 413/);
  expect(answer).toContain("413 Payload Too Large");
  expect(answer).toContain('"code":"body-too-large"');
});

test("startHttpServer() stops reading a body of unnamed length at the limit", async () => {
  const { url } = await serve([measure]);
  const full = await sendChunked(`${url}/measure`, {}, [new Uint8Array(600), new Uint8Array(400)]);
  expect(JSON.parse(full.body)).toEqual({ length: 1000 });
  const over = await sendChunked(`${url}/measure`, {}, [new Uint8Array(600), new Uint8Array(401)]);
  expect(over.status).toBe(413);
});

test("startHttpServer() answers 503 while other requests hold all the memory for bodies", async () => {
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const hold: Route = {
    method: "POST",
    path: "/hold",
    handler: async (request) => {
      await request.body({ bytesMax: 1000 });
      held.resolve();
      await release.promise;
      return { status: 204 };
    },
  };
  const { url } = await serve([hold, measure], { heldBodyBytesMax: 1000 });
  const first = fetch(`${url}/hold`, { method: "POST", body: new Uint8Array(900) });
  await held.promise;
  const second = await fetch(`${url}/measure`, { method: "POST", body: new Uint8Array(200) });
  expect([second.status, second.headers.get("retry-after")]).toEqual([503, "5"]);
  release.resolve();
  expect((await first).status).toBe(204);
  expect((await fetch(`${url}/measure`, { method: "POST", body: new Uint8Array(200) })).status).toBe(200);
});

test("startHttpServer() hangs up on a client that never ends its headers", async () => {
  const { url } = await serve([hello], { headersTimeoutMs: 100, requestTimeoutMs: 200 });
  expect(await sendRaw(url, "GET /hello/you HTTP/1.1\r\nhost: x\r\n")).toContain("408 Request Timeout");
});

test("startHttpServer() hangs up on a client that never ends its body", async () => {
  const { url } = await serve([measure], { headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const answer = await sendRaw(url, "POST /measure HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf");
  expect(answer).not.toContain("200 OK");
});

test("startHttpServer() aborts the handler's signal when the client hangs up", async () => {
  const begun = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const { url } = await serve([
    {
      method: "GET",
      path: "/",
      handler: async ({ signal }) => {
        begun.resolve();
        await once(signal, "abort");
        aborted.resolve();
        return { status: 204 };
      },
    },
  ]);
  const hangUp = new AbortController();
  const request = fetch(url, { signal: hangUp.signal });
  await begun.promise;
  hangUp.abort();
  await expect(request).rejects.toThrow();
  await aborted.promise;
});

test("close() lets requests under way end, takes no new ones and closes kept connections", async () => {
  const slow = gate();
  const server = await serve([slow.route, hello]);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const [kept] = await once(get(`${server.url}/hello/you`, { agent }), "response");
  await text(kept);
  const underWay = fetch(`${server.url}/slow`);
  await slow.begun;
  const sentBefore = fetch(`${server.url}/hello/you`);
  const closed = server.close();
  expect((await sentBefore).status).toBe(200);
  const asked = () =>
    fetch(`${server.url}/hello/you`).then(
      ({ status }) => status,
      () => "nobody answers",
    );
  await expect.poll(asked).toBe("nobody answers");
  slow.open();
  const answer = await underWay;
  expect([answer.headers.get("connection"), await answer.text()]).toEqual(["close", "done"]);
  await closed;
});

test("close() cuts off what does not end in time", async () => {
  const slow = gate();
  const server = await serve([slow.route], { closeTimeoutMs: 50 });
  const silent = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(silent, "connect");
  const stuck = fetch(`${server.url}/slow`);
  stuck.catch(() => {});
  await slow.begun;
  await server.close();
  await expect(stuck).rejects.toThrow();
  silent.destroy();
  slow.open();
});

test("startHttpServer() throws where the port is taken", async () => {
  const { url } = await serve([]);
  const port = Number(new URL(url).port);
  const log = pino({ level: "silent" });
  await expect(startHttpServer({ host: "127.0.0.1", port, routes: [], log })).rejects.toMatchObject({
    code: "config-invalid",
    message: `Cannot listen on 127.0.0.1:${port}: another process has it`,
    cause: { code: "EADDRINUSE" },
  });
  await expect(startHttpServer({ host: "192.0.2.1", port: 0, routes: [], log })).rejects.toMatchObject({
    remedy: expect.stringContaining("HOST"),
  });
});
