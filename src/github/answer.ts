// Reads GitHub's answers at the boundary: what is relied on is checked, everything else is dropped.
import type { z } from "zod";
import { Fault } from "../errors.ts";
import { Refusal } from "./refusal.ts";

/** Takes a body that GitHub answered with and gives the checked part of it. `what` names it for people. */
export function read<T>(what: string, schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => issue.path.join(".") || "the body").slice(0, 5);
  throw new Fault("github-unavailable", `GitHub's answer about ${what} cannot be read: see ${places.join(", ")}`);
}

/** Whether an error is GitHub's answer with one of these statuses, to the request itself and not to one for a token. */
export function answeredWith(error: unknown, ...statuses: readonly number[]): error is Refusal {
  return error instanceof Refusal && !error.tokenRefused && statuses.includes(error.httpStatus);
}

/**
 * Runs a request about a commit, tree or blob, and says so where GitHub does not serve it yet. `isBehind` tells that
 * from other refusals; by default every answer that there is no such thing does.
 */
export async function servedYet<T>(
  what: string,
  request: Promise<T>,
  isBehind: (error: unknown) => error is Refusal = (error) => answeredWith(error, 404, 409, 422),
): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!isBehind(error)) throw error;
    throw new Fault("github-behind", `GitHub does not serve ${what} yet: ${error.message}`, { cause: error });
  }
}

/** The whole of an answer's body that Octokit was told to leave unread. */
export async function drain(what: string, data: unknown): Promise<Uint8Array> {
  if (!(data instanceof ReadableStream)) return new Uint8Array(0);
  try {
    return await new Response(data).bytes();
  } catch {
    throw new Fault("github-unavailable", `GitHub broke off while it answered with ${what}`);
  }
}

/** The same, as the JSON that it is. */
export async function parseAnswer(what: string, data: unknown): Promise<unknown> {
  const text = new TextDecoder().decode(await drain(what, data));
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault("github-unavailable", `GitHub answered with something else than ${what}`);
  }
}
