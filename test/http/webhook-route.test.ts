import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { createRateLimits, type RateLimits } from "../../src/http/rate-limits.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { type WebhookRouteOptions, webhookRoute } from "../../src/http/webhook-route.ts";
import { sendChunked, sendStubbornly } from "./client.ts";
import { noLimits } from "./limits.ts";

const secret = "a secret of some length";
const sign = (body: Uint8Array | string) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

async function receive(
  accept: WebhookRouteOptions["accept"] = async () => ({ outcome: "queued" }),
  limits: RateLimits = noLimits,
): Promise<string> {
  const route = webhookRoute({ limits, appId: "7", verify: async (body, header) => header === sign(body), accept });
  const log = pino({ level: "silent" });
  // A test is every client, by what it says as a proxy.
  const trustedProxies = ["127.0.0.1"];
  const server = await startHttpServer({ host: "127.0.0.1", port: 0, routes: [route], log, trustedProxies });
  onTestFinished(() => server.close());
  return `${server.url}/api/github/webhooks`;
}

function headersFor(body: Uint8Array | string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-hub-signature-256": sign(body),
    ...changes,
  };
}

/** Limits by a clock that the test moves. */
function limitsAt(clock: () => number): RateLimits {
  return createRateLimits({ log: pino({ level: "silent" }), clock });
}

/** Sends deliveries that nobody signed until one is refused for being one too many. */
async function flood(url: string, headers: Record<string, string>) {
  for (let sent = 0; sent < 100; sent += 1) {
    const answer = await answerTo(url, "{}", { "x-hub-signature-256": sign("else"), ...headers });
    if (answer.status === 429) return { ...answer, sent };
    expect(answer).toMatchObject({ status: 401 });
  }
  throw new Error("Nothing was refused");
}

async function answerTo(url: string, body: string, changes: Record<string, string> = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: headersFor(body, changes) });
  const { error, ...rest } = (await answer.json()) as { error?: { code: string } };
  return { status: answer.status, code: error?.code, ...rest };
}

