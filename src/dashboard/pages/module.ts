// One module: what it holds, how it differs from global's, what became of it over time, and where its imports lead.
import { type FoundModule, findModule } from "../../catalog/find-module.ts";
import { overridesAt } from "../../catalog/overrides-at.ts";
import { type NameOf, repositoryNames } from "../../history/repository-names.ts";
import type { Override } from "../../workspace/override.ts";
import { folderOf, parsePath, type WorkspacePath } from "../../workspace/path.ts";
import { modulePath, modulesPath, rawPath, revisionPath } from "../addresses.ts";
import type { PageEdges } from "../edges.ts";
import { commitLink } from "../parts/commit.ts";
import { type Html, html } from "../parts/html.ts";
import { entryLabels, label } from "../parts/label.ts";
import { timeAgo } from "../parts/time.ts";
import { pageQuery } from "../query.ts";
import type { Page, ScopeRequest } from "../route.ts";
import { layerLabel, type ModuleContext } from "./module-context.ts";
import { diffTab } from "./module-diff.ts";
import { historyTab } from "./module-history.ts";
import { importsTab } from "./module-imports.ts";
import { type ModuleView, moduleQuery } from "./module-query.ts";
import { sourceTab } from "./module-source.ts";
import { threeWayTab } from "./module-three-way.ts";

/** `/scopes/:scope/modules/:path`. */
export async function modulePage(edges: PageEdges, request: ScopeRequest): Promise<Page | undefined> {
  const { access, params, url } = request;
  const path = parsePath(params.path ?? "");
  if (path === undefined) return undefined;
  const query = pageQuery(moduleQuery, url);
  const found = await findModule(edges, { granted: access.granted, path, layer: query.layer, at: query.at });
  if (found === undefined) return undefined;
  const { slug } = access;
  const context: ModuleContext = {
    edges,
    request,
    query,
    slug,
    found,
    override: await overrideOf(edges, found),
    hrefTo: (change) => {
      const { view, layer, at } = query;
      return modulePath(slug, path, { view: view === "source" ? undefined : view, layer, at, ...change });
    },
  };
  const nameOf = await repositoryNames(
    edges,
    [found.version.made, found.version.ended].map((made) => made?.repositoryId ?? null),
  );
  const tab = await tabOf(context);
  return {
    title: path,
    scripts: ["lines.js"],
    body: html`${heading(context, nameOf)}
${tabs(context)}
${tab}`,
  };
}

async function overrideOf(
  edges: PageEdges,
  { taken, path, layer, counterpart }: FoundModule,
): Promise<Override | undefined> {
  const own = layer === "own" ? path : counterpart?.path;
  const list = await overridesAt(edges, taken);
  return list?.overrides.find(({ yours }) => yours.path === own);
}

function tabOf(context: ModuleContext): Promise<Html> {
  switch (context.query.view) {
    case "source":
      return sourceTab(context);
    case "diff":
    case "split":
      return diffTab(context);
    case "history":
      return historyTab(context);
    case "imports":
      return importsTab(context);
    case "three-way":
      return threeWayTab(context);
    default:
      throw context.query.view satisfies never;
  }
}

function heading(context: ModuleContext, nameOf: NameOf): Html {
  const { found, slug, query } = context;
  const { path, entry, layer } = found;
  const rawAt = rawPath(slug, path, { layer: query.layer, at: query.at });
  return html`<div class="file-head">
<h1 class="path">${crumbs(slug, path)}</h1>
<p class="labels">${label(found.kind)} ${layerLabel(layer, context)} ${entry ? entryLabels(entry) : label("deleted", "danger")}
<a class="button small" href="${rawAt}">Raw</a></p>
${relation(context)}
${pastNotice(context)}
<p class="made">${made(context, nameOf)}</p>
</div>`;
}

