// Reports of check runs, as JSON.
import { z } from "zod";
import type { RecordedReport } from "../../store/store.ts";
import { blastStatuses } from "../../workspace/blast.ts";
import { parseSubject } from "../../workspace/check.ts";
import type { FullReport } from "../../workspace/full-report.ts";
import { reportPlaceOf } from "../find-report.ts";
import { apiQuery } from "../query.ts";
import { type DashboardRoute, scopeData, viewerData } from "../route.ts";
import { diagnostic, skippedFile } from "./diagnostic.ts";
import { listData, listOf, listQuery } from "./list.ts";
import { moment, path, sha } from "./moment.ts";

const known = z
  .object({
    repositoryId: z.number().int(),
    repository: z.string(),
    subject: z.string().meta({ description: "pull:NUMBER, commit or sync" }),
    commit: sha,
    conclusion: z.string(),
    title: z.string(),
    at: moment,
  })
  .meta({ id: "CheckSummary" });

const portionOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int().meta({ description: "With those that are not kept" }) });

const finding = z
  .object({
    diagnostic,
    mark: z
      .object({ path, line: z.number().int(), column: z.number().int().nullable() })
      .nullable()
      .meta({ description: "Where it is marked in a file of the repository" }),
  })
  .meta({ id: "Finding" });

const workflow = z
  .object({
    path,
    isGlobal: z.boolean(),
    result: z.enum(["passed", "failed", "skipped", "already broken"]),
    ran: z.enum(["called", "evaluated", "linked", "nothing"]),
    durationMs: z.number().nullable(),
  })
  .meta({ id: "CheckedWorkflow" });

const report = known
  .extend({
    words: z.array(z.string()).meta({ description: "Paragraphs of Markdown" }),
    problems: portionOf(finding),
    remarks: portionOf(finding),
    changes: portionOf(z.string()),
    next: z.string().nullable(),
    workflows: portionOf(workflow),
    written: portionOf(path),
    deleted: portionOf(path),
    skipped: portionOf(skippedFile),
    unchanged: z.number().int().nullable(),
    footer: z.string().nullable(),
  })
  .meta({ id: "CheckReport" });

const place = z.object({ layer: z.enum(["own", "global"]), path });
const blast = z
  .object({
    organizations: z.number().int(),
    pinned: z.number().int(),
    affected: z.array(
      z.object({
        id: z.string(),
        slug: z.string(),
        revision: z.number().int(),
        effect: z.object({
          status: z.enum(blastStatuses),
          affected: z.number().int(),
          run: z.number().int(),
          broken: z.array(
            place.extend({
              code: diagnostic.shape.code,
              at: place.extend({ line: z.number().nullable(), column: z.number().nullable() }).nullable(),
            }),
          ),
          causes: z.array(
            z.object({
              code: diagnostic.shape.code,
              how: z.enum(["imported", "here", "loaded"]),
              path: path.nullable(),
              line: z.number().nullable(),
              name: z.string().nullable(),
            }),
          ),
        }),
      }),
    ),
  })
  .meta({ id: "BlastRadius" });

const parts = ":repository/:commit/:subject";

export const checksApi: readonly DashboardRoute[] = [
  scopeData(
    "/api/v1/scopes/:scope/checks",
    { summary: "Reports of a scope's check runs, newest first", query: listQuery, answer: listOf(known) },
    async ({ store }, { access, url }) => {
      const { page, per_page: perPage } = apiQuery(listQuery, url);
      const portion = { limit: perPage, offset: (page - 1) * perPage };
      const { reports, total } = await store.reports(access.granted, portion);
      return listData({ items: reports.map(knownDocument), total, page, perPage }, url);
    },
  ),
  scopeData(
    `/api/v1/scopes/:scope/checks/${parts}`,
    {
      summary: "A report in full; operators see whom a change of global concerns besides",
      answer: report.extend({ blast: blast.nullable() }).meta({ id: "CheckReportWithBlast" }),
    },
    async ({ store }, { access, params }) => {
      const asked = reportPlaceOf(params);
      const found = asked && (await store.report(access.granted, asked));
      if (found === undefined) return undefined;
      const about = parseSubject(found.subject);
      const { operator } = access;
      const radius = operator && about && (await store.blast(operator, found.repositoryId, about));
      return {
        body: { ...reportDocument(found), blast: radius?.headSha === found.headSha ? radius.radius : null },
      };
    },
  ),
  viewerData(
    `/api/v1/checks/${parts}`,
    { summary: "A report of a repository that feeds no scope, for whoever reads the repository", answer: report },
    async ({ store }, { viewer, params }) => {
      const asked = reportPlaceOf(params);
      if (asked === undefined || !viewer.reads(asked.repositoryId)) return undefined;
      const found = await store.report(null, asked);
      return found && { body: reportDocument(found) };
    },
  ),
];

function knownDocument({ repositoryId, repository, subject, headSha, conclusion, title, at }: RecordedReport) {
  return { repositoryId, repository, subject, commit: headSha, conclusion, title, at: at.toISOString() };
}

function reportDocument(found: RecordedReport & { readonly report: FullReport }) {
  return { ...found.report, ...knownDocument(found) };
}
