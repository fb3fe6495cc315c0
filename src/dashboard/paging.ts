// Lists a page at a time, as addresses ask for it: `?page=` from 1 and `?per_page=`, at most 100.
import { z } from "zod";

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).optional().meta({ description: "Counted from 1; default 1" }),
  per_page: z.coerce.number().int().min(1).max(100).optional().meta({ description: "Default 30" }),
});

export interface AskedPage {
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
}

/** The page that an address asks for; what it gets wrong is taken as left out. */
export function askedPage(url: URL, perPageDefault = 30): AskedPage {
  const read = (name: "page" | "per_page", otherwise: number) =>
    pageQuery.shape[name].safeParse(url.searchParams.get(name) ?? undefined).data ?? otherwise;
  const page = read("page", 1);
  const perPage = read("per_page", perPageDefault);
  return { page, perPage, offset: (page - 1) * perPage };
}

/** The schema of a page of a list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    total: z.number().int().meta({ description: "How many there are on all pages" }),
    page: z.number().int(),
    perPage: z.number().int(),
  });
}

/** A page of a list as the API answers with it, with the way to the others in the header `Link`. */
export function listAnswer<T>(
  baseUrl: string,
  url: URL,
  { page, perPage }: AskedPage,
  items: readonly T[],
  total: number,
) {
  const last = Math.max(1, Math.ceil(total / perPage));
  const address = (to: number) => {
    const query = new URLSearchParams(url.searchParams);
    query.set("page", `${to}`);
    return `${baseUrl}${url.pathname}?${query}`;
  };
  const links = [
    ...(page > 1 ? [["first", 1] as const, ["prev", Math.min(page - 1, last)] as const] : []),
    ...(page < last ? [["next", page + 1] as const, ["last", last] as const] : []),
  ].map(([rel, to]) => `<${address(to)}>; rel="${rel}"`);
  return {
    body: { items, total, page, perPage },
    headers: { ...(links.length > 0 && { link: links.join(", ") }) },
  };
}
