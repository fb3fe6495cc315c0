// Finds out who sends a request, by the session that its cookie holds.
import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../../errors.ts";
import type { DashboardEdges } from "../edges.ts";
import type { DashboardSettings } from "../settings.ts";
import { readCookie, setCookie } from "./cookies.ts";
import type { Evidence } from "./evidence.ts";
import type { Session, Sessions } from "./session.ts";
import { createViewer, type Viewer } from "./viewer.ts";

/** The name of the cookie that holds the session, before its prefix. */
const sessionCookie = "bifrost_session";

/** Who sends a request. `cookies` go out with the answer. */
export type Arrival =
  | { readonly viewer: Viewer; readonly session: Session; readonly cookies: readonly string[] }
  | { readonly viewer: undefined; readonly cookies: readonly string[] };

export interface SignInParts {
  readonly edges: DashboardEdges;
  readonly settings: DashboardSettings;
  readonly sessions: Sessions;
  readonly evidence: Evidence;
}

/**
 * Gives the viewer whose session a request brings, or none where it brings none that is good. Throws `Fault` where GitHub
 * cannot say whether it is.
 */
export async function arrivalOf(parts: SignInParts, headers: IncomingHttpHeaders): Promise<Arrival> {
  const { edges, settings, sessions, evidence } = parts;
  const sealed = readCookie(settings, headers.cookie, sessionCookie);
  if (sealed === undefined) return { viewer: undefined, cookies: [] };
  const ended = { viewer: undefined, cookies: [setCookie(settings, sessionCookie, "", 0)] };
  const session = await sessions.open(sealed);
  if (session === undefined) return ended;
  try {
    const facts = await evidence.of(session.token);
    // A session is one person's, whatever GitHub makes of the token.
    if (facts.id !== session.userId) return ended;
    return { viewer: createViewer(edges.store, facts, sessions.formToken(session)), session, cookies: [] };
  } catch (error) {
    if (error instanceof Fault && error.code === "user-token-refused") return ended;
    throw error;
  }
}
