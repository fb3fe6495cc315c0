// For operators: how often each module of global is overridden. Numbers alone, and nobody's code or name.

import { z } from "zod";
import { countOverrides, type OverrideCount } from "../../catalog/override-counts.ts";
import { modulePath, withQuery } from "../addresses.ts";
import type { PageEdges } from "../edges.ts";
import { type Html, html } from "../parts/html.ts";
import { pager } from "../parts/pager.ts";
import { pageQuery } from "../query.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { pageOfList } from "./modules-query.ts";

const perPage = 100;

export const overrideCountsQuery = z.object({
  q: z.string().max(200).default("").describe("Words that must all be in the path, in whatever case"),
});
const query = overrideCountsQuery.extend(pageOfList.shape);

/** `/scopes/global/overrides`; for everybody but operators there is nothing at the address. */
export async function overrideCountsPage(edges: PageEdges, { access, url }: ScopeRequest): Promise<Page | undefined> {
  if (access.operator === undefined) return undefined;
  const asked = pageQuery(query, url);
  const { counts, organizations, overriding } = await countOverrides(edges, access.operator, asked.q);
  const pages = Math.max(1, Math.ceil(counts.length / perPage));
  const page = Math.min(asked.page, pages);
  const most = counts[0]?.organizations ?? 0;
  return {
    title: "Overrides",
    scripts: ["live-filter.js"],
    body: html`<h1>How often global is overridden</h1>
<p class="muted">${overriding.toLocaleString("en-GB")} of ${organizations.toLocaleString("en-GB")} organisations hide something of global. An organisation counts once for each file that it hides, whatever extension it uses.</p>
<form class="filter" role="search" action="/scopes/global/overrides" data-live>
  <input type="search" name="q" value="${asked.q}" placeholder="Filter by path" aria-label="Filter by path"
    aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
  <button>Filter</button>
  <p id="count" class="muted" role="status">${counts.length.toLocaleString("en-GB")} overridden file${counts.length === 1 ? "" : "s"}</p>
</form>
<div id="results">
${
  counts.length === 0
    ? html`<div class="blank"><h2>${asked.q === "" ? "No organisation overrides anything" : "No overridden file fits"}</h2></div>`
    : table(counts.slice((page - 1) * perPage, page * perPage), most)
}
${pager(page, pages, (to) => withQuery("/scopes/global/overrides", { q: asked.q, page: to === 1 ? undefined : to }))}
</div>`,
  };
}

function table(counts: readonly OverrideCount[], most: number): Html {
  return html`<table class="list counts stack">
<thead><tr><th scope="col">File of global</th><th scope="col">Kind</th><th scope="col" class="size">Organisations</th></tr></thead>
<tbody>${counts.map(
    ({
      entry,
      organizations,
    }) => html`<tr><th scope="row"><a class="path" href="${modulePath("global", entry.path)}">${entry.path}</a></th>
<td>${entry.kind}</td>
<td class="size">${organizations.toLocaleString("en-GB")} <meter min="0" max="${most}" value="${organizations}" aria-hidden="true"></meter></td></tr>
`,
  )}</tbody></table>`;
}
