// The webhook edge under inputs that nobody means well with: by whoever holds the secret, and by whoever does not.
import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import type { WebhookDefinition } from "@octokit/webhooks-examples";
import definitions from "@octokit/webhooks-examples";
import fc from "fast-check";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { parseDelivery } from "../../src/github/delivery.ts";
import { verifySignature } from "../../src/github/signature.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { webhookRoute } from "../../src/http/webhook-route.ts";
import { noLimits } from "../http/limits.ts";
import { bytesNearTo, nearTo, numRuns, patienceMs, watchHeap } from "./fuzz.ts";

const secret = "the secret of the fuzzers";
const events = [
  "push",
  "pull_request",
  "installation",
  "installation_repositories",
  "check_run",
  "check_suite",
  "repository",
];
// The package's types say that its default export is a module.
const payloads = (definitions as unknown as WebhookDefinition[])
  .filter(({ name }) => events.includes(name))
  .flatMap(({ name, examples }) => examples.slice(0, 4).map((payload) => ({ name, body: JSON.stringify(payload) })));

const delivery = fc.constantFrom(...payloads).chain(({ name, body }) =>
  fc.record({
    event: fc.oneof({ weight: 9, arbitrary: fc.constant(name) }, nearTo([name, "merge_group", "constructor"])),
    guid: fc.oneof({ weight: 9, arbitrary: fc.uuid() }, fc.string({ maxLength: 100 })),
    mediaType: fc.oneof({ weight: 9, arbitrary: fc.constant("application/json") }, nearTo(["application/json"])),
    body: fc.oneof(
      { weight: 8, arbitrary: nearTo([body]).map((json) => Buffer.from(json)) },
      { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((json) => Buffer.from(json)) },
      { weight: 1, arbitrary: bytesNearTo(Buffer.from(body)) },
    ),
    isSigned: fc.boolean(),
    signature: nearTo([`sha256=${"0".repeat(64)}`]),
  }),
);

test("a delivery of any kind is taken in or refused in words, and the server goes on", {
  timeout: patienceMs,
}, async () => {
  const errors: string[] = [];
  const server = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    log: pino({ level: "error" }, { write: (line) => errors.push(line) }),
    routes: [
      webhookRoute({
        limits: noLimits,
        appId: "7",
        verify: (rawBody, header) => verifySignature([secret], rawBody, header),
        accept: async (headers, rawBody) => ({ outcome: parseDelivery(headers, rawBody).payload.kind }),
      }),
    ],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await server.close();
  });
  const send = (headers: Record<string, string>, body: Buffer) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const outgoing = request(`${server.url}/api/github/webhooks`, { method: "POST", agent, headers }, (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  const heapIsAsBefore = watchHeap(30);
  await fc.assert(
    fc.asyncProperty(delivery, async ({ event, guid, mediaType, body, isSigned, signature }) => {
      const signed = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      const headers = {
        "content-type": asHeader(mediaType),
        "x-github-event": asHeader(event),
        "x-github-delivery": asHeader(guid),
        "x-hub-signature-256": isSigned ? signed : asHeader(signature),
      };
      const answer = await send(headers, body);
      expect([202, 400, 401, 413, 415, 422]).toContain(answer.status);
      if (!isSigned) expect(answer.status).not.toBe(202);
      expect(typeof JSON.parse(answer.body)).toBe("object");
    }),
    { numRuns },
  );
  expect(errors).toEqual([]);
  heapIsAsBefore();
});

/** What can be sent as a header at all: the rest is refused by whoever sends it, or by Node for its length. */
function asHeader(text: string): string {
  return text.slice(0, 500).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?");
}
