// The report of a check run in full, in the words that GitHub got, without what GitHub leaves out.
import type { RecordedReport } from "../../store/store.ts";
import type { BlastRadius } from "../../workspace/blast.ts";
import { parseSubject } from "../../workspace/check.ts";
import {
  type FullReport,
  type Mark,
  type Portion,
  type ReportedFinding,
  ranWords,
} from "../../workspace/full-report.ts";
import type { OperatorScope } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import type { DashboardEdges } from "../edges.ts";
import { reportPlaceOf, subjectWords } from "../find-report.ts";
import { askedPage, pagerFor, withParts } from "../paging.ts";
import { findingList } from "../parts/findings.ts";
import { commitLink, lineAddress, repositoryLink } from "../parts/github-link.ts";
import { type Html, html } from "../parts/html.ts";
import { markdownBlocks, markdownLine } from "../parts/markdown.ts";
import { conclusionLabel } from "../parts/status-label.ts";
import { timeAgo } from "../parts/time.ts";
import type { Page, ScopeRequest, ViewerRequest } from "../route.ts";

/** `/scopes/:scope/checks/:repository/:commit/:subject`. */
export async function checkReportPage(edges: DashboardEdges, request: ScopeRequest): Promise<Page | undefined> {
  const place = reportPlaceOf(request.params);
  const found = place && (await edges.store.report(request.access.granted, place));
  if (found === undefined) return undefined;
  const { operator } = request.access;
  return reportPage(request, found, operator && (await blastSection(edges, operator, found)));
}

/** `/checks/:repository/:commit/:subject`: of a repository that feeds no scope, for whoever reads the repository. */
export async function looseReportPage(edges: DashboardEdges, request: ViewerRequest): Promise<Page | undefined> {
  const place = reportPlaceOf(request.params);
  if (place === undefined || !request.viewer.reads(place.repositoryId)) return undefined;
  const found = await edges.store.report(null, place);
  return found && reportPage(request, found, undefined);
}

function reportPage(
  { githubServerUrl, now, url }: ViewerRequest,
  { report, repository, headSha, subject, at }: RecordedReport & { readonly report: FullReport },
  blast: Html | undefined,
): Page {
  const pull = /^pull:(\d+)$/.exec(subject)?.[1];
  const addressOf = (mark: Mark) => lineAddress(githubServerUrl, repository, headSha, mark);
  const isPart = isListName(url.searchParams.get("list"));
  const findings = (found: readonly ReportedFinding[]) => findingList(found, addressOf);
  const about =
    pull === undefined
      ? subjectWords(subject)
      : html`<a href="${githubServerUrl}/${repository}/pull/${pull}">${subjectWords(subject)}</a>`;
  return {
    title: report.title,
    body: html`<h1>${report.title} ${conclusionLabel(report.conclusion)}</h1>
<p class="muted">${about} of ${repositoryLink(githubServerUrl, repository)} at
  ${commitLink(githubServerUrl, repository, headSha)}, ${timeAgo(at, now)}</p>
${isPart ? html`<p><a href="${url.pathname}">The whole report</a></p>` : html`<div class="words">${report.words.map(markdownBlocks)}</div>`}
${section(url, report.problems, { name: "problems", heading: "Problems", perPage: 50, body: findings })}
${isPart ? "" : (blast ?? "")}
${section(url, report.changes, {
  ...{ name: "changes", heading: "What it changes", perPage: 100 },
  body: (lines) => html`<ul>${lines.map((line) => html`<li>${markdownLine(line)}</li>`)}</ul>`,
})}
${!isPart && report.next && html`<p>${markdownLine(report.next)}</p>`}
${section(url, report.workflows, { name: "workflows", heading: "Workflows", perPage: 100, body: workflowTable })}
${section(url, report.remarks, { name: "remarks", heading: "Remarks", perPage: 30, body: findings })}
${section(url, report.written, { name: "written", heading: "Written", perPage: 200, body: paths })}
${section(url, report.deleted, { name: "deleted", heading: "Deleted", perPage: 200, body: paths })}
${section(url, report.skipped, { name: "skipped", heading: "Skipped files", perPage: 100, body: skippedTable })}
${!isPart && report.unchanged !== null && html`<p class="muted">${count(report.unchanged, "file")} unchanged.</p>`}
${!isPart && report.footer && html`<p class="muted">${markdownLine(report.footer)}</p>`}`,
  };
}

/** A list of a report, and how much of it a page holds. */
interface List<T> {
  readonly name: ListName;
  readonly heading: string;
  readonly perPage: number;
  readonly body: (items: readonly T[]) => Html;
}

