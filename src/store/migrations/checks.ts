// Checks of more than pull requests: commits of merge queues and of default branches. And what is needed to notice that
// nobody works on a check any more, and that a pull request has none.
import { Migration } from "@mikro-orm/migrations";

/** Subjects and leases of checks, merge groups, and looks at pull requests. */
export class ChecksMigration extends Migration {
  override readonly name = "2026-11-26-checks";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  "alter table checks add column subject text",
  "update checks set subject = 'pull:' || pull_number",
  "alter table checks drop constraint checks_pkey",
  `alter table checks
    alter column subject set not null,
    add column lease_until timestamptz,
    add column run_allowed_by text,
    add primary key (repository_id, subject, head_sha),
    drop column pull_number`,
  "update checks set lease_until = updated_at where conclusion is null",
  "create index checks_under_way on checks (lease_until) where conclusion is null",

  `create table merge_groups (
    repository_id bigint not null,
    head_sha text not null,
    base_sha text not null,
    base_branch text not null,
    is_over boolean not null,
    created_at timestamptz not null default now(),
    primary key (repository_id, head_sha)
  )`,

  // Beside the repositories, as their heads are: these rows change with every look.
  `create table repository_pulls (
    repository_id bigint primary key,
    etag text,
    polled_at timestamptz not null
  )`,
];
