// The HTTP side: reads a request, lets an ordered fault happen, sends the answer with its headers, and logs both. How an
// answer comes about is answering.ts's business.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { answerTo, limiterOf } from "./answering.ts";
import type { GitHubEmulator } from "./emulator.ts";
import type { Answer, Caller } from "./exchange.ts";
import { Router } from "./router.ts";
import { routes } from "./routes.ts";

export interface LoggedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly receivedAt: Date;
  /** GitHub's name for the operation, `undefined` for what the API does not have. */
  operationId: string | undefined;
  auth: Caller["kind"];
  installationId: number | undefined;
  /** 0 until it was answered, and where a fault cut it off. */
  status: number;
}

const bodyBytesMax = 50 * 1024 * 1024;

/** Starts the server on loopback. */
export async function startServer(github: GitHubEmulator, port: number) {
  const router = new Router(routes);
  const server = createServer((request, response) => {
    handle(github, router, request, response).catch((error: unknown) => {
      github.violations.push(
        `${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function handle(github: GitHubEmulator, router: Router, request: IncomingMessage, response: ServerResponse) {
  const method = request.method ?? "GET";
  const target = request.url ?? "/";
  const logged: LoggedRequest = {
    ...{ method, path: target, receivedAt: new Date() },
    ...{ operationId: undefined, auth: "anonymous", installationId: undefined, status: 0 },
  };
  github.requests.push(logged);
  const bytes = await readBody(request);
  const fault = github.faults.take(method, target);
  if (fault === "hang") return;
  if (fault === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  let answer: Answer;
  if (fault !== undefined && "status" in fault) {
    answer = { status: fault.status, body: fault.body ?? { message: "Server Error" }, headers: fault.headers ?? {} };
  } else {
    if (fault !== undefined) await delay(fault.delayMs);
    answer = await answerTo(github, router, request, bytes, logged);
  }
  send(github, request, response, answer, logged);
}

function send(
  github: GitHubEmulator,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  logged: LoggedRequest,
): void {
  const isBytes = answer.body instanceof Uint8Array;
  const content = isBytes
    ? Buffer.from(answer.body as Uint8Array)
    : Buffer.from(answer.body === undefined ? "" : JSON.stringify(answer.body));
  const limiter = limiterOf(logged);
  const headers: Record<string, string> = {
    "x-github-request-id": createHash("sha1")
      .update(`${github.requests.length}`)
      .digest("hex")
      .slice(0, 20)
      .toUpperCase(),
    "x-github-api-version-selected": "2022-11-28",
    ...(limiter === undefined ? {} : github.rateLimits.headers(limiter)),
  };
  let status = answer.status;
  let sent = content;
  if (request.method === "GET" && status === 200) {
    const etag = `W/"${createHash("sha256").update(content).digest("hex")}"`;
    headers.etag = etag;
    if (request.headers["if-none-match"] === etag) {
      status = 304;
      sent = Buffer.alloc(0);
      // What has not changed costs nothing: the allowance is given back.
      if (limiter !== undefined) {
        github.rateLimits.of(limiter).remaining++;
        Object.assign(headers, github.rateLimits.headers(limiter));
      }
    }
  }
  if (sent.length > 0) headers["content-type"] = answer.contentType ?? "application/json; charset=utf-8";
  logged.status = status;
  response.writeHead(status, { ...headers, "content-length": String(sent.length), ...answer.headers });
  response.end(sent);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBytesMax) throw new Error("The body of a request is over 50 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
