// The modules of a scope: the cascade as the organisation sees it, filtered as somebody types.
import { type Catalog, type CatalogEntry, catalogOf, type LayerName, layerNames } from "../../catalog/catalog.ts";
import { type TakenLayers, takeLayers } from "../../catalog/layers.ts";
import {
  type SelectedEntries,
  type Standing,
  selectEntries,
  standings,
  wordsOf,
} from "../../catalog/select-entries.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { type EntityType, entityTypes } from "../../workspace/file.ts";
import { pinName } from "../../workspace/pin.ts";
import { modulePath, modulesPath, revisionPath } from "../addresses.ts";
import type { PageEdges } from "../edges.ts";
import { escaped } from "../parts/code.ts";
import { type CommitPlace, commitLink } from "../parts/commit.ts";
import { type Html, html, raw } from "../parts/html.ts";
import { entryLabels, label } from "../parts/label.ts";
import { pager } from "../parts/pager.ts";
import { sizeText } from "../parts/size.ts";
import { timeAgo } from "../parts/time.ts";
import { pageQuery } from "../query.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { type ModulesQuery, modulesQuery, pageOfList, selectionOf } from "./modules-query.ts";

const perPage = 100;

const query = modulesQuery.extend(pageOfList.shape);

/** `/scopes/:scope`. */
export async function modulesPage(edges: PageEdges, request: ScopeRequest): Promise<Page> {
  const { access, url, githubServerUrl } = request;
  const asked = pageQuery(query, url);
  const taken = await takeLayers(edges, access.granted);
  const catalog = await catalogOf(edges, taken);
  const selected = selectEntries(catalog, selectionOf(asked, asked.page, perPage));
  const nameOf = await repositoryNames(
    edges,
    selected.items.map(({ changed }) => changed?.repositoryId ?? null),
  );
  const view: View = { slug: access.slug, asked, selected, place: { githubServerUrl, nameOf }, now: request.now };
  return {
    title: "Modules",
    scripts: ["live-filter.js"],
    body: html`<h1 class="sr-only">Modules of ${access.name}</h1>
${pinNotice(taken, catalog, access.slug)}
<form class="filter" role="search" action="${modulesPath(access.slug)}" data-live>
  <input type="search" name="q" value="${asked.q}" placeholder="Filter by path" aria-label="Filter by path"
    aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
  ${(["kind", "layer", "standing", "sort"] as const).map((name) =>
    asked[name] === undefined ? "" : html`<input type="hidden" name="${name}" value="${asked[name]}">`,
  )}
  ${asked.order === "desc" ? html`<input type="hidden" name="order" value="desc">` : ""}
  <button>Filter</button>
  <p id="count" class="muted" role="status">${countText(selected)}</p>
</form>
<div id="results">
${choices(view, taken)}
${selected.total === 0 ? nothingFound(catalog, view) : table(view)}
${pager(selected.page, selected.pages, (page) => hrefOf(view, { page: page === 1 ? undefined : page }))}
</div>`,
  };
}

interface View {
  readonly slug: string;
  readonly asked: ModulesQuery;
  readonly selected: SelectedEntries;
  readonly place: CommitPlace;
  readonly now: Date;
}

/** The address of the list with some of what was asked for changed; always of its first page. */
function hrefOf(
  { slug, asked }: View,
  change: Partial<Record<keyof ModulesQuery | "page", string | number | undefined>>,
): string {
  const order = asked.order === "desc" ? "desc" : undefined;
  return modulesPath(slug, { ...asked, order, ...change });
}

function countText({ total, page, items }: SelectedEntries): string {
  if (total === 0) return "No files";
  const first = (page - 1) * perPage + 1;
  const all = total.toLocaleString("en-GB");
  if (items.length === total) return `${all} file${total === 1 ? "" : "s"}`;
  return `${first.toLocaleString("en-GB")}–${(first + items.length - 1).toLocaleString("en-GB")} of ${all} files`;
}

function pinNotice({ pin, latest }: TakenLayers, { entries }: Catalog, slug: string): Html | "" {
  if (pin === null || latest === null) return "";
  const behind = entries.filter((entry) => entry.pinned === "behind").length;
  const lag =
    latest.revision === pin.revision
      ? "which is where global is."
      : html`while global is at revision ${latest.revision}: <a href="${modulesPath(slug, { standing: "behind" })}">${behind} of the files here</a> have moved on.`;
  return html`<p class="notice">Global is pinned to ${pinName(pin)}, ${lag}</p>`;
}

const kindNames: Readonly<Record<EntityType, string>> = {
  workflow: "Workflows",
  form: "Forms",
  app: "Apps",
  module: "Modules",
};

const standingNames: Readonly<Record<Standing, string>> = {
  override: "Overrides",
  stale: "Stale",
  redundant: "Redundant",
  alone: "Stand alone",
  hidden: "Hidden",
  behind: "Held back by the pin",
};

