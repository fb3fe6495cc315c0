// What a route of the dashboard is: who may come, in which form it answers, and the function that answers. The frame
// (frame.ts) does everything that all of them have in common, so that no page can forget it.
import type { z } from "zod";
import type { HttpAnswer, HttpRequest } from "../http/http.ts";
import type { Limit } from "../http/rate-limits.ts";
import type { OperatorScope, WritableScope } from "../workspace/grant.ts";
import type { ScopeAccess, Viewer } from "./access/viewer.ts";
import type { PageEdges } from "./edges.ts";
import type { Frame } from "./frame.ts";
import type { Html } from "./parts/html.ts";

/**
 * - `public`: whoever asks.
 * - `viewer`: whoever has signed in.
 * - `reader`: whoever sees the scope that the path names in `:scope`.
 * - `admin`: whoever may change it.
 * - `operator`: whoever operates the deployment.
 * Everybody else gets the answer of an address that is not there.
 */
export type Access = "public" | "viewer" | "reader" | "admin" | "operator";

/**
 * - `page`: HTML, asked with GET.
 * - `change`: a form that was sent; the answer leads on to a page.
 * - `data`: JSON, asked with GET.
 * - `stream`: server-sent events.
 * - `text`: a file as it is, for people.
 * - `plain`: an answer of its own kind, such as a stylesheet.
 */
export type Form = "page" | "change" | "data" | "stream" | "text" | "plain";

/** A page as its function gives it; the frame puts the layout around it. */
export interface Page {
  /** Names the page in the browser's tab, before the scope and the product. */
  readonly title: string;
  readonly body: Html;
  /** Default: 200. */
  readonly status?: number;
  /** Scripts of assets/ that the page is better with, such as `filter.js`. It must work without them. */
  readonly scripts?: readonly string[];
}

/** What a change leads to. */
export interface Changed {
  /** The path of the page to go to. */
  readonly goTo: string;
  /** What happened, shown there once. */
  readonly notice?: string;
}

/** A file as it is: browsers show it as text, whatever is in it. */
export interface PlainText {
  readonly text: string;
}

