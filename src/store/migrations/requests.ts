// Requests for a scope as people decide about them: by which file and since when, and who refused one. And how far a sync
// has come.
import { Migration } from "@mikro-orm/migrations";

/** Requests for a grant, refusals, and the progress of syncs. */
export class RequestsMigration extends Migration {
  override readonly name = "2026-11-26-requests";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  "alter table repositories add column requested_sha text, add column requested_at timestamptz",
  // Which file asked is learnt at the next look; since when, no later than now.
  "update repositories set requested_at = updated_at where state = 'pending'",

  // Without an organisation it is global that was refused.
  `create table grant_refusals (
    repository_id bigint not null,
    organization_id uuid references organizations (id) on delete cascade,
    file_sha text not null,
    refused_by text not null,
    refused_at timestamptz not null default now(),
    unique nulls not distinct (repository_id, organization_id)
  )`,

  // Rewritten many times a second and worth nothing after a crash, so it is kept out of the write-ahead log.
  `create unlogged table sync_progress (
    repository_id bigint primary key,
    progress jsonb not null
  )`,
];
