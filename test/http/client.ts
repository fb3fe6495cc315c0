// Sends requests to a server under test over plain sockets, where fetch would not: bodies of any kind and unfinished
// requests.
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

export interface Sent {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Sends a request whose body is streamed in chunks of unnamed length, and gives the answer as soon as it is there. */
export async function sendChunked(
  url: string,
  headers: Record<string, string>,
  chunks: Iterable<Uint8Array>,
): Promise<Sent & { readonly bytesSent: number }> {
  // A body that was named longer than it became keeps its connection open, so the connection is this request's alone.
  const agent = new Agent({ keepAlive: true });
  const outgoing = request(url, { method: "POST", headers, agent });
  let bytesSent = 0;
  let answered = false;
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", (response) => {
      answered = true;
      resolve(response);
    });
    // The server may close a connection whose body it does not want, once it has answered.
    outgoing.on("error", (error) => {
      if (!answered) reject(error);
    });
  });
  for (const chunk of chunks) {
    if (answered || outgoing.destroyed) break;
    bytesSent += chunk.length;
    await Promise.race([new Promise((written) => outgoing.write(chunk, written)), answer]);
  }
  outgoing.end();
  const response = await answer;
  const body = await text(response);
  agent.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, body, bytesSent };
}

/** Opens a connection, sends text and gives all that comes back until the server closes it. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return await text(socket);
}

/** Sends a body to the end or until the server breaks off, whatever it answers. Gives how many bytes went out. */
export async function sendStubbornly(url: string, headers: Record<string, string>, bytes: number): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const broken = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.on("error", () => resolve());
  });
  socket.resume();
  const named = "content-length" in headers;
  const lines = Object.entries({ host: hostname, ...(!named && { "transfer-encoding": "chunked" }), ...headers });
  socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  const zeros = "\0".repeat(0x10000);
  const chunk = Buffer.from(named ? zeros : `10000\r\n${zeros}\r\n`);
  let sent = 0;
  while (sent < bytes && !socket.destroyed) {
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => {}), broken]);
    sent += 0x10000;
  }
  socket.destroy();
  await broken;
  return sent;
}
