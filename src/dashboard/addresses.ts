// Where the pages about a scope's modules are. Whoever links to one takes the path from here.
import type { LayerName } from "../catalog/catalog.ts";

/** What a page is asked for besides its path; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with a query. */
export function withQuery(path: string, query: Query): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") wanted.set(name, `${value}`);
  }
  const text = wanted.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A path of files as addresses spell it: slashes stay. */
function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The modules of a scope. */
export function modulesPath(slug: string, query: Query = {}): string {
  return withQuery(`/scopes/${slug}`, query);
}

/** One file of a scope. `layer` says whose where both have the path, and is left out where it goes without saying. */
export function modulePath(
  slug: string,
  path: string,
  query: Query & { readonly layer?: LayerName | undefined } = {},
): string {
  return withQuery(`/scopes/${slug}/modules/${encodedPath(path)}`, query);
}

/** A file as it is. */
export function rawPath(slug: string, path: string, query: Query = {}): string {
  return withQuery(`/scopes/${slug}/raw/${encodedPath(path)}`, query);
}

/** A difference as a patch that git takes. */
export function patchPath(slug: string, path: string, query: Query = {}): string {
  return withQuery(`/scopes/${slug}/patch/${encodedPath(path)}`, query);
}

/** One revision of a scope. */
export function revisionPath(slug: string, revision: number): string {
  return `/scopes/${slug}/revisions/${revision}`;
}
