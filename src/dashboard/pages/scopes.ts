// The scopes that the viewer sees, with how each of them stands.
import { z } from "zod";
import type { ScopeFacts } from "../../store/store.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { withQuery } from "../addresses.ts";
import type { PageEdges } from "../edges.ts";
import { type Html, html } from "../parts/html.ts";
import { label } from "../parts/label.ts";
import { pager } from "../parts/pager.ts";
import { timeAgo } from "../parts/time.ts";
import { pageQuery } from "../query.ts";
import type { Page, ViewerRequest } from "../route.ts";

const perPage = 50;
const query = z.object({
  q: z.string().max(200).default(""),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
});

/** `/scopes`. */
export async function scopesPage(edges: PageEdges, { viewer, url, now }: ViewerRequest): Promise<Page> {
  const { q, page } = pageQuery(query, url);
  const { items, total } = await edges.store.scopeFacts({
    ...(await viewer.listed()),
    search: q,
    limit: perPage,
    offset: (page - 1) * perPage,
  });
  const pages = Math.max(1, Math.ceil(total / perPage));
  const count = total === 1 ? "1 scope" : `${total.toLocaleString("en-GB")} scopes`;
  return {
    title: "Scopes",
    scripts: ["live-filter.js"],
    body: html`<h1>Scopes</h1>
<form class="filter" role="search" action="/scopes" data-live>
  <input type="search" name="q" value="${q}" placeholder="Filter by name" aria-label="Filter by name"
    aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
  <button>Filter</button>
  <p id="count" class="muted" role="status">${count}</p>
</form>
<div id="results">
${items.length === 0 ? html`<div class="blank"><h2>No scope fits</h2><p><a href="/scopes">Show all</a></p></div>` : table(items, now)}
${pager(page, pages, (to) => withQuery("/scopes", { q, page: to === 1 ? undefined : to }))}
</div>`,
  };
}

function table(items: readonly ScopeFacts[], now: Date): Html {
  return html`<table class="list scopes">
<thead><tr><th scope="col">Scope</th><th scope="col" class="number roomy">Revision</th><th scope="col">Last change</th><th scope="col">Repositories</th></tr></thead>
<tbody>
${items.map((facts) => row(facts, now))}
</tbody></table>`;
}

function row(facts: ScopeFacts, now: Date): Html {
  const slug = scopeSlug(facts.scope);
  const path = `/scopes/${slug}`;
  const { name, revision, changedAt } = facts;
  const title = name.toLowerCase() === slug ? "" : html` <span class="muted">${name}</span>`;
  return html`<tr>
<th scope="row"><a href="${path}">${slug}</a>${title} ${labels(facts)}</th>
<td class="number roomy">${revision === 0 ? html`<span class="muted">none</span>` : html`<a href="${path}/revisions">${revision}</a>`}</td>
<td>${changedAt === null ? html`<span class="muted">never</span>` : timeAgo(changedAt, now)}</td>
<td>${repositories(facts, path)}</td></tr>
`;
}

function labels({ pin, rolledBackTo }: ScopeFacts): readonly Html[] {
  return [
    ...(rolledBackTo === null
      ? []
      : [label(`rolled back to ${rolledBackTo}`, "danger", "Pushes wait until it is released")]),
    ...(pin === null ? [] : [label(`global ${pin}`, "", "Sees global as it was at this revision")]),
  ];
}

function repositories({ repositories: count, stuck }: ScopeFacts, path: string): Html {
  if (count === 0) return html`<span class="muted">none</span>`;
  const note = stuck === 0 ? "" : html` ${label(`${stuck} held up`, "attention", "Not in step with their heads")}`;
  return html`<a href="${path}/repositories">${count}</a>${note}`;
}
