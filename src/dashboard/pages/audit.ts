// Who did what, when and from where: for operators.
import { type AuditRecord, actorName } from "../../workspace/audit.ts";
import type { DashboardEdges } from "../edges.ts";
import { repositoryLink } from "../parts/github-link.ts";
import { type Html, html } from "../parts/html.ts";
import { timeAgo } from "../parts/time.ts";
import type { OperatorRequest, Page } from "../route.ts";

const perPage = 50;

/** `/audit`, with `?scope=` for one scope and `?before=` for older records. */
export async function auditPage({ store }: DashboardEdges, request: OperatorRequest): Promise<Page | undefined> {
  const { url } = request;
  const named = url.searchParams.get("scope")?.trim() ?? "";
  const scope = named === "" ? null : await store.findScope(named);
  const before = beforeOf(url);
  // One more than is shown says whether there are more.
  const records = scope === undefined ? [] : await store.audit({ scope, limit: perPage + 1, ...before });
  const shown = records.slice(0, perPage);
  const last = shown.at(-1);
  return {
    title: "Audit",
    body: html`<h1>Audit</h1>
<p class="muted">What operators, buttons, pages and pushes did, newest first. Nobody can change it.</p>
<form class="filter" method="get" action="/audit" role="search">
  <label>Scope <input type="search" name="scope" value="${named}" placeholder="all" autocomplete="off" spellcheck="false"></label>
  <button>Show</button>
</form>
${scope === undefined && html`<p class="warning">There is no scope "${named}".</p>`}
${
  shown.length === 0
    ? html`<div class="blank"><p>Nothing is recorded${before.before === undefined ? "" : " before that"}.</p></div>`
    : html`<ul class="box item-list">${shown.map((record) => recordItem(request, record))}</ul>`
}
${
  records.length > perPage &&
  last !== undefined &&
  html`<nav class="pager" aria-label="Pages"><a rel="next" href="/audit?${new URLSearchParams({
    ...(named !== "" && { scope: named }),
    before: `${last.id}`,
  })}">Older</a></nav>`
}`,
  };
}

/** The id that an address asks for records before; nothing where it asks for the newest. */
function beforeOf(url: URL): { readonly before?: number } {
  const text = url.searchParams.get("before") ?? "";
  return /^[1-9]\d{0,14}$/.test(text) ? { before: Number(text) } : {};
}

function recordItem({ githubServerUrl, now }: OperatorRequest, record: AuditRecord): Html {
  const { at, act, scope, repository, by, source, details } = record;
  const facts = Object.entries(details).filter(([, value]) => value !== null);
  return html`<li class="box-row">
  <p class="item-title"><strong>${act.replaceAll("-", " ")}</strong>
    ${scope && html`<a href="/scopes/${scope}">${scope}</a>`}
    ${repository && html`<span class="muted">·</span> ${repositoryLink(githubServerUrl, repository)}`}</p>
  ${facts.length > 0 && html`<p class="path">${facts.map(([name, value]) => `${name} ${value}`).join(" · ")}</p>`}
  <p class="muted item-meta">${actorName(by)}, ${sourceWords(source)}, ${timeAgo(at, now)}</p>
</li>`;
}

function sourceWords(source: AuditRecord["source"]): Html | string {
  switch (source.from) {
    case "command-line":
      return "on the command line";
    case "webhook":
      return html`by delivery <code>${source.delivery}</code>`;
    case "github":
      return "by a button on GitHub";
    case "dashboard":
      return "on the dashboard";
    case "app":
      return "by the app itself";
    default:
      throw source satisfies never;
  }
}