const listNames = ["problems", "changes", "workflows", "remarks", "written", "deleted", "skipped"] as const;
type ListName = (typeof listNames)[number];

/** The first of a list with the way to the rest, or a page of it where the address asks for this list. */
function section<T>(url: URL, { items, total }: Portion<T>, { name, heading, perPage, body }: List<T>): Html | "" {
  const only = url.searchParams.get("list");
  const isOnly = only === name;
  if (total === 0 || (isListName(only) && !isOnly)) return "";
  const asked = isOnly ? askedPage(url, perPage, items.length) : { page: 1, perPage, offset: 0 };
  const shown = items.slice(asked.offset, asked.offset + perPage);
  const isLast = asked.offset + perPage >= items.length;
  const left = total - items.length;
  return html`<section><h2>${heading} <span class="counter">${total.toLocaleString("en")}</span></h2>
${body(shown)}
${!isOnly && !isLast && html`<p><a href="${withParts(url, { list: name })}">All ${total.toLocaleString("en")}</a></p>`}
${isLast && left > 0 && html`<p class="muted">and ${left.toLocaleString("en")} more, which are not kept</p>`}
${isOnly && pagerFor(url, asked, items.length)}</section>`;
}

function isListName(name: string | null): name is ListName {
  return listNames.some((known) => known === name);
}

function workflowTable(workflows: FullReport["workflows"]["items"]): Html {
  const kinds = { passed: "success", failed: "danger", skipped: "", "already broken": "attention" } as const;
  return html`<table class="list workflows">
<thead><tr><th scope="col">Workflow</th><th scope="col">Result</th><th scope="col">How</th><th scope="col">Time</th></tr></thead>
<tbody>${workflows.map(
    ({ path, isGlobal, result, ran, durationMs }) => html`<tr>
  <th scope="row" class="path">${path}${isGlobal && html` <span class="muted">in global</span>`}</th>
  <td><span class="label ${kinds[result]}">${result}</span></td><td>${ranWords[ran]}</td>
  <td class="number">${durationMs === null ? "" : `${durationMs} ms`}</td></tr>`,
  )}</tbody></table>`;
}

function skippedTable(skipped: FullReport["skipped"]["items"]): Html {
  return html`<table class="list"><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead>
<tbody>${skipped.map(({ path, detail }) => html`<tr><th scope="row" class="path">${path}</th><td>${detail}</td></tr>`)}</tbody></table>`;
}

function paths(all: readonly string[]): Html {
  return html`<ul class="plain-list">${all.map((path) => html`<li class="path">${path}</li>`)}</ul>`;
}

/** Which organisations a change of global reaches, where it was worked out at this commit. */
async function blastSection(
  { store }: DashboardEdges,
  operator: OperatorScope,
  { repositoryId, subject, headSha }: RecordedReport,
): Promise<Html | undefined> {
  const about = parseSubject(subject);
  const blast = about && (await store.blast(operator, repositoryId, about));
  return blast?.headSha === headSha ? blastTable(blast.radius) : undefined;
}

function blastTable({ affected, organizations, pinned }: BlastRadius): Html {
  const kinds = { breaks: "danger", "linked-only": "attention", passes: "success", "was-broken": "" } as const;
  return html`<section><h2>Whom it concerns <span class="label">operators only</span></h2>
<p class="muted">Of ${count(organizations, "organisation")}, ${pinned} pinned. The check run tells numbers and no names.</p>
${
  affected.length > 0 &&
  html`<table class="list">
<thead><tr><th scope="col">Organisation</th><th scope="col">Effect</th><th scope="col">Workflows</th><th scope="col">Broken</th></tr></thead>
<tbody>${affected.map(
    ({ slug, revision, effect }) => html`<tr>
  <th scope="row"><a href="/scopes/${slug}">${slug}</a> <span class="muted">revision ${revision}</span></th>
  <td><span class="label ${kinds[effect.status]}">${effect.status.replaceAll("-", " ")}</span></td>
  <td>${effect.affected} affected, ${effect.run} run</td>
  <td><ul class="plain-list">${effect.broken.map(
    ({
      layer,
      path,
      code,
      at,
    }) => html`<li><span class="path">${path}</span>${layer === "global" && html` <span class="muted">in global</span>`}
    <code class="muted">${code}</code>${at && html` at <span class="path">${at.path}${at.line === null ? "" : `:${at.line}`}</span>`}</li>`,
  )}</ul></td></tr>`,
  )}</tbody></table>`
}</section>`;
}
