// What a route is: a request goes in, an answer comes out as a value. Sockets, limits and errors stay in the server.
import type { IncomingHttpHeaders } from "node:http";

export interface HttpRequest {
  /** What the log knows the request by. */
  readonly id: string;
  readonly method: string;
  readonly url: URL;
  /** The named parts of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Who the client is as far as limits go: its address, of IPv6 the /64 network. */
  readonly client: string;
  /**
   * Reads the body whole, once. Throws `Fault` `body-too-large` past the limit, without reading on, and `server-busy`
   * where too many bodies are being held at once.
   */
  body(limits: BodyLimits): Promise<Buffer>;
  /** Aborts when the client is gone or the server stops waiting. */
  readonly signal: AbortSignal;
}

export interface BodyLimits {
  /** For a body whose length the client named in `Content-Length`. */
  readonly bytesMax: number;
  /** For a body of unnamed length, which must be taken in to know how long it is. Default: `bytesMax`. */
  readonly unnamedBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Several values make several headers of that name, as cookies need. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Text and bytes are sent as they are, a stream piece by piece as it gives them, anything else as JSON. A stream is
   * left when the client goes away or the server closes.
   */
  readonly body?: string | Uint8Array | AsyncIterable<string> | object;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** In the syntax of URLPattern, such as `/scopes/:slug`. The first route that fits answers. */
  readonly path: string;
  handler(request: HttpRequest): Promise<HttpAnswer>;
}