/** Kinds, layers and standings to choose from, each with what there is of it. */
function choices(view: View, { layers }: TakenLayers): Html {
  const { asked, slug } = view;
  const { counts } = view.selected;
  const sum = (all: Readonly<Record<string, number>>) => Object.values(all).reduce((total, count) => total + count, 0);
  const layerTitles: Readonly<Record<LayerName, string>> = { own: slug, global: "global" };
  const seen = standings.filter((standing) => counts.standings[standing] > 0 || asked.standing === standing);
  return html`<div class="choices">
${group("Kind", [
  choice("All", sum(counts.kinds), hrefOf(view, { kind: undefined }), asked.kind === undefined),
  ...entityTypes
    .toReversed()
    .filter((kind) => counts.kinds[kind] > 0 || asked.kind === kind)
    .map((kind) => choice(kindNames[kind], counts.kinds[kind], hrefOf(view, { kind }), asked.kind === kind)),
])}
${
  layers.length === 1
    ? ""
    : group("Layer", [
        choice("Both layers", sum(counts.layers), hrefOf(view, { layer: undefined }), asked.layer === undefined),
        ...layerNames.map((layer) =>
          choice(layerTitles[layer], counts.layers[layer], hrefOf(view, { layer }), asked.layer === layer),
        ),
      ])
}
${
  seen.length === 0
    ? ""
    : group(
        "Standing",
        seen.map((standing) => {
          const isChosen = asked.standing === standing;
          const href = hrefOf(view, { standing: isChosen ? undefined : standing });
          return choice(standingNames[standing], counts.standings[standing], href, isChosen);
        }),
      )
}
</div>`;
}

function group(name: string, links: readonly Html[]): Html {
  return html`<nav aria-label="${name}">${links}</nav>`;
}

function choice(name: string, count: number, href: string, isChosen: boolean): Html {
  const text = html`${name} <span class="count">${count.toLocaleString("en-GB")}</span>`;
  return isChosen ? html`<a href="${href}" aria-current="true">${text}</a>` : html`<a href="${href}">${text}</a>`;
}

function nothingFound({ entries }: Catalog, view: View): Html {
  if (entries.length > 0) {
    return html`<div class="blank"><h2>No file fits</h2>
  <p><a href="${modulesPath(view.slug)}">Show all ${entries.length.toLocaleString("en-GB")} files</a></p></div>`;
  }
  return html`<div class="blank"><h2>Nothing has been synced yet</h2>
  <p>Once a repository is bound to this scope, each push to its default branch brings its modules here.</p>
  <p><a href="/scopes/${view.slug}/repositories">Where the repositories stand</a></p></div>`;
}

function table(view: View): Html {
  const words = wordsOf(view.asked.q);
  return html`<table class="list modules stack">
<thead><tr>${heading(view, "path", "Path", "asc")}<th scope="col" class="kind">Kind</th><th scope="col">Layer</th>
${heading(view, "size", "Size", "desc")}${heading(view, "changed", "Last change", "desc")}</tr></thead>
<tbody>
${view.selected.items.map((entry) => row(entry, view, words))}
</tbody></table>`;
}

function heading(view: View, key: "path" | "size" | "changed", name: string, first: "asc" | "desc"): Html {
  const { asked } = view;
  const isSorted = asked.sort === key || (key === "path" && asked.sort === undefined && asked.q === "");
  const flipped = asked.order === "asc" ? "desc" : "asc";
  const order = isSorted ? flipped : first;
  const href = hrefOf(view, { sort: key, order: order === "asc" ? undefined : order });
  const arrow = isSorted ? (asked.order === "asc" ? " ↑" : " ↓") : "";
  const sorted = asked.order === "asc" ? "ascending" : "descending";
  const link = html`<a href="${href}">${name}${arrow && html`<span aria-hidden="true">${arrow}</span>`}</a>`;
  return isSorted
    ? html`<th scope="col" class="by-${key}" aria-sort="${sorted}">${link}</th>`
    : html`<th scope="col" class="by-${key}">${link}</th>`;
}

function row(entry: CatalogEntry, view: View, words: readonly string[]): Html {
  const { path, layer, kind, sizeBytes, hiddenBy, scope } = entry;
  const { slug, place, now } = view;
  // Of a path in both layers the organisation's is what an address without a layer means.
  const href = modulePath(slug, path, { layer: hiddenBy === path ? layer : undefined });
  const layerTitle = scope.kind === "global" ? "global" : slug;
  return html`<tr${hiddenBy ? raw(` class="hidden-file"`) : ""}>
<th scope="row"><a class="path" href="${href}">${pathHtml(path, words)}</a> ${entryLabels(entry)}</th>
<td class="kind">${kind}</td><td>${layerTitle === "global" ? html`<span class="muted">global</span>` : label(layerTitle, "success")}</td><td class="size">${sizeText(sizeBytes)}</td>
<td class="changed">${changeOf(entry, slug, place, now)}</td></tr>
`;
}

function changeOf({ changed, layer }: CatalogEntry, slug: string, place: CommitPlace, now: Date): Html | "" {
  if (changed === undefined) return "";
  const time = timeAgo(changed.createdAt, now);
  const when = layer === "own" ? html`<a href="${revisionPath(slug, changed.number)}">${time}</a>` : time;
  return html`${when} <span class="muted">${changed.author ?? ""}</span> ${commitLink(changed, place)}`;
}

/** A path whose folder steps back, with the words that were looked for marked. */
function pathHtml(path: string, words: readonly string[]): Html {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const name = path.slice(folder.length);
  const lead = folder === "" ? "" : `<span class="folder">${marked(folder, words)}</span>`;
  return raw(`${lead}${marked(name, words)}`);
}

function marked(text: string, words: readonly string[]): string {
  const folded = text.toLowerCase();
  // Folding may change the length of exotic letters, and marks would then be off.
  if (words.length === 0 || folded.length !== text.length) return escaped(text);
  let shown = "";
  for (let at = 0; at < text.length; ) {
    const word = words.filter((one) => folded.startsWith(one, at)).sort((one, other) => other.length - one.length)[0];
    const next = text.slice(at, at + (word?.length ?? 1));
    shown += word === undefined ? escaped(next) : `<mark>${escaped(next)}</mark>`;
    at += next.length;
  }
  return shown;
}
