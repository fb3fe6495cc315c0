// What an organisation overrides, and how far each override is from global.

import type { z } from "zod";
import { type OverridePage, type OverrideRow, overrideRows } from "../../catalog/override-rows.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { type OverrideState, overrideStates } from "../../workspace/override.ts";
import { modulePath, withQuery } from "../addresses.ts";
import type { PageEdges } from "../edges.ts";
import { type CommitPlace, commitLink } from "../parts/commit.ts";
import { diffStat } from "../parts/diff-stat.ts";
import { type Html, html } from "../parts/html.ts";
import { overrideLabel } from "../parts/label.ts";
import { pager } from "../parts/pager.ts";
import { timeAgo } from "../parts/time.ts";
import { pageQuery } from "../query.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { pageOfList } from "./modules-query.ts";
import { overrideCountsPage } from "./override-counts.ts";
import { overridesQuery } from "./overrides-query.ts";

const perPage = 50;
const query = overridesQuery.extend(pageOfList.shape);

/** `/scopes/:scope/overrides`: of an organisation, or for operators how often global is overridden. */
export async function overridesPage(edges: PageEdges, request: ScopeRequest): Promise<Page | undefined> {
  const { access, url, githubServerUrl, now } = request;
  if (access.scope.kind === "global") return overrideCountsPage(edges, request);
  const asked = pageQuery(query, url);
  const selection = { filter: asked.q, state: asked.state, page: asked.page, perPage };
  const found = await overrideRows(edges, access.granted, selection);
  if (found === undefined) return undefined;
  const nameOf = await repositoryNames(
    edges,
    found.rows.map(({ override }) => override.changes[0]?.made.repositoryId ?? null),
  );
  const path = `/scopes/${access.slug}/overrides`;
  const hrefOf = (change: Partial<Record<keyof z.infer<typeof query>, string | number | undefined>>) =>
    withQuery(path, { q: asked.q, state: asked.state, ...change });
  const place = { githubServerUrl, nameOf };
  return {
    title: "Overrides",
    scripts: ["live-filter.js"],
    body: html`<h1 class="sr-only">Overrides of ${access.name}</h1>
<form class="filter" role="search" action="${path}" data-live>
  <input type="search" name="q" value="${asked.q}" placeholder="Filter by path" aria-label="Filter by path"
    aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
  ${asked.state === undefined ? "" : html`<input type="hidden" name="state" value="${asked.state}">`}
  <button>Filter</button>
  <p id="count" class="muted" role="status">${found.total.toLocaleString("en-GB")} override${found.total === 1 ? "" : "s"}</p>
</form>
<div id="results">
${states(found, asked.state, hrefOf)}
${found.total === 0 ? nothing(access.slug, asked.q !== "" || asked.state !== undefined) : table(found, access.slug, place, now)}
${pager(found.page, found.pages, (page) => hrefOf({ page: page === 1 ? undefined : page }))}
</div>`,
  };
}

const stateNames: Readonly<Record<OverrideState, string>> = {
  current: "In step",
  stale: "Stale",
  redundant: "Redundant",
  alone: "Stand alone",
};

function states(
  { states: counts }: OverridePage,
  chosen: OverrideState | undefined,
  hrefOf: (change: { readonly state: OverrideState | undefined }) => string,
): Html {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const choice = (state: OverrideState | undefined, name: string, count: number) => {
    const text = html`${name} <span class="count">${count}</span>`;
    const href = hrefOf({ state });
    return chosen === state
      ? html`<a href="${href}" aria-current="true">${text}</a>`
      : html`<a href="${href}">${text}</a>`;
  };
  return html`<div class="choices"><nav aria-label="State">${choice(undefined, "All", all)}${overrideStates.map(
    (state) => choice(state, stateNames[state], counts[state]),
  )}</nav></div>`;
}

function nothing(slug: string, isNarrowed: boolean): Html {
  if (isNarrowed) {
    return html`<div class="blank"><h2>No override fits</h2><p><a href="/scopes/${slug}/overrides">Show all overrides</a></p></div>`;
  }
  return html`<div class="blank"><h2>${slug} overrides nothing</h2>
  <p>Put a file of the same name as one of global into the organisation's repository, and every workflow of ${slug} uses it.</p></div>`;
}

function table({ rows }: OverridePage, slug: string, place: CommitPlace, now: Date): Html {
  return html`<table class="list overrides stack">
<thead><tr><th scope="col">Override</th><th scope="col">Global</th><th scope="col">From global</th><th scope="col">Stale since</th><th scope="col">See</th></tr></thead>
<tbody>${rows.map((row) => rowOf(row, slug, place, now))}</tbody></table>`;
}

function rowOf({ override, distance }: OverrideRow, slug: string, place: CommitPlace, now: Date): Html {
  const { yours, theirs, base, state, newer } = override;
  const hidden = theirs ?? base;
  const of = (view?: "split" | "three-way") => modulePath(slug, yours.path, { view });
  return html`<tr>
<th scope="row"><a class="path" href="${of()}">${yours.path}</a> ${overrideLabel(state)}</th>
<td>${
    hidden === null
      ? ""
      : html`<a class="path muted" href="${modulePath(slug, hidden.path, { layer: "global" })}">${hidden.path === yours.path ? "same path" : hidden.path}</a>`
  }</td>
<td>${distance === null ? html`<span class="muted">not kept</span>` : diffStat(distance)}</td>
<td>${since(override, place, now)}${newer.length > 0 ? html`<div class="muted">${newer.length} newer after the pin</div>` : ""}</td>
<td>${theirs === null ? "" : html`<a href="${of("split")}">Diff</a>`}${state === "stale" ? html` · <a href="${of("three-way")}">Three-way</a>` : ""}</td></tr>
`;
}

function since({ state, changes, gone }: OverrideRow["override"], place: CommitPlace, now: Date): Html | "" {
  const first = changes[0]?.made;
  if (state === "stale" && first !== undefined) {
    const more = changes.length > 1 ? `, ${changes.length} changes` : "";
    return html`revision ${first.number}, ${timeAgo(first.createdAt, now)}${more} ${commitLink(first, place)}`;
  }
  if (state === "alone" && gone !== null)
    return html`given up in revision ${gone.number}, ${timeAgo(gone.createdAt, now)}`;
  return "";
}
