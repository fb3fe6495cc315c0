// One request and its answer, as the routes see them: who asks, for which repository, and what can be said.
import type { Account } from "./account.ts";
import type { GitHubEmulator } from "./emulator.ts";
import type { Installation } from "./installation.ts";
import type { PermissionLevel } from "./permissions.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";
import type { TokenGrant } from "./tokens.ts";
import type { UserGrant } from "./user-tokens.ts";

/** Who asks. */
export type Caller =
  | { readonly kind: "app"; readonly app: RegisteredApp }
  | { readonly kind: "installation"; readonly grant: TokenGrant }
  | { readonly kind: "user"; readonly grant: UserGrant }
  | { readonly kind: "client"; readonly app: RegisteredApp }
  | { readonly kind: "anonymous" };

/**
 * Who may use a route: the app itself, an installation with a permission, somebody who let the app act for them, the app by
 * its client's secret, or whoever asks.
 */
export type Access =
  | { readonly as: "app" }
  | { readonly as: "installation"; readonly permission?: readonly [name: string, level: PermissionLevel] }
  | { readonly as: "user" | "client" | "anyone" };

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes that go out as they are. */
  readonly body?: unknown;
  /** Set for bytes. */
  readonly contentType?: string;
}

export interface Exchange {
  readonly github: GitHubEmulator;
  readonly url: URL;
  /** The parameters of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body, JSON or a form's fields, known to fit the description; undefined where there is none. */
  readonly body: unknown;
  readonly accept: string;
  readonly caller: Caller;
  /** The app that asks, in whoever's name. Throws for anonymous callers. */
  readonly app: RegisteredApp;
  /** The person in whose name the app asks. Throws for other callers. */
  readonly user: Account;
  /** The installation that asks. Throws for other callers. */
  readonly installation: Installation;
  /** The repository of the path, which the caller may see. Throws on routes without one. */
  readonly repository: Repository;
}

/** One operation of the API. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** The path as the description writes it; or, with `isUndescribed`, one of our own. */
  readonly path: string;
  readonly access: Access;
  /** Not part of the API, such as the download behind a redirect: nothing validates it. */
  readonly isUndescribed?: true;
  readonly answer: (exchange: Exchange) => Answer | Promise<Answer>;
}

/** A JSON answer. */
export function json(body: unknown, status = 200): Answer {
  return { status, body };
}

/** The page of a list that the query asks for, and the Link header that leads to the others. */
export function pageOf<Item>(
  exchange: Exchange,
  items: readonly Item[],
): { items: Item[]; headers: Record<string, string> } {
  const perPage = Math.min(Math.max(Number(exchange.query.get("per_page") ?? 30), 1), 100);
  const page = Math.max(Number(exchange.query.get("page") ?? 1), 1);
  const last = Math.max(Math.ceil(items.length / perPage), 1);
  const to = (number: number, relation: string) => {
    const url = new URL(exchange.url);
    url.searchParams.set("page", String(number));
    return `<${url}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, "prev"), to(1, "first")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
  ];
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(", ") };
  return { items: items.slice((page - 1) * perPage, page * perPage), headers };
}