/** What the API answers with. */
export interface Data {
  /** Goes out as JSON. */
  readonly body: object;
  /** Such as `link`, which leads to the other pages of a list. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One server-sent event; `data` goes out as JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly data: object;
}

/** A request by whoever asks. */
export interface PublicRequest {
  readonly url: URL;
  /** The named parts of the route's path, decoded; `*` parts by their name. */
  readonly params: Readonly<Record<string, string>>;
  /** Undefined where nobody has signed in, or where nobody can tell. */
  readonly viewer: Viewer | undefined;
  readonly now: Date;
  /** Where browsers reach this server, without a slash at its end. */
  readonly baseUrl: string;
  /** The root of GitHub's pages. */
  readonly githubServerUrl: string;
  readonly signal: AbortSignal;
}

/** A request by somebody who has signed in. */
export interface ViewerRequest extends PublicRequest {
  readonly viewer: Viewer;
}

/** A request about a scope that the viewer sees. */
export interface ScopeRequest extends ViewerRequest {
  readonly access: ScopeAccess;
}

/** A change of a scope by somebody who may change it. `by` is who did it, as the record of acts wants it. */
export interface ScopeChangeRequest extends ScopeRequest {
  readonly writable: WritableScope;
  readonly form: URLSearchParams;
  readonly by: string;
}

/** A request by an operator; `operator` is the proof, on the global scope. */
export interface OperatorRequest extends ViewerRequest {
  readonly operator: OperatorScope;
}

/** What the API's document says of a route. Schemas with `.meta({ id })` become components of it. */
export interface ApiDescription {
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly answer: z.ZodType;
}

type Answer<Request, Given> = (edges: PageEdges, request: Request) => Promise<Given>;

interface RouteOf<A extends Access, F extends Form, Request, Given> {
  readonly access: A;
  readonly form: F;
  readonly method: F extends "change" ? "POST" : "GET";
  /** In the syntax of URLPattern. */
  readonly path: string;
  readonly answer: Answer<Request, Given>;
  /** Of data; absent where there is nothing to describe. */
  readonly api?: ApiDescription;
  /** What a request counts for among those that its viewer may send. Default: 1. */
  readonly cost?: number;
}

// Undefined where there is nothing at the address: the answer is then that of an address that is not there.
type Perhaps<Given> = Given | undefined;

/** An answer of its own kind, from inside the frame. */
interface PlainRoute {
  readonly access: "public";
  readonly form: "plain";
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What an address may ask of it. */
  readonly limit: Limit;
  readonly answer: (frame: Frame, request: HttpRequest) => Promise<HttpAnswer>;
}

export type DashboardRoute =
  | PlainRoute
  | RouteOf<"public", "page", PublicRequest, Perhaps<Page>>
  | RouteOf<"viewer", "page", ViewerRequest, Perhaps<Page>>
  | RouteOf<"viewer", "data", ViewerRequest, Perhaps<Data>>
  | RouteOf<"reader", "page", ScopeRequest, Perhaps<Page>>
  | RouteOf<"reader", "data", ScopeRequest, Perhaps<Data>>
  | RouteOf<"reader", "text", ScopeRequest, Perhaps<PlainText>>
  | RouteOf<"reader", "stream", ScopeRequest, Perhaps<AsyncIterable<StreamEvent>>>
  | RouteOf<"admin", "page", ScopeRequest, Perhaps<Page>>
  | RouteOf<"admin", "change", ScopeChangeRequest, Perhaps<Changed>>
  | RouteOf<"operator", "page", OperatorRequest, Perhaps<Page>>
  | RouteOf<"operator", "data", OperatorRequest, Perhaps<Data>>;

/** A page for everybody. */
export function publicPage(path: string, answer: Answer<PublicRequest, Perhaps<Page>>): DashboardRoute {
  return { access: "public", form: "page", method: "GET", path, answer };
}

/** A page for whoever has signed in. */
export function viewerPage(path: string, answer: Answer<ViewerRequest, Perhaps<Page>>): DashboardRoute {
  return { access: "viewer", form: "page", method: "GET", path, answer };
}

/** JSON for whoever has signed in. */
export function viewerData(
  path: string,
  api: ApiDescription,
  answer: Answer<ViewerRequest, Perhaps<Data>>,
): DashboardRoute {
  return { access: "viewer", form: "data", method: "GET", path, api, answer };
}

/** A page about the scope that the path names in `:scope`. */
export function scopePage(path: ScopePath, answer: Answer<ScopeRequest, Perhaps<Page>>): DashboardRoute {
  return { access: "reader", form: "page", method: "GET", path, answer };
}

/** JSON about the scope that the path names in `:scope`. */
export function scopeData(
  path: ScopePath,
  api: ApiDescription,
  answer: Answer<ScopeRequest, Perhaps<Data>>,
): DashboardRoute {
  return { access: "reader", form: "data", method: "GET", path, api, answer };
}

/** A file of the scope that the path names in `:scope`, as it is. */
export function scopeText(path: ScopePath, answer: Answer<ScopeRequest, Perhaps<PlainText>>): DashboardRoute {
  return { access: "reader", form: "text", method: "GET", path, answer };
}

/**
 * Events about the scope that the path names in `:scope`, until the iteration ends, the client goes or the viewer does
 * not see the scope any more. The frame sends something every 15 seconds, so that nobody on the way hangs up.
 */
export function scopeStream(
  path: ScopePath,
  answer: Answer<ScopeRequest, Perhaps<AsyncIterable<StreamEvent>>>,
): DashboardRoute {
  return { access: "reader", form: "stream", method: "GET", path, answer };
}

/** A page before a change, for those who may change the scope that the path names in `:scope`. */
export function adminPage(path: ScopePath, answer: Answer<ScopeRequest, Perhaps<Page>>): DashboardRoute {
  return { access: "admin", form: "page", method: "GET", path, answer };
}

/** A form that changes the scope that the path names in `:scope`, for those who may. */
export function scopeChange(path: ScopePath, answer: Answer<ScopeChangeRequest, Perhaps<Changed>>): DashboardRoute {
  return { access: "admin", form: "change", method: "POST", path, answer };
}

/** A page for operators. */
export function operatorPage(path: string, answer: Answer<OperatorRequest, Perhaps<Page>>): DashboardRoute {
  return { access: "operator", form: "page", method: "GET", path, answer };
}

/** JSON for operators. */
export function operatorData(
  path: string,
  api: ApiDescription,
  answer: Answer<OperatorRequest, Perhaps<Data>>,
): DashboardRoute {
  return { access: "operator", form: "data", method: "GET", path, api, answer };
}

/** A route that compares, colours or follows what there may be much of: its viewer may ask for less of it. */
export function costly(route: DashboardRoute): DashboardRoute {
  return route.form === "plain" ? route : { ...route, cost: 5 };
}

/** Answers whatever no route before it does, as what nobody may see. */
export function nothingAt(form: "page" | "data", path: string): DashboardRoute {
  return { access: "viewer", form, method: "GET", path, answer: async () => undefined };
}

type ScopePath = `/scopes/:scope${string}` | `/api/v1/scopes/:scope${string}`;
