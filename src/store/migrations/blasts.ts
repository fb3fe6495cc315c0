// What a change of global would do to every organisation, beside the check that found it out: for operators alone.
import { Migration } from "@mikro-orm/migrations";

/** Blast radii of checks. */
export class BlastsMigration extends Migration {
  override readonly name = "2026-11-26-blasts";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table check_blasts (
    repository_id bigint not null,
    subject text not null,
    head_sha text not null,
    radius jsonb not null,
    created_at timestamptz not null default now(),
    primary key (repository_id, subject, head_sha)
  )`,
  "create index check_blasts_created on check_blasts (created_at)",
];
