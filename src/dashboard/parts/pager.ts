// The pages of a list: to the one before, the one after, and a few by number.
import { type Html, html } from "./html.ts";

/** Links to pages, or nothing where there is one. `hrefOf` gives the address of a page. */
export function pager(page: number, pages: number, hrefOf: (page: number) => string): Html | "" {
  if (pages <= 1) return "";
  const step = (to: number, rel: "prev" | "next", text: string) =>
    to >= 1 && to <= pages
      ? html`<a rel="${rel}" href="${hrefOf(to)}">${text}</a>`
      : html`<span class="muted" aria-disabled="true">${text}</span>`;
  return html`<nav class="pager" aria-label="Pages">${step(page - 1, "prev", "‹ Previous")}
${numbersAround(page, pages).map((number) => {
  if (number === undefined) return html`<span class="muted">…</span>`;
  return number === page
    ? html`<a aria-current="page" href="${hrefOf(number)}">${number}</a>`
    : html`<a href="${hrefOf(number)}">${number}</a>`;
})}
${step(page + 1, "next", "Next ›")}</nav>`;
}

/** The first, the last and those around the page; undefined stands for a gap. */
function numbersAround(page: number, pages: number): (number | undefined)[] {
  const wanted = [1, page - 1, page, page + 1, pages].filter((number) => number >= 1 && number <= pages);
  const numbers = [...new Set(wanted)];
  return numbers.flatMap((number, index) => {
    const before = numbers[index - 1];
    return before !== undefined && number > before + 1 ? [undefined, number] : [number];
  });
}
