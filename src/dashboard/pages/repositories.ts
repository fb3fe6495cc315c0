// The repositories that feed a scope, and why each stands where it stands.
import { count } from "../../workspace/markdown.ts";
import { sameScope } from "../../workspace/scope.ts";
import type { DashboardEdges } from "../edges.ts";
import { repositoriesIn } from "../look-at-repository.ts";
import { commitLink } from "../parts/github-link.ts";
import { type Html, html } from "../parts/html.ts";
import { statusLabel } from "../parts/status-label.ts";
import { timeAgo } from "../parts/time.ts";
import type { Page, ScopeRequest } from "../route.ts";

/** `/scopes/:scope/repositories`. */
export async function repositoriesPage(edges: DashboardEdges, request: ScopeRequest): Promise<Page> {
  const { access } = request;
  const found = await repositoriesIn(edges, access.granted);
  const asking =
    access.writable === undefined
      ? []
      : (await edges.store.grantRequests()).filter(
          ({ scope, refusal }) => sameScope(scope, access.scope) && refusal === null,
        );
  return {
    title: "Repositories",
    body: html`<h1>Repositories</h1>
${
  asking.length > 0 &&
  html`<p class="warning">${count(asking.length, "repository asks", "repositories ask")} for this scope:
  <a href="/grants">decide about ${asking.length === 1 ? "it" : "them"}</a></p>`
}
${
  found.length === 0
    ? html`<div class="blank"><p>No repository feeds ${access.slug} yet. One does once its
  <code>.github/bifrost.yml</code> says <code>scope: ${access.slug}</code> and an operator, or an admin of the scope,
  has granted it.</p></div>`
    : html`<ul class="box item-list">${found.map((one) => repositoryItem(request, one))}</ul>`
}`,
  };
}

function repositoryItem(
  { access, githubServerUrl, now }: ScopeRequest,
  { repository, standing }: Awaited<ReturnType<typeof repositoriesIn>>[number],
): Html {
  const { id, owner, name, syncedSha, syncedAt, lastSync } = repository;
  const fullName = `${owner}/${name}`;
  const revision = lastSync?.revision == null ? undefined : lastSync.revision;
  return html`<li class="box-row">
  <p class="item-title"><a href="/scopes/${access.slug}/repositories/${id}"><strong>${fullName}</strong></a>
    ${statusLabel(standing.status)}</p>
  <p>${standing.message}</p>
  ${standing.remedy && html`<p><span class="muted">To do:</span> ${standing.remedy}</p>`}
  ${
    syncedSha !== null &&
    html`<p class="muted item-meta">${commitLink(githubServerUrl, fullName, syncedSha)} synced
    ${syncedAt && timeAgo(syncedAt, now)}${
      revision !== undefined && html`, <a href="/scopes/${access.slug}/revisions/${revision}">revision ${revision}</a>`
    }</p>`
  }
</li>`;
}
