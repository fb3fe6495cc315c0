// What every route has around it: who asks, whether they may, the form's token, the layout, the answer of an address that
// is not there, and what people are told of faults. No page decides any of it.
import { Fault, faults } from "../errors.ts";
import type { HttpAnswer, HttpRequest, Route as HttpRoute } from "../http/http.ts";
import { grantOperator } from "../workspace/grant.ts";
import { globalScope } from "../workspace/scope.ts";
import { checkForm } from "./access/form-token.ts";
import { noticeCookie, readNotice, takenNotice } from "./access/notice.ts";
import { type Arrival, arrivalOf, type SignInParts } from "./access/sign-in.ts";
import type { ScopeAccess, Viewer } from "./access/viewer.ts";
import type { Assets } from "./assets.ts";
import { pageHeaders } from "./headers.ts";
import { faultPage, notFoundPage } from "./pages/fault.ts";
import { formTokenField } from "./parts/form.ts";
import { documentOf } from "./parts/layout.ts";
import type { Changed, DashboardRoute, Data, Page, StreamEvent, ViewerRequest } from "./route.ts";
import { eventStream } from "./stream.ts";

export interface Frame extends SignInParts {
  readonly assets: Assets;
}

/** The route as the server takes it. */
export function framed(route: DashboardRoute, frame: Frame): HttpRoute {
  const handler = (request: HttpRequest): Promise<HttpAnswer> => {
    if (route.access === "public") return route.answer(frame.edges, request);
    const isForPeople = route.form === "page" || route.form === "change";
    return isForPeople ? answerPeople(route, request, frame) : answerPrograms(route, request, frame);
  };
  return { method: route.method, path: route.path, handler };
}

type GuardedRoute = Exclude<DashboardRoute, { readonly access: "public" }>;

/** The most that a form of the dashboard holds is a few fields. */
const formBytesMax = 64 * 1024;

async function answerPeople(route: GuardedRoute, request: HttpRequest, frame: Frame): Promise<HttpAnswer> {
  let arrival: Arrival = { viewer: undefined, cookies: [] };
  let access: ScopeAccess | undefined;
  try {
    arrival = await arrivalOf(frame, request.headers);
    const { viewer, cookies } = arrival;
    if (viewer === undefined) return redirect(signInPath(request), cookies);
    const given = await ask(route, request, viewer, frame);
    if (given === undefined) return await page(notFoundPage, { frame, request, viewer, cookies });
    access = given.access;
    if (isChanged(given.value)) {
      const { goTo, notice } = given.value;
      const told = notice === undefined ? [] : [noticeCookie(frame, arrival.session, notice)];
      return redirect(goTo, [...cookies, ...told], 303);
    }
    const notice = readNotice(frame, request.headers.cookie, arrival.session);
    const taken = notice === undefined ? [] : [takenNotice(frame)];
    return await page(given.value as Page, { frame, request, viewer, access, notice, cookies: [...cookies, ...taken] });
  } catch (error) {
    const fault = faultOf(error);
    if (faults[fault.code].status >= 500) frame.edges.log.error({ err: error, requestId: request.id }, "a page failed");
    const { viewer, cookies } = arrival;
    return await page(faultPage(fault, request.id), { frame, request, viewer, access, cookies });
  }
}

async function answerPrograms(route: GuardedRoute, request: HttpRequest, frame: Frame): Promise<HttpAnswer> {
  const { viewer } = await arrivalOf(frame, request.headers);
  if (viewer === undefined) throw new Fault("not-signed-in", "Nobody has signed in");
  const given = await ask(route, request, viewer, frame);
  if (given === undefined) return nothingThere();
  if (route.form !== "stream") return { status: 200, ...(given.value as Data) };
  return eventStream(given.value as AsyncIterable<StreamEvent>, {
    signal: request.signal,
    // Whoever stays must still be let in.
    isWelcome: async () => {
      const { viewer } = await arrivalOf(frame, request.headers);
      return (await viewer?.scope(request.params.scope ?? "")) !== undefined;
    },
  });
}

interface Given {
  readonly value: Page | Changed | Data | AsyncIterable<StreamEvent>;
  readonly access?: ScopeAccess;
}

/** Asks the route of somebody who may ask it; `undefined` where they may not, or where nothing is there. */
async function ask(
  route: GuardedRoute,
  request: HttpRequest,
  viewer: Viewer,
  frame: Frame,
): Promise<Given | undefined> {
  const { edges, settings } = frame;
  const base: ViewerRequest = {
    url: request.url,
    params: request.params,
    viewer,
    now: new Date(),
    baseUrl: settings.baseUrl,
    githubServerUrl: settings.githubServerUrl,
    signal: request.signal,
  };
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
  const form = await readForm(request, viewer, settings.baseUrl);
  return given(await route.answer(edges, { ...base, access, writable, form, by: `dashboard:${viewer.login}` }), access);
}

function given(value: Given["value"] | undefined, access?: ScopeAccess): Given | undefined {
  return value && { value, ...(access && { access }) };
}

/** Reads a form that a viewer sent. Throws `Fault` `form-refused` where it was not sent from a page of theirs. */
async function readForm(
  request: HttpRequest,
  viewer: Pick<Viewer, "formToken">,
  baseUrl: string,
): Promise<URLSearchParams> {
  const form = new URLSearchParams((await request.body({ bytesMax: formBytesMax })).toString());
  checkForm(request.headers, form.get(formTokenField), viewer.formToken, baseUrl);
  return form;
}

function isChanged(value: Given["value"]): value is Changed {
  return "goTo" in value;
}

/** The sign-in, and from there back to the page; a form cannot be sent again from there. */
function signInPath({ method, url }: HttpRequest): string {
  const path = `${url.pathname}${url.search}`;
  return method === "POST" || path === "/" ? "/login" : `/login?return=${encodeURIComponent(path)}`;
}

function redirect(location: string, cookies: readonly string[] = [], status = 302): HttpAnswer {
  return { status, headers: { location, ...withCookies(cookies) }, body: "" };
}

interface PageContext {
  readonly frame: Pick<Frame, "assets" | "settings">;
  readonly request: HttpRequest;
  readonly viewer?: Viewer | undefined;
  readonly access?: ScopeAccess | undefined;
  readonly notice?: string | undefined;
  readonly cookies?: readonly string[];
}

/** A page as it goes out. */
async function page(content: Page, context: PageContext): Promise<HttpAnswer> {
  const { frame, request, cookies = [], ...rest } = context;
  // Where nothing is to be seen, the navigation must not tell the address either.
  const path = content === notFoundPage ? "" : request.url.pathname;
  const body = await documentOf(content, { assets: frame.assets, path, ...rest });
  const headers = { ...pageHeaders(frame.settings), ...withCookies(cookies) };
  return { status: content.status ?? 200, headers, body };
}

function withCookies(cookies: readonly string[]): Record<string, readonly string[]> {
  return cookies.length === 0 ? {} : { "set-cookie": cookies };
}

/** Always the same bytes, so that nobody learns from them whether there is something. */
function nothingThere(): HttpAnswer {
  const { status, remedy } = faults["not-found"];
  return { status, body: { error: { code: "not-found", message: "There is nothing at this address", remedy } } };
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault("internal", "The page could not be made, for a reason that only the server's log tells");
}
