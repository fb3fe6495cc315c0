// The reports of a scope's check runs, newest first.
import { reportPath } from "../../workspace/addresses.ts";
import type { DashboardEdges } from "../edges.ts";
import { subjectWords } from "../find-report.ts";
import { askedPage, pagerFor } from "../paging.ts";
import { commitLink } from "../parts/github-link.ts";
import { html } from "../parts/html.ts";
import { conclusionLabel } from "../parts/status-label.ts";
import { timeAgo } from "../parts/time.ts";
import type { Page, ScopeRequest } from "../route.ts";

/** `/scopes/:scope/checks`. */
export async function checksPage({ store }: DashboardEdges, request: ScopeRequest): Promise<Page> {
  const { access, githubServerUrl, now, url } = request;
  const asked = askedPage(url);
  const { reports, total } = await store.reports(access.granted, { limit: asked.perPage, offset: asked.offset });
  return {
    title: "Checks",
    body: html`<h1>Checks</h1>
<p class="muted">What was said of pull requests, commits and syncs, for 90 days.</p>
${
  reports.length === 0
    ? html`<div class="blank"><p>There is no report here. The next push to a repository of this scope, or the next pull
  request, brings one.</p></div>`
    : html`<ul class="box item-list">${reports.map(
        (report) => html`<li class="box-row">
  <p class="item-title">${conclusionLabel(report.conclusion)}
    <a href="${reportPath(access.scope, report)}"><strong>${report.title}</strong></a></p>
  <p class="muted item-meta">${subjectWords(report.subject)} of ${report.repository} at
    ${commitLink(githubServerUrl, report.repository, report.headSha)}, ${timeAgo(report.at, now)}</p>
</li>`,
      )}</ul>`
}
${pagerFor(url, asked, total)}`,
  };
}
