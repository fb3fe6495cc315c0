// One revision: what it changed, file by file.
import { compareRevisions } from "../compare-revisions.ts";
import type { PageEdges } from "../edges.ts";
import { askedPage } from "../paging.ts";
import { changedFilesView } from "../parts/changed-files.ts";
import { type Html, html } from "../parts/html.ts";
import { changeWords, revisionLabels, revisionMeta } from "../parts/revision-line.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { type TimelineEntry, timelineEntry } from "../timeline.ts";

// Each is read twice and compared; a page holds no more of them anyway.
const filesPerPage = 20;

/** `/scopes/:scope/revisions/:revision`. */
export async function revisionPage(edges: PageEdges, request: ScopeRequest): Promise<Page | undefined> {
  const { access, params, githubServerUrl, now } = request;
  const { granted, slug, writable } = access;
  const entry = await timelineEntry(edges, granted, params.revision);
  if (entry === undefined) return undefined;
  const { number, droppedAt } = entry.revision;
  const latest = (await edges.store.revisions(granted, 1))[0]?.number ?? number;
  const root = `/scopes/${slug}`;
  const isPast = number < latest;
  return {
    title: `Revision ${number}`,
    body: html`<h1>Revision ${number} ${revisionLabels(entry)}</h1>
<p>${changeWords(entry.revision)}, <span class="muted">${revisionMeta(entry, githubServerUrl, now)}</span></p>
<p class="row-links">${number > 1 && html`<a rel="prev" href="${root}/revisions/${number - 1}">Revision ${number - 1}</a>`}
  ${isPast && html`<a rel="next" href="${root}/revisions/${number + 1}">Revision ${number + 1}</a>`}
  ${isPast && droppedAt === null && html`<a href="${root}/compare?from=${number}&amp;to=${latest}">Compare with latest</a>`}
  ${isPast && droppedAt === null && writable && html`<a href="${root}/rollback?to=${number}">Roll back to it…</a>`}</p>
${await filesOf(edges, request, entry)}`,
  };
}

async function filesOf(
  edges: PageEdges,
  { access: { granted }, url }: ScopeRequest,
  { revision: { number, droppedAt } }: TimelineEntry,
): Promise<Html> {
  if (droppedAt !== null) {
    return html`<p class="warning">Retention has dropped its files. What is known of it otherwise stays.</p>`;
  }
  if (number > 1 && (await edges.store.revision(granted, number - 1))?.droppedAt) {
    return html`<p class="warning">Retention has dropped the revision before it, so that nobody can tell what this one
      changed.</p>`;
  }
  const asked = askedPage(url, filesPerPage);
  const path = url.searchParams.get("path");
  const portion = path === null ? { offset: asked.offset, limit: filesPerPage } : { path };
  const difference = await compareRevisions(edges, granted, { from: number - 1, to: number }, portion);
  return changedFilesView(edges, url, difference, asked);
}
