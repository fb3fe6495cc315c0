// The record of acts, as JSON, for operators.
import { z } from "zod";
import { auditActs } from "../../workspace/audit.ts";
import { apiQuery } from "../query.ts";
import { type DashboardRoute, operatorData } from "../route.ts";
import { listQuery } from "./list.ts";
import { moment } from "./moment.ts";

const record = z
  .object({
    id: z.number().int(),
    at: moment,
    act: z.enum(auditActs),
    scope: z.string().nullable(),
    repositoryId: z.number().int().nullable(),
    repository: z.string().nullable(),
    by: z.string(),
    source: z.discriminatedUnion("from", [
      z.object({ from: z.literal("command-line"), claims: z.string() }),
      z.object({ from: z.literal("webhook"), delivery: z.string(), sender: z.string().nullable() }),
      z.object({ from: z.literal("github"), login: z.string() }),
      z.object({ from: z.literal("dashboard"), login: z.string() }),
      z.object({ from: z.literal("app") }),
    ]),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: "AuditRecord" });

const auditQuery = listQuery.omit({ page: true }).extend({
  scope: z.string().optional().describe("Only acts on this one, by slug or id"),
  before: z.coerce.number().int().min(1).optional().describe("Records before the one of this id"),
});

export const auditApi: readonly DashboardRoute[] = [
  operatorData(
    "/api/v1/audit",
    {
      summary: "Who did what, newest first; for operators",
      query: auditQuery,
      answer: z.object({ items: z.array(record), more: z.boolean() }),
    },
    async ({ store }, { url }) => {
      const { scope: named, before, per_page: limit } = apiQuery(auditQuery, url);
      const scope = named === undefined ? null : await store.findScope(named);
      if (scope === undefined) return { body: { items: [], more: false } };
      const older = before === undefined ? {} : { before };
      const records = await store.audit({ scope, limit: limit + 1, ...older });
      return { body: { items: records.slice(0, limit), more: records.length > limit } };
    },
  ),
];
