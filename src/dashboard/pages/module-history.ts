// What became of a module over time, in both layers, as one list.
import { type ModuleEvent, moduleHistory } from "../../catalog/module-history.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { modulePath, revisionPath } from "../addresses.ts";
import { type CommitPlace, commitLink } from "../parts/commit.ts";
import { type Html, html } from "../parts/html.ts";
import { label } from "../parts/label.ts";
import { pager } from "../parts/pager.ts";
import { sizeText } from "../parts/size.ts";
import { timeAgo } from "../parts/time.ts";
import { layerLabel, type ModuleContext } from "./module-context.ts";

const perPage = 50;

/** The tab "History". */
export async function historyTab(context: ModuleContext): Promise<Html> {
  const { edges, found, query, request } = context;
  const events = await moduleHistory(edges, found.taken, found.path);
  const pages = Math.max(1, Math.ceil(events.length / perPage));
  const page = Math.min(query.page, pages);
  const shown = events.slice((page - 1) * perPage, page * perPage);
  const nameOf = await repositoryNames(
    edges,
    shown.map(({ revision }) => revision.repositoryId),
  );
  const place = { githubServerUrl: request.githubServerUrl, nameOf };
  return html`<table class="list history stack">
<thead><tr><th scope="col">When</th><th scope="col">Layer</th><th scope="col">What</th><th scope="col">By</th>
<th scope="col" class="size">Size</th><th scope="col">See</th></tr></thead>
<tbody>${shown.map((event) => row(event, context, place))}</tbody></table>
${pager(page, pages, (to) => context.hrefTo({ view: "history", page: to === 1 ? undefined : to }))}`;
}

function row(event: ModuleEvent, context: ModuleContext, place: CommitPlace): Html {
  const { slug, request, found } = context;
  const { kind, layer, revision, version, isAfterPin } = event;
  const number =
    layer === "own"
      ? html`<a href="${revisionPath(slug, revision.number)}">revision ${revision.number}</a>`
      : `revision ${revision.number}`;
  const at = kind === "deleted" ? version.made.number : revision.number;
  const see = (view?: "diff") => modulePath(slug, version.path, { layer, at, view });
  return html`<tr><td>${timeAgo(revision.createdAt, request.now)}</td>
<td>${layerLabel(layer, context)} ${isAfterPin ? label("after the pin", "attention") : ""}</td>
<td>${kind} in ${number}${version.path === found.path ? "" : html`<br><span class="path muted">${version.path}</span>`}</td>
<td>${revision.author ?? ""} ${commitLink(revision, place)}</td>
<td class="size">${kind === "deleted" ? "" : sizeText(version.sizeBytes)}</td>
<td>${
    kind === "deleted"
      ? html`<a href="${see()}">What it held</a>`
      : html`<a href="${see()}">File</a> · <a href="${see("diff")}">Change</a>`
  }</td></tr>
`;
}
