// Turns answers and errors into what goes out. What people are told about an error is a fault's own words; everything
// else stays in the log.
import type { OutgoingHttpHeaders } from "node:http";
import { Fault, retryAfterSeconds } from "../errors.ts";
import type { HttpAnswer } from "./http.ts";
import { NotAllowed } from "./router.ts";

export interface WireAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | AsyncIterable<string>;
}

/** Gives the bytes and headers of an answer. */
export function wireAnswer(answer: HttpAnswer): WireAnswer {
  const headers: OutgoingHttpHeaders = {
    // Answers are about what a person may see now, so nobody on the way keeps them unless a route says so.
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  const { body } = answer;
  const isText = typeof body === "string";
  const isBytes = body instanceof Uint8Array;
  const isStream = typeof body === "object" && Symbol.asyncIterator in body;
  const whole = isStream ? undefined : isBytes ? Buffer.from(body) : Buffer.from(isText ? body : asJson(body));
  if (isText || isStream) headers["content-type"] = "text/plain; charset=utf-8";
  else if (isBytes) headers["content-type"] = "application/octet-stream";
  else if (body !== undefined) headers["content-type"] = "application/json; charset=utf-8";
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    headers[name.toLowerCase()] = typeof value === "string" ? value : [...value];
  }
  // These two statuses have no body, and a length would contradict that.
  if (whole !== undefined && answer.status !== 204 && answer.status !== 304) headers["content-length"] = whole.length;
  return { status: answer.status, headers, body: whole ?? (body as AsyncIterable<string>) };
}

function asJson(body: object | undefined): string {
  return body === undefined ? "" : JSON.stringify(body);
}

/** Gives the answer that tells a client about an error. `requestId` leads an operator to the line of the log. */
export function faultAnswer(error: unknown, requestId: string, now: Date): HttpAnswer {
  const fault =
    error instanceof Fault
      ? error
      : new Fault("internal", "The request failed for a reason that only the server's log tells");
  const headers: Record<string, string> = {};
  if (fault instanceof NotAllowed) headers.allow = fault.allowed.join(", ");
  const seconds = retryAfterSeconds(fault, now);
  if (seconds !== undefined) headers["retry-after"] = `${seconds}`;
  return {
    status: fault.row.status,
    headers,
    body: { error: { code: fault.code, message: fault.message, remedy: fault.remedy, requestId } },
  };
}
