// Finds out who sends a request, by the session that its cookie holds.
import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../../errors.ts";
import type { DashboardEdges } from "../edges.ts";
import type { DashboardSettings } from "../settings.ts";
import { readCookie, setCookie } from "./cookies.ts";
import type { Evidence } from "./evidence.ts";
import { isAboutToEnd, type Renewal } from "./renewal.ts";
import type { Session, Sessions } from "./session.ts";
import { createViewer, type Viewer } from "./viewer.ts";

const sessionCookie = "bifrost_session";

/** Who sends a request. `cookies` go out with the answer. */
export type Arrival =
  | { readonly viewer: Viewer; readonly session: Session; readonly cookies: readonly string[] }
  | { readonly viewer: undefined; readonly cookies: readonly string[] };

export interface ArrivalParts {
  readonly edges: DashboardEdges;
  readonly settings: DashboardSettings;
  readonly sessions: Sessions;
  readonly renewal: Renewal;
  readonly evidence: Evidence;
}

/**
 * Gives the viewer whose session a request brings, or none where it brings none that is good. Throws `Fault` where GitHub
 * cannot say whether it is.
 */
export async function arrivalOf(parts: ArrivalParts, headers: IncomingHttpHeaders): Promise<Arrival> {
  const { edges, settings, sessions, evidence } = parts;
  const brought = await sessionIn(parts, headers);
  if (brought === undefined) return { viewer: undefined, cookies: [] };
  const ended: Arrival = { viewer: undefined, cookies: [endedCookie(settings)] };
  const { session, cookies } = await upToDate(parts, brought).catch((error: unknown) => {
    throw unanswered(error);
  });
  if (session === undefined) return ended;
  try {
    const facts = await evidence.of(session.token);
    // A session is one person's, whatever GitHub makes of the token.
    if (facts.id !== session.userId) return ended;
    return { viewer: createViewer(edges.store, facts, sessions.formToken(session)), session, cookies };
  } catch (error) {
    if (error instanceof Fault && error.code === "user-token-refused") return ended;
    throw unanswered(error);
  }
}

/** What people can do about a GitHub that does not answer is another thing than what a job does. */
function unanswered(error: unknown): unknown {
  if (!(error instanceof Fault) || !error.code.startsWith("github-")) return error;
  const retryAt = error.retryAt && { retryAt: error.retryAt };
  return new Fault("github-unavailable", "GitHub does not say now what you may see, so nothing is shown", {
    cause: error,
    ...retryAt,
    remedy: "Load the page again in a moment; githubstatus.com knows of outages",
  });
}

/** The session that a request brings, whatever GitHub thinks of it. */
export async function sessionIn(
  { settings, sessions }: Pick<ArrivalParts, "settings" | "sessions">,
  headers: IncomingHttpHeaders,
): Promise<Session | undefined> {
  const sealed = readCookie(settings, headers.cookie, sessionCookie);
  return sealed === undefined ? undefined : await sessions.open(sealed);
}

/** The cookie that keeps somebody signed in. */
export async function startedCookie(
  { settings, sessions }: Pick<ArrivalParts, "settings" | "sessions">,
  session: Session,
): Promise<string> {
  const seconds = session.endsAt - Math.floor(Date.now() / 1000);
  return setCookie(settings, sessionCookie, await sessions.seal(session), Math.max(0, seconds));
}

/** The cookie that signs somebody out. */
export function endedCookie(settings: DashboardSettings): string {
  return setCookie(settings, sessionCookie, "", 0);
}

/** The session with a token that is good for a while, and the cookie that tells the browser of it. */
async function upToDate(
  parts: ArrivalParts,
  session: Session,
): Promise<{ readonly session: Session | undefined; readonly cookies: readonly string[] }> {
  if (!isAboutToEnd(session, new Date())) return { session, cookies: [] };
  const renewed = await parts.renewal.of(session);
  if (renewed === session) return { session, cookies: [] };
  return { session: renewed, cookies: renewed ? [await startedCookie(parts, renewed)] : [] };
}
