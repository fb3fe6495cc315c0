// Reads request bodies within limits. A body is only worth its memory once everything that can be known without it has
// been checked, so nothing is read before a route asks.
import type { IncomingMessage } from "node:http";
import { Fault } from "../errors.ts";
import type { BodyLimits } from "./http.ts";

/** Counts the bytes of all bodies that are held at one time, so that many clients cannot do what one may not. */
export class BodyBudget {
  readonly #bytesMax: number;
  #bytesHeld = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes bytes out of the budget. Throws `server-busy` where they are not there; nothing is taken then. */
  take(bytes: number): void {
    if (this.#bytesHeld + bytes > this.#bytesMax) {
      throw new Fault("server-busy", "The server holds as many request bodies as it may at once");
    }
    this.#bytesHeld += bytes;
  }

  giveBack(bytes: number): void {
    this.#bytesHeld -= bytes;
  }
}

/**
 * Reads a body whole. Its bytes count against the budget until `release` is called, which is once the request has been
 * answered: only then does nobody hold them any more.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  budget: BodyBudget,
  onTaken: (bytes: number) => void,
): Promise<Buffer> {
  const named = request.headers["content-length"];
  const bytesMax = named === undefined ? (limits.unnamedBytesMax ?? limits.bytesMax) : limits.bytesMax;
  if (named !== undefined && Number(named) > bytesMax) throw tooLarge(bytesMax, true);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge(bytesMax, named !== undefined);
    budget.take(chunk.length);
    onTaken(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(bytesMax: number, named: boolean): Fault {
  const which = named ? "A request body" : "A request body without the header Content-Length";
  return new Fault("body-too-large", `${which} may have ${bytesMax} bytes here`);
}
