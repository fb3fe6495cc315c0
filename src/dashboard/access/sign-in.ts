// The addresses by which people sign in with GitHub and out again.
import { randomBytes } from "node:crypto";
import { Fault } from "../../errors.ts";
import type { HttpAnswer, HttpRequest } from "../../http/http.ts";
import type { Limit } from "../../http/rate-limits.ts";
import { callbackPath } from "../../workspace/app-needs.ts";
import { pageAnswer, redirect } from "../answers.ts";
import type { Frame } from "../frame.ts";
import { signInPage, signInRefusedPage } from "../pages/sign-in.ts";
import type { DashboardRoute } from "../route.ts";
import { endedCookie, sessionIn, startedCookie } from "./arrival.ts";
import { beginAttempt, readAttempt, spentCookie } from "./attempt.ts";
import { readForm } from "./form-token.ts";
import { sessionOf } from "./renewal.ts";
import { returnPath } from "./return-path.ts";

/** The addresses, each of which whoever asks may use. */
export const signInRoutes: readonly DashboardRoute[] = [
  plain("GET", "/login", "public", show),
  plain("GET", "/login/github", "sign-in", begin),
  plain("GET", callbackPath, "sign-in", finish),
  plain("POST", "/logout", "sign-in", end),
];

type PlainAnswer = (frame: Frame, request: HttpRequest) => Promise<HttpAnswer>;

function plain(method: "GET" | "POST", path: string, limit: Limit, answer: PlainAnswer): DashboardRoute {
  return { access: "public", form: "plain", method, path, limit, answer };
}

async function show(frame: Frame, request: HttpRequest): Promise<HttpAnswer> {
  const { searchParams } = request.url;
  const isOut = searchParams.has("signed-out");
  return await pageAnswer(signInPage({ returnTo: returnPath(searchParams.get("return")), isOut }), { frame, request });
}

// By a link and not a form: GitHub may send the browser on to whoever signs its people in, which a policy for forms would
// have to name. A sign-in that somebody else's page begins ends as this browser's own person all the same.
async function begin(frame: Frame, request: HttpRequest): Promise<HttpAnswer> {
  const { settings, edges } = frame;
  const { state, challenge, cookie } = await beginAttempt(settings, returnPath(request.url.searchParams.get("return")));
  return redirect(edges.users.signInUrl({ state, challenge, redirectUri: callbackUrl(frame) }), [cookie]);
}

async function finish(frame: Frame, request: HttpRequest): Promise<HttpAnswer> {
  const { settings, edges } = frame;
  const { searchParams } = request.url;
  const state = searchParams.get("state") ?? "";
  const attempt = await readAttempt(settings, request.headers.cookie, state);
  if (attempt === undefined) {
    return await refuse("This sign-in was not begun in this browser, or it was more than ten minutes ago");
  }
  const spent = spentCookie(settings, state);
  const code = searchParams.get("code");
  if (searchParams.has("error") || code === null) {
    return await refuse("GitHub was told not to let Bifrost Modules sign you in");
  }
  try {
    const { verifier, returnTo } = attempt;
    const tokens = await edges.users.signIn({ code, verifier, redirectUri: callbackUrl(frame) });
    const { id: userId, login } = await edges.users.user(tokens.token);
    const session = sessionOf(tokens, { id: randomBytes(18).toString("base64url"), userId, login });
    return redirect(returnTo, [spent, await startedCookie(frame, session)]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    edges.log.warn({ err: error, requestId: request.id }, "a sign-in failed");
    return await refuse(error.message, error);
  }

  async function refuse(why: string, fault?: Fault): Promise<HttpAnswer> {
    const page = signInRefusedPage({ why, fault, returnTo: attempt?.returnTo ?? "/" });
    return await pageAnswer(page, { frame, request, ...(attempt && { cookies: [spentCookie(settings, state)] }) });
  }
}

async function end(frame: Frame, request: HttpRequest): Promise<HttpAnswer> {
  const { sessions, settings, edges, evidence, renewal } = frame;
  const session = await sessionIn(frame, request.headers);
  if (session === undefined) return redirect("/login", [endedCookie(settings)], 303);
  try {
    await readForm(request, sessions.formToken(session), settings.baseUrl);
  } catch (error) {
    // Nobody is signed out by a form on another site.
    if (error instanceof Fault && error.code === "form-refused") return redirect("/", [], 303);
    throw error;
  }
  for (const { token, tokenExpiresAt } of await renewal.end(session)) {
    evidence.forget(token);
    if (tokenExpiresAt !== null && tokenExpiresAt < Date.now() / 1000) continue;
    try {
      await edges.users.revoke(token);
    } catch (error) {
      // The browser forgets the session all the same, and nobody can renew it; the token ends by itself within hours.
      edges.log.warn({ err: error, requestId: request.id }, "a token could not be revoked");
    }
  }
  return redirect("/login?signed-out", [endedCookie(settings)], 303);
}

function callbackUrl({ settings }: Frame): string {
  return `${settings.baseUrl}${callbackPath}`;
}
