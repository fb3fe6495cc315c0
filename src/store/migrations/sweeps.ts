// What the sweeps remember: the state of each delivery, deliveries that failed, the head of each repository as it was
// last seen, and how far a sweep has come.
import { Migration } from "@mikro-orm/migrations";

/** Sweeps: so that nothing that GitHub tells is missed. */
export class SweepsMigration extends Migration {
  override readonly name = "2026-11-24-sweeps";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // A delivery that was recorded before it had a state was recorded with all that it led to.
  `alter table deliveries add column state text not null default 'ignored'
    check (state in ('received', 'queued', 'ignored'))`,
  "update deliveries set state = 'queued' where outcome like 'queued %'",
  "create index deliveries_repository on deliveries (repository_id, received_at)",

  `create table failed_deliveries (
    guid text primary key,
    delivery_id bigint not null,
    event text not null,
    installation_id bigint,
    failed_at timestamptz not null,
    redeliveries integer not null default 0,
    redeliver_at timestamptz not null
  )`,
  "create index failed_deliveries_due on failed_deliveries (redeliver_at)",
  "create index failed_deliveries_installation on failed_deliveries (installation_id)",

  // Beside the repositories and not in them: these rows change with every look, those are wide and locked by a sync.
  `create table repository_heads (
    repository_id bigint primary key,
    sha text,
    etag text,
    polled_at timestamptz not null,
    queued_at timestamptz
  )`,

  `create table sweeps (
    name text primary key,
    progress jsonb not null,
    updated_at timestamptz not null default now()
  )`,
];
