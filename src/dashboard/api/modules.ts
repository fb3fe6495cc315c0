// The modules of a scope, one of them and its life, as JSON.
import { z } from "zod";
import { catalogOf, layerNames } from "../../catalog/catalog.ts";
import { type ComparedSide, compareModule } from "../../catalog/compare-module.ts";
import { type FoundModule, findModule } from "../../catalog/find-module.ts";
import { takeLayers } from "../../catalog/layers.ts";
import { moduleHistory } from "../../catalog/module-history.ts";
import { moduleImports } from "../../catalog/module-imports.ts";
import { readText } from "../../catalog/module-text.ts";
import { selectEntries } from "../../catalog/select-entries.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { parsePath } from "../../workspace/path.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import type { PageEdges } from "../edges.ts";
import { filePlace } from "../pages/module-query.ts";
import { modulesQuery, selectionOf } from "../pages/modules-query.ts";
import { apiQuery } from "../query.ts";
import { costly, type DashboardRoute, type ScopeRequest, scopeData } from "../route.ts";
import { diagnostic } from "./diagnostic.ts";
import { listData, listOf, listQuery } from "./list.ts";
import {
  diffShape,
  moduleData,
  moduleShape,
  revisionData,
  revisionShape,
  versionData,
  versionShape,
} from "./module-shapes.ts";

const scopeParam = z.object({ scope: z.string().describe("The slug of an organisation, or `global`") });
const fileParams = scopeParam.extend({ path: z.string().describe("The path of the file, with its slashes") });

const modulesListQuery = modulesQuery.extend(listQuery.shape);

const listRoute = scopeData(
  "/api/v1/scopes/:scope/modules",
  {
    summary: "Everything that a scope sees, file by file, those that are hidden included",
    params: scopeParam,
    query: modulesListQuery,
    answer: listOf(moduleShape),
  },
  async (edges, { access, url }) => {
    const asked = apiQuery(modulesListQuery, url);
    const catalog = await catalogOf(edges, await takeLayers(edges, access.granted));
    const { items, total } = selectEntries(catalog, selectionOf(asked, asked.page, asked.per_page));
    const shown = asked.page > Math.max(1, Math.ceil(total / asked.per_page)) ? [] : items;
    const nameOf = await repositoryNames(
      edges,
      shown.map(({ changed }) => changed?.repositoryId ?? null),
    );
    const list = {
      items: shown.map((entry) => moduleData(entry, nameOf)),
      total,
      page: asked.page,
      perPage: asked.per_page,
    };
    return listData(list, url);
  },
);

const oneShape = versionShape
  .extend({
    kind: moduleShape.shape.kind,
    layer: moduleShape.shape.layer,
    scope: z.string(),
    isPresent: z.boolean().describe("Whether it is what the scope sees now"),
    module: moduleShape.nullable().describe("The file as it is now; null where it is gone"),
    content: z.string(),
  })
  .meta({ id: "ModuleWithContent" });

const oneRoute = scopeData(
  "/api/v1/scopes/:scope/modules/:path(.+)",
  {
    summary: "One file, now or as it was at a revision of its layer",
    params: fileParams,
    query: filePlace,
    answer: oneShape,
  },
  async (edges, request) => {
    const found = await find(edges, request);
    if (found === undefined) return undefined;
    const { granted, version, entry, kind, layer, isPresent } = found;
    const ids = [version.made, version.ended, entry?.changed].map((made) => made?.repositoryId ?? null);
    const nameOf = await repositoryNames(edges, ids);
    const content = await readText(edges, {
      granted,
      path: version.path,
      hash: version.hash,
      revision: version.made.number,
    });
    const body: z.infer<typeof oneShape> = {
      ...versionData(version, nameOf),
      kind,
      layer,
      scope: scopeSlug(granted.scope),
      isPresent,
      module: entry ? moduleData(entry, nameOf) : null,
      content,
    };
    return { body };
  },
);

const sideShape = z.object({ path: z.string(), layer: z.enum(layerNames), revision: z.int() }).nullable();
const comparisonShape = z
  .object({
    kind: z.enum(["layers", "change"]).describe("`layers`: global's before, the organisation's after"),
    before: sideShape,
    after: sideShape,
    diff: diffShape,
  })
  .meta({ id: "ModuleComparison" });

