// One repository: why it stands where it stands, what can be done about it, and what its last sync did.
import { bindingPath } from "../../workspace/binding.ts";
import type { Mark } from "../../workspace/full-report.ts";
import { count } from "../../workspace/markdown.ts";
import type { SyncProgress } from "../../workspace/progress.ts";
import type { Repository, SyncReport } from "../../workspace/repository.ts";
import { sameScope } from "../../workspace/scope.ts";
import type { Standing } from "../../workspace/standing.ts";
import { standingFacts } from "../../workspace/standing-facts.ts";
import type { DashboardEdges } from "../edges.ts";
import { progressShare, progressWords, repositoryIn, standingNow } from "../look-at-repository.ts";
import { factList } from "../parts/facts.ts";
import { findingList } from "../parts/findings.ts";
import { changeForm } from "../parts/form.ts";
import { commitLink, lineAddress, repositoryLink } from "../parts/github-link.ts";
import { type Html, html } from "../parts/html.ts";
import { statusLabel } from "../parts/status-label.ts";
import type { Page, ScopeRequest } from "../route.ts";

/** `/scopes/:scope/repositories/:repository`. */
export async function repositoryPage(edges: DashboardEdges, request: ScopeRequest): Promise<Page | undefined> {
  const repository = await repositoryIn(edges, request.access, request.params.repository);
  if (repository === undefined) return undefined;
  const [{ standing, progress }, served] = await Promise.all([
    standingNow(edges, repository),
    edges.store.served(repository.id),
  ]);
  const { access, githubServerUrl, now } = request;
  const fullName = `${repository.owner}/${repository.name}`;
  // What it brought to another scope before is no business of this one's.
  const ownServed =
    access.operator === undefined ? served.filter(({ scope }) => sameScope(scope, access.scope)) : served;
  const isMoving = standing.runningSince !== null || standing.nextTryAt !== null;
  return {
    title: fullName,
    scripts: ["live.js"],
    body: html`<h1>${repositoryLink(githubServerUrl, fullName)} ${statusLabel(standing.status)}</h1>
<div class="box ${standing.status === "well" ? "" : "emphasis"}"><div class="box-row">
  <p>${standing.message}</p>
  ${standing.remedy && html`<p><strong>To do:</strong> ${standing.remedy}</p>`}
</div></div>
${isMoving && liveSection(request, repository, standing, progress)}
${access.writable && actions(request, repository)}
<h2>Where it stands</h2>
${factList(standingFacts(repository, standing, ownServed, now))}
${repository.lastSync && lastReport(request, repository, repository.lastSync)}`,
  };
}

/** What moves while somebody watches. Without scripts it says how it is now, and how to see how it goes on. */
function liveSection(
  { access, url }: ScopeRequest,
  { id }: Repository,
  standing: Standing,
  progress: SyncProgress | null,
): Html {
  const words = progress === null ? standing.message : progressWords(progress);
  const value = progress === null ? 0 : progressShare(progress);
  return html`<section class="box live" aria-label="Sync" data-events="/scopes/${access.slug}/repositories/${id}/events">
  <div class="box-row">
    <p role="status" data-live="words">${words}</p>
    <progress max="1" value="${value.toFixed(3)}" aria-label="How far the sync has come" data-live="bar"></progress>
    <p class="muted"><a href="${url.pathname}">Look again</a></p>
  </div>
</section>`;
}

function actions({ access, viewer }: ScopeRequest, { id, state, hold }: Repository): Html {
  const root = `/scopes/${access.slug}/repositories/${id}`;
  const isHeld = state === "held" && hold !== null && hold.approvedBy === null;
  return html`
${
  isHeld &&
  html`<section class="box emphasis" aria-labelledby="held"><div class="box-row">
  <h2 id="held">Commit ${hold.commit.slice(0, 12)} would delete ${hold.deletes} of ${count(hold.live, "file")}</h2>
  <ul class="plain-list">${hold.examples.map((path) => html`<li class="path">${path}</li>`)}${
    hold.deletes > hold.examples.length &&
    html`<li class="muted">and ${(hold.deletes - hold.examples.length).toLocaleString("en")} more</li>`
  }</ul>
  ${changeForm(
    viewer,
    `${root}/approve`,
    html`<input type="hidden" name="commit" value="${hold.commit}">
    <button class="danger">Approve these deletes</button>`,
  )}
</div></section>`
}
<div class="actions">${changeForm(viewer, `${root}/sync`, html`<button>Sync now</button>`)}</div>`;
}

function lastReport({ access, githubServerUrl }: ScopeRequest, repository: Repository, report: SyncReport): Html {
  const fullName = `${repository.owner}/${repository.name}`;
  const { commit, counts, unchanged, diagnostics, revision } = report;
  const addressOf = (mark: Mark) => lineAddress(githubServerUrl, fullName, commit, mark);
  const findings = diagnostics.map((diagnostic) => {
    const { path, line, column } = diagnostic;
    return { diagnostic, mark: path === null ? null : { path, line: line ?? 1, column } };
  });
  const isBound = report.state === "bound";
  return html`<h2>Last look at commit ${commitLink(githubServerUrl, fullName, commit)}</h2>
${
  isBound &&
  html`<dl class="counts">
  <div><dt>written</dt><dd>${counts.upserts.toLocaleString("en")}</dd></div>
  <div><dt>deleted</dt><dd>${counts.deletes.toLocaleString("en")}</dd></div>
  <div><dt>unchanged</dt><dd>${unchanged.toLocaleString("en")}</dd></div>
  <div><dt>skipped</dt><dd>${counts.skipped.toLocaleString("en")}</dd></div>
  <div><dt>refused</dt><dd>${counts.refused.toLocaleString("en")}</dd></div>
</dl>`
}
${
  isBound &&
  revision !== null &&
  html`<p><a href="/scopes/${access.slug}/revisions/${revision}">What revision ${revision} changed</a></p>`
}
${findings.length > 0 && html`<h3>Findings</h3>${findingList(findings, addressOf)}`}
${counts.refused > findings.length && html`<p class="muted">${count(counts.refused, "path is", "paths are")} refused; the first are named here.</p>`}
${
  report.skipped.length > 0 &&
  html`<h3>Skipped</h3>
<table class="list"><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead>
<tbody>${report.skipped.map(
    ({ path, detail }) => html`<tr><th scope="row" class="path">${path}</th><td>${detail}</td></tr>`,
  )}</tbody></table>
${more(counts.skipped, report.skipped.length)}`
}
${pathList("Written", report.upserts, counts.upserts)}
${pathList("Deleted", report.deletes, counts.deletes)}
${report.state === "unbound" && html`<p>It binds by a file <code>${bindingPath}</code> on its default branch.</p>`}`;
}

function pathList(heading: string, paths: readonly string[], total: number): Html | "" {
  if (paths.length === 0) return "";
  return html`<details class="paths"><summary>${heading}: ${count(total, "file")}</summary>
<ul class="plain-list">${paths.map((path) => html`<li class="path">${path}</li>`)}</ul>${more(total, paths.length)}</details>`;
}

function more(total: number, shown: number): Html | "" {
  return total > shown ? html`<p class="muted">and ${(total - shown).toLocaleString("en")} more</p>` : "";
}
