// Lists of the API: a page at a time, as GitHub's own API has it, with links to the others in the header `Link`.
import { z } from "zod";
import type { Data } from "../route.ts";

/** What every list takes. */
export const listQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(30),
});

/** The schema of a list of these. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    total: z.int().describe("How many there are on all pages"),
    page: z.int(),
    perPage: z.int(),
  });
}

export interface ListPage {
  readonly items: readonly object[];
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** A page of a list as it goes out. `url` is the address that was asked. */
export function listData(list: ListPage, url: URL): Data {
  const link = linksOf(list, url);
  return { body: list, ...(link !== "" && { headers: { link } }) };
}

function linksOf({ total, page, perPage }: ListPage, url: URL): string {
  const pages = Math.max(1, Math.ceil(total / perPage));
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(url.searchParams);
    query.set("page", `${number}`);
    return `<${url.pathname}?${query}>; rel="${rel}"`;
  };
  return [
    ...(page > 1 ? [to(1, "first"), to(page - 1, "prev")] : []),
    ...(page < pages ? [to(page + 1, "next"), to(pages, "last")] : []),
  ].join(", ");
}