/** The path, each of whose folders leads to the files in it. */
function crumbs(slug: string, path: WorkspacePath): Html {
  const folders = folderOf(path) === "" ? [] : folderOf(path).split("/");
  const links = folders.map((folder, index) => {
    const q = `${folders.slice(0, index + 1).join("/")}/`;
    return html`<a href="${modulesPath(slug, { q })}">${folder}</a><span class="muted">/</span><wbr>`;
  });
  return html`${links}${path.slice(path.lastIndexOf("/") + 1)}`;
}

/** Whom it overrides, or by whom it is overridden. */
function relation({ found, slug, override }: ModuleContext): Html | "" {
  const { counterpart, layer, entry } = found;
  if (entry === undefined) return "";
  if (counterpart === undefined) {
    const last = layer === "own" ? override?.base?.path : undefined;
    return last === undefined
      ? ""
      : html`<p>Overrode global: <a class="path" href="${modulePath(slug, last, { layer: "global" })}">${last}</a>, which global has given up.</p>`;
  }
  const href = modulePath(slug, counterpart.path, {
    layer: counterpart.path === found.path ? counterpart.layer : undefined,
  });
  const link = html`<a class="path" href="${href}">${counterpart.path}</a>`;
  return layer === "own"
    ? html`<p>Overrides global: ${link}</p>`
    : html`<p>Overridden by ${slug}: ${link}. Every import of the name in ${slug} leads there.</p>`;
}

/** Says that this is not what the scope sees now. */
function pastNotice({ found, query, slug, request }: ModuleContext): Html | "" {
  const { version, entry, path, layer } = found;
  const now = entry && html` <a href="${modulePath(slug, path, { layer: query.layer })}">See it as it is now</a>`;
  const { ended } = version;
  if (query.at !== undefined && !found.isPresent) {
    const until = ended ? html`, and was it until revision ${ended.number}` : "";
    return html`<p class="warning">This is the file as it was at revision ${query.at}${until}.${now ?? " It is gone by now."}</p>`;
  }
  if (entry !== undefined) return "";
  if (ended === null) return html`<p class="warning">The file is not part of what ${slug} sees.</p>`;
  const where =
    layer === "own"
      ? html`<a href="${revisionPath(slug, ended.number)}">revision ${ended.number}</a>`
      : `revision ${ended.number}`;
  return html`<p class="warning">Deleted in ${where} by ${ended.author ?? "an operator"}, ${timeAgo(ended.createdAt, request.now)}. This is what it held last.</p>`;
}

function made({ found, request, slug }: ModuleContext, nameOf: NameOf): Html {
  const { made: revision } = found.version;
  const of =
    found.layer === "own"
      ? html`<a href="${revisionPath(slug, revision.number)}">revision ${revision.number}</a>`
      : html`revision ${revision.number} of global`;
  return html`<strong>${revision.author ?? ""}</strong> ${commitLink(revision, { githubServerUrl: request.githubServerUrl, nameOf })} <span class="muted">${timeAgo(revision.createdAt, request.now)} · ${of}</span>`;
}

function tabs(context: ModuleContext): Html {
  const { query, found, override } = context;
  const isPast = query.at !== undefined;
  const entries: { readonly view: ModuleView; readonly text: string }[] = [
    { view: "source", text: "Code" },
    ...(isPast || found.counterpart !== undefined
      ? [{ view: "diff", text: isPast ? "What changed" : "Diff to global" } as const]
      : []),
    ...(override?.state === "stale" && !isPast ? [{ view: "three-way", text: "Three-way" } as const] : []),
    { view: "history", text: "History" },
    ...(isPast || found.entry === undefined ? [] : [{ view: "imports", text: "Imports" } as const]),
  ];
  return html`<nav class="tabs file-tabs" aria-label="${found.path}">${entries.map(({ view, text }) => {
    const href = context.hrefTo({ view: view === "source" ? undefined : view });
    const isCurrent = query.view === view || (view === "diff" && query.view === "split");
    return isCurrent ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`;
  })}</nav>`;
}
