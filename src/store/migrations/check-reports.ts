// What check runs say in full, beside what GitHub takes of it.
import { Migration } from "@mikro-orm/migrations";

/** Reports of checks and syncs, each seen by whoever sees the scope that it is of. */
export class CheckReportsMigration extends Migration {
  override readonly name = "2026-11-26-check-reports";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // Without `scoped` it is of a repository that fed no scope; with it, and without an organisation, of global.
  `create table check_reports (
    repository_id bigint not null,
    subject text not null,
    head_sha text not null,
    scoped boolean not null,
    organization_id uuid references organizations (id) on delete cascade,
    conclusion text not null,
    title text not null,
    report jsonb not null,
    created_at timestamptz not null default now(),
    primary key (repository_id, subject, head_sha)
  )`,
  "create index check_reports_scope on check_reports (organization_id, created_at desc)",
  "create index check_reports_created on check_reports (created_at)",
];
