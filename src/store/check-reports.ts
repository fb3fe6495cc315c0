// What check runs say in full. A report belongs to the scope that its repository fed when it was made, and is read with a
// grant for that scope alone; it holds what the check run may say and nothing besides.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { FullReport } from "../workspace/full-report.ts";
import { nameOwners } from "./owner-names.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { everyScopeSession, scopedSession, unscopedSession } from "./session.ts";
import type { CheckReports, RecordedReport } from "./store.ts";

// As long as blast radii: by then the commit is long merged or forgotten.
const keptDays = 90;

interface ReportRow {
  readonly repository_id: string;
  readonly owner: string | null;
  readonly subject: string;
  readonly head_sha: string;
  readonly conclusion: string;
  readonly title: string;
  readonly created_at: string | Date;
}

const listed = `c.repository_id, r.owner || '/' || r.name as owner, c.subject, c.head_sha, c.conclusion, c.title,
  c.created_at`;
const joined = "check_reports c left join repositories r on r.id = c.repository_id";

/** The part of the registry that keeps reports. `begin` gives an entity manager for one call. */
export function checkReportRegistry(begin: () => EntityManager): CheckReports {
  return {
    saveReport: async ({ repositoryId, subject, headSha }, scope, report) => {
      await everyScopeSession(begin(), "a report takes the place of another scope's").query(
        `with outdated as (delete from check_reports where created_at < now() - make_interval(days => $9))
        insert into check_reports
          (repository_id, subject, head_sha, scoped, organization_id, conclusion, title, report)
        values ($1, $2, $3, $4, $5::uuid, $6, $7, $8::jsonb)
        on conflict (repository_id, subject, head_sha) do update set scoped = excluded.scoped,
          organization_id = excluded.organization_id, conclusion = excluded.conclusion, title = excluded.title,
          report = excluded.report, created_at = now()`,
        [
          ...[repositoryId, subject, headSha, scope !== null, scope && organizationIdOf(scope)],
          ...[report.conclusion, report.title, JSON.stringify(report), keptDays],
        ],
      );
    },

    report: async (granted, { repositoryId, subject, headSha }) => {
      const ofScope =
        granted === null
          ? "not c.scoped and $1::uuid is null"
          : `c.scoped and ${inScope(granted.scope).replaceAll("organization_id", "c.organization_id")}`;
      const session = granted === null ? unscopedSession(begin()) : scopedSession(begin(), granted);
      const rows = await session.query<ReportRow & { readonly report: FullReport }>(
        `select ${listed}, c.report from ${joined}
        where ${ofScope} and c.repository_id = $2 and c.subject = $3 and c.head_sha = $4`,
        [granted && organizationIdOf(granted.scope), repositoryId, subject, headSha],
      );
      const [row] = await nameOwners(session, rows);
      return row && { ...fromRow(row), report: row.report };
    },

    reports: async (granted, { limit, offset }) => {
      const { scope } = granted;
      const session = scopedSession(begin(), granted);
      const rows = await session.query<ReportRow & { readonly total: string }>(
        `select ${listed}, count(*) over () as total from ${joined}
        where c.scoped and ${inScope(scope).replaceAll("organization_id", "c.organization_id")}
        order by c.created_at desc, c.repository_id, c.subject, c.head_sha limit $2 offset $3`,
        [organizationIdOf(scope), limit, offset],
      );
      return { reports: (await nameOwners(session, rows)).map(fromRow), total: Number(rows[0]?.total ?? 0) };
    },
  };
}

function fromRow(row: ReportRow): RecordedReport {
  return {
    repositoryId: Number(row.repository_id),
    repository: row.owner ?? `repository ${row.repository_id}`,
    subject: row.subject,
    headSha: row.head_sha,
    conclusion: row.conclusion,
    title: row.title,
    at: new Date(row.created_at),
  };
}
