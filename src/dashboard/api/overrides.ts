// The overrides of an organisation, one of them in three texts, and how often global is overridden, as JSON.
import { z } from "zod";
import { takeLayers } from "../../catalog/layers.ts";
import { countOverrides } from "../../catalog/override-counts.ts";
import { overrideRows } from "../../catalog/override-rows.ts";
import { overridesAt } from "../../catalog/overrides-at.ts";
import { pageEditsMax } from "../../history/lines.ts";
import { viewOverride } from "../../history/override-view.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { entityTypes } from "../../workspace/file.ts";
import { overrideStates } from "../../workspace/override.ts";
import { overrideCountsQuery } from "../pages/override-counts.ts";
import { overridesQuery } from "../pages/overrides-query.ts";
import { apiQuery } from "../query.ts";
import { costly, type DashboardRoute, operatorData, scopeData } from "../route.ts";
import { listData, listOf, listQuery } from "./list.ts";
import { revisionData, revisionShape, versionData, versionShape } from "./module-shapes.ts";

const overrideShape = z
  .object({
    state: z.enum(overrideStates),
    yours: versionShape,
    theirs: versionShape.nullable().describe("What it hides; null where it stands alone"),
    base: versionShape.nullable().describe("The version of global that it was last in step with"),
    distance: z
      .object({ added: z.int(), removed: z.int() })
      .nullable()
      .describe("Lines, from what it hides or hid last"),
    staleSince: revisionShape
      .nullable()
      .describe("The first revision of global that changed what it hides after the base"),
    changes: z.int().describe("How often global changed it since"),
    newer: z.int().describe("How often global changed it after the revision that the organisation is pinned to"),
  })
  .meta({ id: "Override" });

const listedQuery = overridesQuery.extend(listQuery.shape);
const scopeParam = z.object({ scope: z.string().describe("The slug of an organisation") });

const listRoute = scopeData(
  "/api/v1/scopes/:scope/overrides",
  {
    summary: "What an organisation overrides, and how far each override is from global",
    params: scopeParam,
    query: listedQuery,
    answer: listOf(overrideShape),
  },
  async (edges, { access, url }) => {
    const { q, state, page, per_page: perPage } = apiQuery(listedQuery, url);
    const found = await overrideRows(edges, access.granted, { filter: q, state, page, perPage });
    if (found === undefined) return undefined;
    const rows = page > found.pages ? [] : found.rows;
    const versions = rows.flatMap(({ override: { yours, theirs, base } }) => [yours, theirs, base]);
    const ids = versions.flatMap((version) => [
      version?.made.repositoryId ?? null,
      version?.ended?.repositoryId ?? null,
    ]);
    const changed = rows.map(({ override }) => override.changes[0]?.made.repositoryId ?? null);
    const nameOf = await repositoryNames(edges, [...ids, ...changed]);
    const items = rows.map(({ override, distance }): z.infer<typeof overrideShape> => {
      const { yours, theirs, base, changes, newer } = override;
      const first = changes[0]?.made;
      return {
        state: override.state,
        yours: versionData(yours, nameOf),
        theirs: theirs ? versionData(theirs, nameOf) : null,
        base: base ? versionData(base, nameOf) : null,
        distance,
        staleSince: first ? revisionData(first, nameOf) : null,
        changes: changes.length,
        newer: newer.length,
      };
    });
    return listData({ items, total: found.total, page, perPage }, url);
  },
);

const span = z.object({ line: z.int().describe("The number of the first line"), lines: z.array(z.string()) });
const threeWayShape = z
  .object({
    regions: z.array(
      z.object({
        kind: z.enum(["same", "yours", "theirs", "both", "conflict"]),
        base: span,
        theirs: span,
        yours: span,
      }),
    ),
  })
  .meta({ id: "ThreeWay" });

const threeWayRoute = scopeData(
  "/api/v1/scopes/:scope/three-way/:path(.+)",
  {
    summary: "An override beside what it was made from and what that has become; nothing is merged",
    params: scopeParam.extend({ path: z.string().describe("The path of the override, with its slashes") }),
    answer: threeWayShape,
  },
  async (edges, { access, params }) => {
    const taken = await takeLayers(edges, access.granted);
    const list = await overridesAt(edges, taken);
    const override = list?.overrides.find(({ yours }) => yours.path === params.path);
    if (list === undefined || override === undefined) return undefined;
    const regions = await viewOverride(edges, access.granted, list.below.granted, override, pageEditsMax);
    return regions && { body: { regions } };
  },
);

const countShape = z
  .object({ path: z.string(), kind: z.enum(entityTypes), organizations: z.int() })
  .meta({ id: "OverrideCount" });
const countsListQuery = overrideCountsQuery.extend(listQuery.shape);

const countsRoute = operatorData(
  "/api/v1/overrides",
  {
    summary: "How many organisations override each file of global; for operators",
    query: countsListQuery,
    answer: listOf(countShape),
  },
  async (edges, { operator, url }) => {
    const { q, page, per_page: perPage } = apiQuery(countsListQuery, url);
    const { counts } = await countOverrides(edges, operator, q);
    const items = counts
      .slice((page - 1) * perPage, page * perPage)
      .map(({ entry: { path, kind }, organizations }) => ({ path, kind, organizations }));
    return listData({ items, total: counts.length, page, perPage }, url);
  },
);

/** The routes, in the order in which they are tried. */
export const overrideApi: readonly DashboardRoute[] = [listRoute, costly(threeWayRoute), countsRoute];
