// The revisions of a scope as a timeline, with how it is pinned and held.
import { actorName } from "../../workspace/audit.ts";
import { pinName } from "../../workspace/pin.ts";
import type { DashboardEdges } from "../edges.ts";
import { askedPage, pagerFor } from "../paging.ts";
import { type Html, html } from "../parts/html.ts";
import { changeWords, revisionLabels, revisionMeta } from "../parts/revision-line.ts";
import { timeAgo } from "../parts/time.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { type TimelineEntry, timeline } from "../timeline.ts";

/** `/scopes/:scope/revisions`. */
export async function revisionsPage(edges: DashboardEdges, request: ScopeRequest): Promise<Page> {
  const { access, url } = request;
  const { granted, slug } = access;
  const [latest] = await edges.store.revisions(granted, 1);
  const total = latest?.number ?? 0;
  const asked = askedPage(url, undefined, total);
  const entries = await timeline(edges, granted, asked.perPage, total - asked.offset + 1);
  return {
    title: "Revisions",
    body: html`<h1>Revisions</h1>
${await heldNotice(edges, request)}
${await pinLine(edges, request)}
${total > 1 && compareForm(slug, total)}
${
  total === 0
    ? html`<div class="blank"><p>Nothing was synced to ${slug} yet. The first push to a repository that feeds it makes
  revision 1.</p></div>`
    : html`<ol class="box item-list" reversed start="${total - asked.offset}">${entries.map((entry) =>
        entryItem(request, entry, total),
      )}</ol>`
}
${pagerFor(url, asked, total)}`,
  };
}

/** That the scope is rolled back, and how to let it go; nothing where it follows its repositories. */
async function heldNotice({ store }: DashboardEdges, { access, now }: ScopeRequest): Promise<Html | ""> {
  const rollback = await store.rollbackOf(access.granted);
  if (rollback === null) return "";
  const { target, by, since } = rollback;
  return html`<div class="warning held-notice"><p><strong>Rolled back to revision ${target}</strong> by ${actorName(by)}
  ${timeAgo(since, now)}. Nothing that is pushed to its repositories is synced until it is released.</p>
  ${access.writable && html`<a class="button" href="/scopes/${access.slug}/release">Release…</a>`}</div>`;
}

async function pinLine({ store }: DashboardEdges, { access, now }: ScopeRequest): Promise<Html | ""> {
  if (access.scope.kind === "global") return "";
  const pin = await store.pinOf(access.granted);
  if (pin === null) return html`<p class="muted">Follows <a href="/scopes/global">global</a> as it is now.</p>`;
  const until = pin.until === null ? "" : `, meant to hold until ${pin.until}`;
  return html`<p>Pinned to <strong>${pinName(pin)}</strong> of global${until}, since ${timeAgo(pin.since, now)}.</p>`;
}

/** Two numbers to compare. */
export function compareForm(slug: string, latest: number, from = Math.max(0, latest - 1), to = latest): Html {
  const field = (name: string, text: string, value: number) =>
    html`<label>${text} <input type="number" name="${name}" value="${value}" min="0" max="${latest}" required inputmode="numeric"></label>`;
  return html`<form class="filter" method="get" action="/scopes/${slug}/compare">
  ${field("from", "Compare revision", from)} ${field("to", "with", to)} <button>Compare</button>
</form>`;
}

function entryItem({ access, githubServerUrl, now }: ScopeRequest, entry: TimelineEntry, latest: number): Html {
  const { number, droppedAt } = entry.revision;
  const root = `/scopes/${access.slug}`;
  const isPast = number < latest;
  return html`<li class="box-row revision">
  <div>
    <p class="item-title"><a href="${root}/revisions/${number}"><strong>Revision ${number}</strong></a>
      ${changeWords(entry.revision)} ${revisionLabels(entry)}</p>
    <p class="muted item-meta">${revisionMeta(entry, githubServerUrl, now)}</p>
  </div>
  ${
    isPast &&
    droppedAt === null &&
    html`<p class="row-links"><a href="${root}/compare?from=${number}&amp;to=${latest}">compare with latest</a>
    ${access.writable && html`<a href="${root}/rollback?to=${number}">roll back…</a>`}</p>`
  }
</li>`;
}