const diffRoute = scopeData(
  "/api/v1/scopes/:scope/diff/:path(.+)",
  {
    summary: "An override beside what it hides; with `at`, what that revision changed",
    params: fileParams,
    query: filePlace,
    answer: comparisonShape,
  },
  async (edges, request) => {
    const found = await find(edges, request);
    const change = apiQuery(filePlace, request.url).at !== undefined;
    const comparison = found && (await compareModule(edges, found, { change }));
    if (comparison === undefined) return undefined;
    const side = (one: ComparedSide | undefined) =>
      one ? { path: one.path, layer: one.layer, revision: one.revision } : null;
    const { kind, before, after, diff } = comparison;
    return { body: { kind, before: side(before), after: side(after), diff } };
  },
);

const eventShape = z
  .object({
    kind: z.enum(["added", "changed", "deleted"]),
    layer: z.enum(layerNames),
    revision: revisionShape,
    isAfterPin: z.boolean().describe("Whether it came to global after the revision that the organisation is pinned to"),
    version: versionShape.describe("What was written, or what was deleted"),
  })
  .meta({ id: "ModuleEvent" });

const historyRoute = scopeData(
  "/api/v1/scopes/:scope/history/:path(.+)",
  {
    summary: "What happened under the name of a file, in both layers, newest first",
    params: fileParams,
    query: listQuery,
    answer: listOf(eventShape),
  },
  async (edges, request) => {
    const { page, per_page: perPage } = apiQuery(listQuery, request.url);
    const found = await findPlace(edges, request, {});
    if (found === undefined) return undefined;
    const events = await moduleHistory(edges, found.taken, found.path);
    const shown = events.slice((page - 1) * perPage, page * perPage);
    const ids = shown.flatMap(({ revision, version }) => [revision, version.made, version.ended]);
    const nameOf = await repositoryNames(
      edges,
      ids.map((made) => made?.repositoryId ?? null),
    );
    const items = shown.map(({ kind, layer, revision, isAfterPin, version }) => ({
      kind,
      layer,
      revision: revisionData(revision, nameOf),
      isAfterPin,
      version: versionData(version, nameOf),
    }));
    return listData({ items, total: events.length, page, perPage }, request.url);
  },
);

const importsShape = z
  .object({
    imports: z.array(
      z.object({
        specifier: z.string(),
        line: z.int(),
        column: z.int(),
        isDynamic: z.boolean(),
        leadsTo: z.enum(["module", "folder", "sdk", "nowhere"]),
        files: z.array(z.object({ scope: z.string(), path: z.string(), hash: z.string() })),
        diagnostics: z.array(diagnostic),
      }),
    ),
    hasComputedImport: z.boolean().describe("Whether there is an import() whose specifier only the run can tell"),
    diagnostics: z.array(diagnostic).describe("What is wrong with the source itself"),
  })
  .meta({ id: "ModuleImports" });

const importsRoute = scopeData(
  "/api/v1/scopes/:scope/imports/:path(.+)",
  {
    summary: "Where each import of a file leads in the scope's cascade, with every path tried for one that is missing",
    params: fileParams,
    query: filePlace.pick({ layer: true }),
    answer: importsShape,
  },
  async (edges, request) => {
    const { layer } = apiQuery(filePlace.pick({ layer: true }), request.url);
    const found = await findPlace(edges, request, { layer });
    const trace = found?.entry && (await moduleImports(edges, found.taken, found.entry));
    if (trace === undefined) return undefined;
    const imports = trace.imports.map(({ specifier, place, isDynamic, leadsTo, files, diagnostics }) => ({
      specifier,
      line: place.line,
      column: place.column,
      isDynamic,
      leadsTo,
      files: files.map(({ scope, path, hash }) => ({ scope: scopeSlug(scope), path, hash })),
      diagnostics,
    }));
    return { body: { ...trace, imports } };
  },
);

async function find(edges: PageEdges, request: ScopeRequest): Promise<FoundModule | undefined> {
  return findPlace(edges, request, apiQuery(filePlace, request.url));
}

async function findPlace(
  edges: PageEdges,
  { access, params }: ScopeRequest,
  place: z.infer<typeof filePlace>,
): Promise<FoundModule | undefined> {
  const path = parsePath(params.path ?? "");
  return path === undefined ? undefined : findModule(edges, { granted: access.granted, path, ...place });
}

/** The routes, in the order in which they are tried. */
export const moduleApi: readonly DashboardRoute[] = [
  listRoute,
  oneRoute,
  costly(diffRoute),
  historyRoute,
  costly(importsRoute),
];
