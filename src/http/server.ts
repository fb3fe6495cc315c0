// The product's own HTTP server on node:http. It holds every limit that protects the process, and knows nothing of what
// is served; routes come from outside.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { metrics, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import { Fault } from "../errors.ts";
import { faultAnswer, wireAnswer } from "./answer.ts";
import { BodyBudget, readBody } from "./body.ts";
import { clientOf, createAddressReader } from "./client-address.ts";
import type { HttpAnswer, HttpRequest, Route } from "./http.ts";
import { createRouter, type Match } from "./router.ts";

export interface HttpServerOptions {
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly log: Logger;
  readonly limits?: Partial<HttpLimits>;
  /** Addresses and networks whose X-Forwarded-For is believed. Default: none. */
  readonly trustedProxies?: readonly string[];
}

/** Each has its default in `defaultHttpLimits`. */
export interface HttpLimits {
  /** From the first byte of a request to the last of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveTimeoutMs: number;
  /** How long `close` waits for requests under way; then they are cut off. */
  readonly closeTimeoutMs: number;
  /** All request bodies held at one time. */
  readonly heldBodyBytesMax: number;
  readonly connectionsMax: number;
}

/** What holds where nothing else is asked for. */
export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  // GitHub itself hangs up after 10 seconds, a server of its Enterprise kind after 30.
  requestTimeoutMs: 30_000,
  // Longer than the 60 seconds after which common load balancers let go, so that it is never us who close first.
  keepAliveTimeoutMs: 65_000,
  closeTimeoutMs: 15_000,
  // Two of the largest deliveries and many ordinary ones.
  heldBodyBytesMax: 64 * 1024 * 1024,
  connectionsMax: 1_000,
};

export interface HttpServer {
  /** Where the server answers, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** From here on every answer ends its connection, so that clients connect anew, to whoever takes over. */
  drain(): void;
  /** Takes no new requests, lets those under way end, and resolves when the last connection is closed. */
  close(): Promise<void>;
}

// One to accept a connection, one to read from it, and some for those that come in between.
const turnsBeforeClosing = 10;
// How long the rest of a body that nobody wants is thrown away, so that its sender gets to read the answer.
const lingerMs = 2_000;
const lingerBytesMax = 256 * 1024;

/** Starts listening; resolves once requests are answered. Throws `Fault` `config-invalid` where it cannot listen there. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Timeouts act at this interval only; the default of 30 seconds would make 10 seconds into 40.
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
  });
  server.maxConnections = limits.connectionsMax;
  const stop = new AbortController();
  const closing = new AbortController();
  const draining = new AbortController();
  const ends = { draining: draining.signal, closing: closing.signal, stopped: stop.signal };
  const exchange = createExchange(options, new BodyBudget(limits.heldBodyBytesMax), ends);
  server.on("request", exchange);
  // The client waits for a word before it sends the body; it gets one when a route asks for the body.
  server.on("checkContinue", exchange);
  server.listen(options.port, options.host);
  await once(server, "listening").catch((error: unknown) => {
    throw notListening(options, error);
  });
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${host}:${port}`,
    drain: () => draining.abort(),
    close: async () => {
      draining.abort();
      await closeServer(server, { stop, closing }, limits.closeTimeoutMs);
    },
  };
}

const listenProblems: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  EADDRINUSE: ["another process has it", "Set PORT to one that is free, or end the other process"],
  EACCES: ["this user may not take it", "Set PORT to a number from 1024 on, or let this user take lower ones"],
  EADDRNOTAVAIL: ["this machine has no such address", "Set HOST to an address of this machine, such as 127.0.0.1"],
  ENOTFOUND: ["the name leads to no address", "Set HOST to a name or an address of this machine, such as localhost"],
  EAI_AGAIN: ["the name cannot be looked up", "Set HOST to an address of this machine, such as 127.0.0.1"],
};

/** The system's refusal in words, with itself as the cause; what no setting mends stays as it is. */
function notListening({ host, port }: HttpServerOptions, error: unknown): unknown {
  const known = error instanceof Error && "code" in error ? listenProblems[`${error.code}`] : undefined;
  if (known === undefined) return error;
  const [problem, remedy] = known;
  return new Fault("config-invalid", `Cannot listen on ${host}:${port}: ${problem}`, { cause: error, remedy });
}

async function closeServer(
  server: Server,
  { stop, closing }: { readonly stop: AbortController; readonly closing: AbortController },
  closeTimeoutMs: number,
): Promise<void> {
  if (!server.listening) return;
  // What was sent before is in the system's buffers by now, and would be thrown away with a connection that nobody has taken
  // yet or that looks idle: in these turns of the event loop it is read and counts as under way.
  for (let turn = 0; turn < turnsBeforeClosing; turn += 1) await setImmediate();
  const closed = once(server, "close");
  server.close();
  // A stream has no end of its own to wait for.
  closing.abort();
  // A connection can become idle just after it was looked at, by the last byte of a body whose answer is long sent.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const timer = setTimeout(() => {
    stop.abort();
    server.closeAllConnections();
  }, closeTimeoutMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}

type Exchange = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** The three steps of an end: answers end their connections, streams end, and whatever is left is cut off. */
interface Ends {
  readonly draining: AbortSignal;
  readonly closing: AbortSignal;
  readonly stopped: AbortSignal;
}

