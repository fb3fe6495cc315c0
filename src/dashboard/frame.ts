// What every route has around it: who asks, whether they may, the form's token, the layout, the answer of an address that
// is not there, and what people are told of faults. No page decides any of it.
import { Fault, retryAfterSeconds } from "../errors.ts";
import type { HttpAnswer, HttpRequest, Route as HttpRoute } from "../http/http.ts";
import { grantOperator } from "../workspace/grant.ts";
import { globalScope } from "../workspace/scope.ts";
import { type Arrival, type ArrivalParts, arrivalOf } from "./access/arrival.ts";
import { readForm } from "./access/form-token.ts";
import { noticeCookie, readNotice, takenNotice } from "./access/notice.ts";
import type { ScopeAccess, Viewer } from "./access/viewer.ts";
import { nothingThere, type PageContext, pageAnswer, redirect } from "./answers.ts";
import type { Assets } from "./assets.ts";
import type { FrameEdges, PageEdges } from "./edges.ts";
import { textHeaders } from "./headers.ts";
import { faultPage, notFoundPage } from "./pages/fault.ts";
import type {
  Changed,
  DashboardRoute,
  Data,
  Page,
  PlainText,
  PublicRequest,
  StreamEvent,
  ViewerRequest,
} from "./route.ts";
import { eventStream, type OpenStreams } from "./stream.ts";

/** What every route has around it. */
export interface Frame extends ArrivalParts {
  readonly edges: FrameEdges;
  readonly assets: Assets;
  readonly streams: OpenStreams;
}

/** The route as the server takes it. */
export function framed(route: DashboardRoute, frame: Frame): HttpRoute {
  const handler = (request: HttpRequest): Promise<HttpAnswer> => {
    if (route.form === "plain") return answerPlain(route, request, frame);
    if (route.access === "public") return answerAnybody(route, request, frame);
    const isForPeople = route.form === "page" || route.form === "change" || route.form === "text";
    return isForPeople ? answerPeople(route, request, frame) : answerPrograms(route, request, frame);
  };
  return { method: route.method, path: route.path, handler };
}

type GuardedRoute = Exclude<DashboardRoute, { readonly access: "public" }>;
type PublicRoute = Extract<DashboardRoute, { readonly access: "public" }>;

async function answerPlain(
  route: Extract<PublicRoute, { readonly form: "plain" }>,
  request: HttpRequest,
  frame: Frame,
): Promise<HttpAnswer> {
  try {
    frame.edges.limits.take(route.limit, request.client);
    return await route.answer(frame, request);
  } catch (error) {
    return await faultAnswer(error, { frame, request });
  }
}

/** Whoever has signed in stays so on the way; whether they still may see anything is nobody's concern here. */
async function answerAnybody(
  route: Exclude<PublicRoute, { readonly form: "plain" }>,
  request: HttpRequest,
  frame: Frame,
): Promise<HttpAnswer> {
  const { viewer, cookies } = await arrivalOf(frame, request.headers).catch(() => ({ viewer: undefined, cookies: [] }));
  try {
    count(route, request, viewer, frame);
    const content = await route.answer(pageEdges(frame, ""), { ...publicRequest(request, frame), viewer });
    return await pageAnswer(content ?? notFoundPage, { frame, request, viewer, cookies });
  } catch (error) {
    return await faultAnswer(error, { frame, request, viewer, cookies });
  }
}

async function answerPeople(route: GuardedRoute, request: HttpRequest, frame: Frame): Promise<HttpAnswer> {
  let arrival: Arrival = { viewer: undefined, cookies: [] };
  let access: ScopeAccess | undefined;
  try {
    arrival = await arrivalOf(frame, request.headers);
    const { viewer, cookies } = arrival;
    count(route, request, viewer, frame);
    if (viewer === undefined) return redirect(signInPath(request), cookies);
    const given = await ask(route, request, viewer, frame);
    if (given === undefined) return await pageAnswer(notFoundPage, { frame, request, viewer, cookies });
    access = given.access;
    if (isChanged(given.value)) {
      const { goTo, notice } = given.value;
      const told = notice === undefined ? [] : [noticeCookie(frame, arrival.session, notice)];
      return redirect(goTo, [...cookies, ...told], 303);
    }
    if (isText(given.value))
      return {
        status: 200,
        headers: { ...textHeaders, ...(cookies.length > 0 && { "set-cookie": cookies }) },
        body: given.value.text,
      };
    const notice = readNotice(frame, request.headers.cookie, arrival.session);
    const taken = notice === undefined ? [] : [takenNotice(frame)];
    return await pageAnswer(given.value as Page, {
      frame,
      request,
      viewer,
      access,
      notice,
      cookies: [...cookies, ...taken],
    });
  } catch (error) {
    return await faultAnswer(error, { frame, request, viewer: arrival.viewer, access, cookies: arrival.cookies });
  }
}

