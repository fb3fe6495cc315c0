// Sends requests to a server under test over plain sockets, where fetch would not: bodies of any kind and unfinished
// requests.
import { type IncomingMessage, request } from "node:http";
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
  const outgoing = request(url, { method: "POST", headers });
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
    await new Promise((written) => outgoing.write(chunk, written));
  }
  outgoing.end();
  const response = await answer;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response), bytesSent };
}

/** Opens a connection, sends text and gives all that comes back until the server closes it. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return await text(socket);
}
