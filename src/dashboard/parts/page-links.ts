// The way to the other pages of a list.
import { type Html, html } from "./html.ts";

/** A page of a list, counted from 1. */
export interface PageOf {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}

/** Links to the page before and after; nothing where there is one page only. */
export function pageLinks(url: URL, { page, perPage, total }: PageOf): Html | "" {
  const last = Math.max(1, Math.ceil(total / perPage));
  if (last === 1) return "";
  const link = (to: number, text: string, rel: string) =>
    to < 1 || to > last
      ? html`<span class="muted">${text}</span>`
      : html`<a rel="${rel}" href="${pageAddress(url, to)}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(page - 1, "Newer", "prev")}
    <span>Page ${page} of ${last}</span> ${link(page + 1, "Older", "next")}</nav>`;
}

function pageAddress(url: URL, page: number): string {
  const query = new URLSearchParams(url.searchParams);
  query.set("page", `${page}`);
  return `${url.pathname}?${query}`;
}