function createExchange(options: HttpServerOptions, budget: BodyBudget, ends: Ends): Exchange {
  const route = createRouter(options.routes);
  const addressOf = createAddressReader(options.trustedProxies ?? []);
  const tracer = trace.getTracer("bifrost.http");
  const durations = metrics.getMeter("bifrost.http").createHistogram("http.server.request.duration.seconds", {
    unit: "s",
    description:
      "From the headers of a request to its answer (http_request_method, http_route, http_response_status_code)",
  });
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse, span: Span): Promise<void> => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    let bytesHeld = 0;
    let path = "";
    // The route's own path and not the request's, which may name anything and any number of things.
    let pattern = "none";
    const finish = (answer: HttpAnswer) => {
      send(incoming, outgoing, answer, ends);
      const tookMs = performance.now() - startedAt;
      const durationMs = Math.round(tookMs);
      const said = {
        "http.request.method": incoming.method ?? "",
        "http.route": pattern,
        "http.response.status_code": answer.status,
      };
      durations.record(tookMs / 1000, said);
      span.updateName(`${incoming.method} ${pattern}`).setAttributes(said);
      if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      options.log.debug({ requestId, method: incoming.method, path, status: answer.status, durationMs }, "answered");
    };
    try {
      const url = urlOf(incoming);
      path = url.pathname;
      const match = route(incoming.method ?? "", url.pathname);
      pattern = match.route.path;
      const signal = AbortSignal.any([gone.signal, ends.stopped]);
      const forwardedFor = incoming.headers["x-forwarded-for"];
      const client = clientOf(addressOf(incoming.socket.remoteAddress, `${forwardedFor ?? ""}`));
      const body: HttpRequest["body"] = (limits) => {
        if (`${incoming.headers.expect}`.toLowerCase() === "100-continue") outgoing.writeContinue();
        return readBody(incoming, limits, budget, (bytes) => {
          bytesHeld += bytes;
        });
      };
      finish(await match.route.handler(requestOf(incoming, { id: requestId, url, match, body, signal, client })));
    } catch (error) {
      // Nobody is left to tell where the client hung up, and a broken connection is no failure of ours.
      if (incoming.socket.destroyed) return;
      const answer = faultAnswer(error, requestId, new Date());
      if (answer.status >= 500) logFailure(options.log, error, { requestId, path });
      if (outgoing.headersSent) incoming.socket.destroy();
      else finish(answer);
    } finally {
      budget.giveBack(bytesHeld);
      span.end();
    }
  };
  // A trace begins here: whoever asks from outside cannot make their own a part of ours.
  return (incoming, outgoing) =>
    tracer.startActiveSpan("request", { kind: SpanKind.SERVER, root: true }, (span) =>
      exchange(incoming, outgoing, span),
    );
}

function logFailure(log: Logger, error: unknown, where: { readonly requestId: string; readonly path: string }): void {
  // A state that has a name and no cause, such as an app that is not set up, needs no stack to be found.
  if (error instanceof Fault && error.cause === undefined) {
    log.warn({ ...where, code: error.code, remedy: error.remedy }, error.message);
  } else log.error({ ...where, err: error }, "a request failed");
}

function requestOf(
  incoming: IncomingMessage,
  { match, ...known }: Pick<HttpRequest, "id" | "url" | "body" | "signal" | "client"> & { readonly match: Match },
): HttpRequest {
  return {
    ...known,
    method: incoming.method ?? "",
    params: match.params,
    headers: incoming.headers,
  };
}

/** The request's address. The host is the client's word and good for nothing but completing the address. */
function urlOf(incoming: IncomingMessage): URL {
  const target = incoming.url ?? "/";
  // A target such as `//elsewhere` would otherwise be read as another host.
  const url = target.startsWith("/") ? URL.parse(`http://localhost${target}`) : URL.parse(target);
  if (url === null) throw new Fault("not-found", "There is nothing at this address");
  return url;
}

function send(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: HttpAnswer,
  { draining, closing }: Pick<Ends, "draining" | "closing">,
): void {
  if (outgoing.destroyed) return;
  const { status, headers, body } = wireAnswer(answer);
  if (draining.aborted) outgoing.setHeader("connection", "close");
  outgoing.writeHead(status, headers);
  if (incoming.method === "HEAD" || status === 204 || status === 304) outgoing.end();
  else if (Buffer.isBuffer(body)) outgoing.end(body);
  else sendPieces(outgoing, body, closing);
  if (!incoming.complete) discardRest(incoming);
}

/** Sends what a stream gives as it gives it, no faster than the client takes it, until one of them ends. */
function sendPieces(outgoing: ServerResponse, pieces: AsyncIterable<string>, closing: AbortSignal): void {
  outgoing.flushHeaders();
  // Whatever ends it, the client is told by the end of the connection, and asks again if it wants more.
  pipeline(Readable.from(pieces), outgoing, { signal: closing }).catch(() => outgoing.destroy());
}

/**
 * Nobody reads the rest of this request's body. Closing at once would reset the connection and could take the answer
 * with it, so a little more is thrown away and the connection closed after a moment. No more than a little: bytes that
 * were read stay in memory until the next garbage collection, also those that nobody keeps.
 */
function discardRest(incoming: IncomingMessage): void {
  const { socket } = incoming;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  // The connection outlives the request, and may serve many whose bodies nobody wants.
  const stopWaiting = () => {
    clearTimeout(timer);
    socket.off("close", stopWaiting);
  };
  incoming.once("end", stopWaiting);
  socket.once("close", stopWaiting);
  let bytesLeft = lingerBytesMax;
  incoming.on("data", (chunk: Buffer) => {
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) incoming.pause();
  });
  incoming.resume();
  // Node throws away the whole body of a request that nobody has begun to read once it is answered.
  incoming.read(0);
}