async function answerPrograms(route: GuardedRoute, request: HttpRequest, frame: Frame): Promise<HttpAnswer> {
  const { viewer, cookies } = await arrivalOf(frame, request.headers);
  count(route, request, viewer, frame);
  if (viewer === undefined) throw new Fault("not-signed-in", "Nobody has signed in");
  const given = await ask(route, request, viewer, frame);
  // Programs stay signed in as browsers do.
  const renewed = { ...(cookies.length > 0 && { "set-cookie": cookies }) };
  const withRenewed = (answer: HttpAnswer): HttpAnswer => ({ ...answer, headers: { ...answer.headers, ...renewed } });
  if (given === undefined) return withRenewed(nothingThere());
  if (route.form !== "stream") return withRenewed({ status: 200, ...(given.value as Data) });
  frame.streams.makeRoom(viewer.id);
  const stream = eventStream(frame.streams.count(viewer.id, given.value as AsyncIterable<StreamEvent>), {
    signal: request.signal,
    // Whoever stays must still be let in.
    isWelcome: async () => {
      const { viewer } = await arrivalOf(frame, request.headers);
      return (await viewer?.scope(request.params.scope ?? "")) !== undefined;
    },
  });
  return withRenewed(stream);
}

/** Counts a request: against its viewer, or against its address where nobody has signed in. */
function count(
  { cost }: { readonly cost?: number },
  { client }: HttpRequest,
  viewer: Viewer | undefined,
  { edges: { limits } }: Frame,
): void {
  if (viewer === undefined) limits.take("public", client);
  else limits.take("viewer", viewer.id, cost);
}

interface Given {
  readonly value: Page | Changed | Data | PlainText | AsyncIterable<StreamEvent>;
  readonly access?: ScopeAccess;
}

/** Asks the route of somebody who may ask it; `undefined` where they may not, or where nothing is there. */
async function ask(
  route: GuardedRoute,
  request: HttpRequest,
  viewer: Viewer,
  frame: Frame,
): Promise<Given | undefined> {
  const { settings } = frame;
  const edges = pageEdges(frame, request.params.scope ?? "");
  const base: ViewerRequest = { ...publicRequest(request, frame), viewer };
  if (route.access === "viewer") return given(await route.answer(edges, base));
  if (route.access === "operator") {
    return viewer.isOperator
      ? given(await route.answer(edges, { ...base, operator: grantOperator(globalScope) }))
      : undefined;
  }
  const access = await viewer.scope(request.params.scope ?? "");
  if (access === undefined) return undefined;
  if (route.access === "reader") return given(await route.answer(edges, { ...base, access }), access);
  const { writable } = access;
  if (writable === undefined) return undefined;
  if (route.form === "page") return given(await route.answer(edges, { ...base, access }), access);
  const form = await readForm(request, viewer.formToken, settings.baseUrl);
  return given(await route.answer(edges, { ...base, access, writable, form, by: `dashboard:${viewer.login}` }), access);
}

/** What a page about a scope is given; `scope` as its address names it. */
function pageEdges({ edges: { highlighters, ...edges } }: Frame, scope: string): PageEdges {
  return { ...edges, highlighter: highlighters.of(scope) };
}

function given(value: Given["value"] | undefined, access?: ScopeAccess): Given | undefined {
  return value && { value, ...(access && { access }) };
}

function isText(value: Given["value"]): value is PlainText {
  return "text" in value;
}

function isChanged(value: Given["value"]): value is Changed {
  return "goTo" in value;
}

/** The sign-in, and from there back to the page; a form cannot be sent again from there. */
function signInPath({ method, url }: HttpRequest): string {
  const path = `${url.pathname}${url.search}`;
  return method === "POST" || path === "/" ? "/login" : `/login?return=${encodeURIComponent(path)}`;
}

function publicRequest({ url, params, signal }: HttpRequest, { settings }: Frame): Omit<PublicRequest, "viewer"> {
  const { baseUrl, githubServerUrl } = settings;
  return { url, params, signal, now: new Date(), baseUrl, githubServerUrl };
}

/** The page of whatever was thrown. What nobody foresaw is told in the log alone. */
async function faultAnswer(error: unknown, context: PageContext & { readonly frame: Frame }): Promise<HttpAnswer> {
  const { frame, request } = context;
  const fault =
    error instanceof Fault
      ? error
      : new Fault("internal", "The page could not be made, for a reason that only the server's log tells");
  if (fault.row.status >= 500) frame.edges.log.error({ err: error, requestId: request.id }, "a page failed");
  // An address with nothing behind it looks the same whoever finds that out.
  const answer = await pageAnswer(fault.code === "not-found" ? notFoundPage : faultPage(fault, request.id), context);
  const seconds = retryAfterSeconds(fault, new Date());
  return seconds === undefined ? answer : { ...answer, headers: { ...answer.headers, "retry-after": `${seconds}` } };
}
