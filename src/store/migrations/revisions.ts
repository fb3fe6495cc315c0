// What stands on revisions: pins, releases, rollbacks, retention, and the record of who did what.
import { Migration } from "@mikro-orm/migrations";

/** Pins, releases, rollbacks, what retention dropped, and the audit. */
export class RevisionsMigration extends Migration {
  override readonly name = "2026-11-26-revisions";

  override up(): void {
    for (const statement of [...revisions, ...pins, ...releases, ...audit]) this.addSql(statement);
  }
}

const revisions = [
  // `pin` is the organisation's pin as it stood from this revision on, so that a past one says which global it saw.
  `alter table revisions
    add column kind text not null default 'sync',
    add column pin jsonb,
    add column copy_of integer,
    add column dropped_at timestamptz`,
  "update revisions set kind = 'purge' where repository_id is not null and commit_sha is null",
  // One row a scope that is rolled back, until it is released.
  `create table rollbacks (
    organization_id uuid references organizations (id),
    target integer not null,
    revision integer not null,
    by text not null,
    since timestamptz not null default now(),
    unique nulls not distinct (organization_id)
  )`,
];

const pins = [
  `create table pins (
    organization_id uuid primary key references organizations (id),
    revision integer not null,
    release text,
    pinned_until date,
    repository_id bigint not null,
    by text not null,
    since timestamptz not null default now()
  )`,
  "create index pins_revision on pins (revision)",
];

const releases = [
  // Which revision of global a commit that was synced made, or found where it changed nothing.
  `create table synced_commits (
    repository_id bigint not null,
    commit_sha text not null,
    revision integer not null,
    primary key (repository_id, commit_sha)
  )`,
  `insert into synced_commits (repository_id, commit_sha, revision)
    select repository_id, commit_sha, max(number) from revisions
    where organization_id is null and repository_id is not null and commit_sha is not null group by 1, 2`,
  // A revision that is null: no sync has seen the commit.
  `create table releases (
    name text primary key,
    repository_id bigint not null,
    commit_sha text not null,
    revision integer,
    gone boolean not null default false,
    named_at timestamptz not null default now()
  )`,
  "create index releases_commit on releases (repository_id, commit_sha)",
  "alter table deliveries add column commit_sha text, add column ref text, add column sender text",
  "create index deliveries_commit on deliveries (repository_id, commit_sha)",
];

const audit = [
  `create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    act text not null,
    organization_id uuid,
    scope text,
    repository_id bigint,
    repository text,
    by text not null,
    source jsonb not null,
    details jsonb not null
  )`,
  "create index audit_scope on audit (scope, id)",
  `create function refuse_change_of_audit() returns trigger language plpgsql as $$
  begin
    raise exception 'The audit is only ever added to' using errcode = 'insufficient_privilege';
  end $$`,
  `create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_change_of_audit()`,
];
