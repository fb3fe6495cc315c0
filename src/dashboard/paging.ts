// The page of a list that an address asks for, and the way to the others.
import { listQuery } from "./api/list.ts";
import type { Html } from "./parts/html.ts";
import { pager } from "./parts/pager.ts";
import { pageQuery } from "./query.ts";

export interface AskedPage {
  /** Counts from 1. */
  readonly page: number;
  readonly perPage: number;
  /** How many come before it. */
  readonly offset: number;
}

/**
 * The page that an address asks for; what it gets wrong is as if it were not there. Of a list whose length is known, the
 * last where a later one is asked for.
 */
export function askedPage(url: URL, perPage?: number, total = Number.POSITIVE_INFINITY): AskedPage {
  const asked = pageQuery(listQuery, url);
  const size = perPage ?? asked.per_page;
  const page = Math.min(asked.page, Math.max(1, Math.ceil(total / size)));
  return { page, perPage: size, offset: (page - 1) * size };
}

/** Links to the other pages; nothing where there are none. */
export function pagerFor(url: URL, { page, perPage }: AskedPage, total: number): Html | "" {
  return pager(page, Math.max(1, Math.ceil(total / perPage)), (to) =>
    withParts(url, { page: to === 1 ? null : `${to}` }),
  );
}

/** An address with these parts of the query in place of what they were; null takes one out. */
export function withParts(url: URL, parts: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(parts)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `${url.pathname}${query.size === 0 ? "" : `?${query}`}`;
}
