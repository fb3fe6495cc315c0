// Pages and redirects as they go out.
import { faults } from "../errors.ts";
import type { HttpAnswer, HttpRequest } from "../http/http.ts";
import type { ScopeAccess, Viewer } from "./access/viewer.ts";
import type { Frame } from "./frame.ts";
import { pageHeaders } from "./headers.ts";
import { notFoundPage } from "./pages/fault.ts";
import { documentOf } from "./parts/layout.ts";
import type { Page } from "./route.ts";

export interface PageContext {
  readonly frame: Pick<Frame, "assets" | "settings">;
  readonly request: HttpRequest;
  /** Undefined where nobody has signed in. */
  readonly viewer?: Viewer | undefined;
  readonly access?: ScopeAccess | undefined;
  readonly notice?: string | undefined;
  readonly cookies?: readonly string[];
}

/** A page in its layout, with its headers. */
export async function pageAnswer(content: Page, context: PageContext): Promise<HttpAnswer> {
  const { frame, request, cookies = [], ...rest } = context;
  // Where nothing is to be seen, the navigation must not tell the address either.
  const path = content === notFoundPage ? "" : request.url.pathname;
  const body = await documentOf(content, { assets: frame.assets, path, ...rest });
  const headers = { ...pageHeaders(frame.settings), ...withCookies(cookies) };
  return { status: content.status ?? 200, headers, body };
}

/** Leads a browser on; with 303 also where it sent a form. */
export function redirect(location: string, cookies: readonly string[] = [], status = 302): HttpAnswer {
  return { status, headers: { location, ...withCookies(cookies) }, body: "" };
}

/** What programs are told of an address that is not there: always the same bytes, so that they tell nothing else. */
export function nothingThere(): HttpAnswer {
  const { status, remedy } = faults["not-found"];
  return { status, body: { error: { code: "not-found", message: "There is nothing at this address", remedy } } };
}

function withCookies(cookies: readonly string[]): Record<string, readonly string[]> {
  return cookies.length === 0 ? {} : { "set-cookie": cookies };
}
