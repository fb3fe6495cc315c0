// Two revisions of a scope side by side.
import { compareRevisions } from "../compare-revisions.ts";
import type { PageEdges } from "../edges.ts";
import { askedPage } from "../paging.ts";
import { changedFilesView } from "../parts/changed-files.ts";
import { html } from "../parts/html.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { revisionNumber } from "../timeline.ts";
import { compareForm } from "./revisions.ts";

const filesPerPage = 20;

/** `/scopes/:scope/compare?from=&to=`; left out, the latest revision and the one before it. */
export async function comparePage(edges: PageEdges, request: ScopeRequest): Promise<Page> {
  const { access, url } = request;
  const { granted, slug } = access;
  const latest = (await edges.store.revisions(granted, 1))[0]?.number ?? 0;
  const to = revisionNumber(url.searchParams.get("to")) ?? latest;
  const from = revisionNumber(url.searchParams.get("from")) ?? Math.max(0, to - 1);
  const asked = askedPage(url, filesPerPage);
  const path = url.searchParams.get("path");
  const portion = path === null ? { offset: asked.offset, limit: filesPerPage } : { path };
  const difference = await compareRevisions(edges, granted, { from, to }, portion);
  return {
    title: `Revision ${from} to ${to}`,
    body: html`<h1>From revision ${from} to ${to}</h1>
${compareForm(slug, latest, from, to)}
<p class="row-links"><a href="/scopes/${slug}/compare?from=${to}&amp;to=${from}">The other way round</a></p>
${await changedFilesView(edges, url, difference, asked)}`,
  };
}
