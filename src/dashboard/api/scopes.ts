// The scopes that the caller sees, as JSON.
import { z } from "zod";
import { scopeSlug } from "../../workspace/scope.ts";
import { apiQuery } from "../query.ts";
import { type DashboardRoute, viewerData } from "../route.ts";
import { listData, listOf, listQuery } from "./list.ts";

const scopeShape = z
  .object({
    scope: z.string().describe("An organisation's slug, or global"),
    name: z.string(),
    mayChange: z.boolean(),
    revision: z.int().describe("0 where nothing was ever synced"),
    changedAt: z.iso.datetime().nullable(),
    repositories: z.int().describe("How many feed it"),
    stuck: z.int().describe("How many of those are not in step with their heads"),
    pin: z.int().nullable().describe("The revision of global that it is pinned to; null where it follows global"),
    rolledBackTo: z
      .int()
      .nullable()
      .describe("The revision that it is held at; null where it follows its repositories"),
  })
  .meta({ id: "Scope" });

const query = listQuery.extend({ q: z.string().max(200).default("").describe("Part of a slug or name") });

/** The API's addresses about scopes as a whole. */
export const scopesApi: readonly DashboardRoute[] = [
  viewerData(
    "/api/v1/scopes",
    { summary: "The scopes that you see", query, answer: listOf(scopeShape) },
    async ({ store }, { viewer, url }) => {
      const { q, page, per_page: perPage } = apiQuery(query, url);
      const asked = { ...(await viewer.listed()), search: q, limit: perPage, offset: (page - 1) * perPage };
      const { items, total } = await store.scopeFacts(asked);
      const accesses = viewer.isOperator ? [] : await viewer.scopes();
      const changeable = new Set(accesses.filter(({ writable }) => writable).map(({ slug }) => slug));
      const shown = items.map(({ scope, changedAt, ...facts }): z.infer<typeof scopeShape> => {
        const slug = scopeSlug(scope);
        return {
          scope: slug,
          mayChange: viewer.isOperator || changeable.has(slug),
          ...facts,
          changedAt: changedAt?.toISOString() ?? null,
        };
      });
      return listData({ items: shown, total, page, perPage }, url);
    },
  ),
];