function* zeros(bytes: number): Iterable<Uint8Array> {
  const chunk = new Uint8Array(64 * 1024);
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

test("webhookRoute() answers 202 once the delivery was accepted, with its bytes as they came", async () => {
  const body = '{"text":"Grüße 🌉"}';
  const seen: unknown[] = [];
  const url = await receive(async (headers, bytes) => {
    seen.push(headers, bytes.toString());
    return { outcome: "queued" };
  });
  const guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
  expect(await answerTo(url, body)).toEqual({ status: 202, code: undefined, guid, outcome: "queued" });
  expect(seen).toEqual([{ event: "push", guid }, body]);
});

test("webhookRoute() takes the content type with a charset and refuses every other", async () => {
  const url = await receive();
  expect(await answerTo(url, "{}", { "content-type": "Application/JSON; charset=utf-8" })).toMatchObject({
    status: 202,
  });
  const form = await answerTo(url, "payload=%7B%7D", { "content-type": "application/x-www-form-urlencoded" });
  expect(form).toMatchObject({ status: 415, code: "media-type-unsupported" });
});

test("webhookRoute() refuses a wrong or missing signature without accepting anything", async () => {
  let accepted = 0;
  const url = await receive(async () => {
    accepted += 1;
    return { outcome: "queued" };
  });
  for (const signature of ["", "sha256=", "sha1=0", sign("something else"), sign("{}").toUpperCase()]) {
    const answer = await answerTo(url, "{}", { "x-hub-signature-256": signature });
    expect(answer).toMatchObject({ status: 401, code: "signature-invalid" });
  }
  expect(accepted).toBe(0);
});

test("webhookRoute() refuses a delivery without its event or id", async () => {
  const url = await receive();
  for (const header of ["x-github-event", "x-github-delivery"]) {
    for (const value of ["", "a".repeat(65), "a b"]) {
      expect(await answerTo(url, "{}", { [header]: value })).toMatchObject({ status: 400, code: "delivery-invalid" });
    }
  }
});

test("webhookRoute() answers with the fault of whoever accepts", async () => {
  const url = await receive(() => Promise.reject(new Fault("store-unavailable", "Postgres is away")));
  expect(await answerTo(url, "{}")).toMatchObject({ status: 503, code: "store-unavailable" });
});

test("webhookRoute() takes a delivery of 25 MB", async () => {
  const url = await receive(async (_, bytes) => ({ outcome: `${bytes.length}` }));
  const body = JSON.stringify("x".repeat(25 * 1024 * 1024));
  expect(await answerTo(url, body)).toMatchObject({ status: 202, outcome: `${body.length}` });
});

test("webhookRoute() reads none of a body that is named to be over 26 MB", async () => {
  const url = await receive();
  const length = 80 * 1024 * 1024;
  const answer = await sendChunked(url, headersFor("", { "content-length": `${length}` }), zeros(length));
  expect(answer.status).toBe(413);
  expect(answer.bytesSent).toBeLessThan(length / 2);
});

test("webhookRoute() reads none of an unsigned body", async () => {
  const url = await receive();
  const answer = await sendChunked(url, headersFor("", { "x-hub-signature-256": "" }), zeros(80 * 1024 * 1024));
  expect(answer.status).toBe(401);
  expect(answer.bytesSent).toBeLessThan(40 * 1024 * 1024);
});

test("webhookRoute() does not grow with 80 MB of wrongly signed bytes, of named or unnamed length", async () => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/webhook-process.ts`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  const [url] = await once(child.stdout, "data");
  const target = `${url}/api/github/webhooks`;
  const memory = async () => Number(await (await fetch(`${url}/memory`)).text());
  const length = 80 * 1024 * 1024;
  // The first answers pay for what a process loads once.
  await memory();
  const before = await memory();
  const headers = headersFor("something else");
  const answer = await sendChunked(target, headers, zeros(length));
  const sent = await Promise.all([
    sendStubbornly(target, headers, length),
    sendStubbornly(target, { ...headers, "content-length": `${length}` }, length),
    sendStubbornly(target, { ...headers, "x-hub-signature-256": "" }, length),
  ]);
  expect((await memory()) - before).toBeLessThan(8 * 1024 * 1024);
  expect(answer.status).toBe(413);
  for (const bytes of sent) expect(bytes).toBeLessThan(length);
});

test("webhookRoute() tells whoever sends too many unsigned deliveries to wait, and takes every signed one", async () => {
  let now = 0;
  const url = await receive(
    undefined,
    limitsAt(() => now),
  );
  const flooding = { "x-forwarded-for": "203.0.113.7" };
  expect(await flood(url, flooding)).toMatchObject({ code: "too-many-requests", sent: 30 });
  // Also from the very address, as behind a proxy that nobody named.
  for (let sent = 0; sent < 100; sent += 1) expect(await answerTo(url, "{}", flooding)).toMatchObject({ status: 202 });
  now += 60_000;
  expect(await flood(url, flooding)).toMatchObject({ sent: 30 });
});

test("webhookRoute() keeps what a flood of unsigned bodies holds from those who sign theirs", async () => {
  const url = await receive(
    undefined,
    limitsAt(() => 0),
  );
  const flooding = { "x-forwarded-for": "203.0.113.7" };
  await flood(url, flooding);
  // Bodies that are begun and not ended: each would hold what it has sent.
  const headers = { ...headersFor("something else"), ...flooding, "content-length": `${20 * 1024 * 1024}` };
  const held = await Promise.all(Array.from({ length: 12 }, () => beginBody(url, headers)));
  onTestFinished(() => {
    for (const { socket } of held) socket.destroy();
  });
  // Four are being read; the others were answered before any of their bytes were.
  await expect.poll(() => held.filter(({ answer }) => answer().startsWith("HTTP/1.1 429")).length).toBe(8);
  expect(held.filter(({ answer }) => answer() !== "")).toHaveLength(8);
  const body = JSON.stringify("x".repeat(25 * 1024 * 1024));
  expect(await answerTo(url, body)).toMatchObject({ status: 202 });
});

test("webhookRoute() counts what GitHub delivers for somebody else's webhook apart from the app's own deliveries", async () => {
  const url = await receive(
    undefined,
    limitsAt(() => 0),
  );
  const github = { "x-forwarded-for": "192.30.252.1" };
  await flood(url, { ...github, "x-github-hook-installation-target-id": "666" });
  const unsigned = { ...github, "x-hub-signature-256": sign("else"), "x-github-hook-installation-target-id": "7" };
  expect(await answerTo(url, "{}", unsigned)).toMatchObject({ status: 401 });
});

/** Sends the headers of a request and a part of its body, and gives what has come back so far. */
async function beginBody(url: string, headers: Record<string, string>) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  socket.on("error", () => {});
  const lines = Object.entries({ host: hostname, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  await new Promise((written) => socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n[`, written));
  return { socket, answer: () => answer };
}
