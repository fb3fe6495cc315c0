// The schema, and the step to it from a Bifrost database in which every file was global: its rows stay as they are, as
// global, and `path` stops being unique alone. Every statement holds on an empty database and on such a one.
import { Migration } from "@mikro-orm/migrations";

/** Scopes: organisations, files by scope, revisions, and what is known of GitHub. */
export class ScopesMigration extends Migration {
  override readonly name = "2026-11-23-scopes";

  override up(): void {
    for (const statement of [...organizations, ...workspaceFiles, ...history, ...github]) this.addSql(statement);
  }
}

const organizations = [
  `create table if not exists organizations (
    id uuid primary key default gen_random_uuid(),
    slug text not null,
    name text not null,
    created_at timestamptz not null default now()
  )`,
  "alter table organizations alter column id set default gen_random_uuid()",
  "alter table organizations add column if not exists slug text",
  "alter table organizations add column if not exists name text",
  "alter table organizations add column if not exists created_at timestamptz not null default now()",
  "update organizations set slug = 'org-' || replace(id::text, '-', '') where slug is null",
  "update organizations set name = slug where name is null",
  "alter table organizations alter column slug set not null, alter column name set not null",
  "create unique index if not exists organizations_slug_unique on organizations (slug)",
];

const workspaceFiles = [
  `create table if not exists workspace_files (
    id uuid primary key default gen_random_uuid(),
    path text not null,
    content text not null
  )`,
  `alter table workspace_files
    add column if not exists organization_id uuid references organizations (id),
    add column if not exists content text,
    add column if not exists entity_type text,
    add column if not exists content_hash text,
    add column if not exists git_sha text,
    add column if not exists size_bytes integer,
    add column if not exists repository_id bigint,
    add column if not exists revision integer,
    add column if not exists created_at timestamptz not null default now(),
    add column if not exists updated_at timestamptz not null default now()`,
  // Whatever limits an older schema had: a path may have 1,024 bytes.
  `alter table workspace_files
    alter column path type text,
    alter column content type text,
    alter column content_hash type text,
    alter column git_sha type text,
    alter column entity_type drop default,
    alter column entity_type type text using entity_type::text`,
  // The git blob id needs SHA-1, which Postgres does not have: rows without one are written again by their first sync.
  `update workspace_files set
    content = coalesce(content, ''),
    content_hash = encode(sha256(convert_to(coalesce(content, ''), 'UTF8')), 'hex'),
    size_bytes = octet_length(convert_to(coalesce(content, ''), 'UTF8')),
    entity_type = coalesce(entity_type, case
      when path like 'workflows/%' then 'workflow'
      when path like 'forms/%' then 'form'
      when path like 'apps/%' then 'app'
      else 'module' end),
    revision = 1
  where revision is null`,
  `alter table workspace_files
    alter column content set not null,
    alter column entity_type set not null,
    alter column content_hash set not null,
    alter column size_bytes set not null,
    alter column revision set not null`,
  // Every constraint and index that makes `path` unique alone, whatever it is called, and the missing default of an id
  // that the application used to make.
  `do $$
  declare
    old record;
  begin
    for old in
      select conname from pg_constraint
      where conrelid = 'workspace_files'::regclass and contype in ('u', 'p') and conkey = array[(
        select attnum from pg_attribute where attrelid = 'workspace_files'::regclass and attname = 'path')]
    loop
      execute format('alter table workspace_files drop constraint %I', old.conname);
    end loop;
    for old in
      select indexrelid::regclass as name from pg_index
      where indrelid = 'workspace_files'::regclass and indisunique and indkey::text = (
        select attnum::text from pg_attribute where attrelid = 'workspace_files'::regclass and attname = 'path')
    loop
      execute format('drop index %s', old.name);
    end loop;
    alter table workspace_files add column if not exists id uuid not null default gen_random_uuid();
    if (select format_type(atttypid, null) from pg_attribute
        where attrelid = 'workspace_files'::regclass and attname = 'id') = 'uuid' then
      alter table workspace_files alter column id set default gen_random_uuid();
    end if;
    if not exists (select from pg_constraint where conrelid = 'workspace_files'::regclass and contype = 'p') then
      alter table workspace_files add primary key (id);
    end if;
  end $$`,
  `alter table workspace_files add constraint workspace_files_organization_id_path_unique
    unique nulls not distinct (organization_id, path)`,
  "create index workspace_files_revision on workspace_files (organization_id, revision)",
  "create index workspace_files_repository on workspace_files (repository_id)",
];

const history = [
  // A row lived from `valid_from` up to, and not including, `valid_until`.
  `create table workspace_file_history (
    organization_id uuid references organizations (id),
    path text not null,
    entity_type text not null,
    content text not null,
    content_hash text not null,
    git_sha text,
    size_bytes integer not null,
    repository_id bigint,
    valid_from integer not null,
    valid_until integer not null,
    check (valid_from < valid_until),
    unique nulls not distinct (organization_id, path, valid_from)
  )`,
  "create index workspace_file_history_until on workspace_file_history (organization_id, valid_until)",
  `create table revisions (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid references organizations (id),
    number integer not null,
    repository_id bigint,
    commit_sha text,
    author text,
    committed_at timestamptz,
    created_at timestamptz not null default now(),
    upserts integer not null,
    deletes integer not null,
    unique nulls not distinct (organization_id, number)
  )`,
  // What was there before there were revisions is the first one, so that it too can be read back.
  `insert into revisions (number, upserts, deletes)
    select 1, count(*), 0 from workspace_files having count(*) > 0`,
];

const github = [
  `create table installations (
    id bigint primary key,
    account_id bigint not null,
    account_login text not null,
    account_type text not null,
    suspended boolean not null,
    removed_at timestamptz
  )`,
  "create index installations_login on installations (lower(account_login))",
  `create table repositories (
    id bigint primary key,
    installation_id bigint not null,
    account_id bigint not null,
    owner text not null,
    name text not null,
    default_branch text not null,
    private boolean not null,
    archived boolean not null,
    state text not null default 'unbound',
    scoped boolean not null default false,
    organization_id uuid references organizations (id),
    requested_scope text,
    synced_sha text,
    synced_at timestamptz,
    reported_sha text,
    last_sync jsonb,
    updated_at timestamptz not null default now(),
    check (scoped or organization_id is null)
  )`,
  "create index repositories_name on repositories (lower(owner), lower(name))",
  "create index repositories_installation on repositories (installation_id)",
  `create table grants (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid references organizations (id),
    repository_id bigint,
    account_id bigint,
    granted_by text not null,
    created_at timestamptz not null default now(),
    check (num_nonnulls(repository_id, account_id) = 1),
    unique nulls not distinct (organization_id, repository_id, account_id)
  )`,
  `create table checks (
    repository_id bigint not null,
    pull_number integer not null,
    head_sha text not null,
    check_run_id bigint not null,
    conclusion text,
    updated_at timestamptz not null default now(),
    primary key (repository_id, pull_number, head_sha)
  )`,
  "create index checks_head on checks (repository_id, head_sha)",
  `create table deliveries (
    guid text primary key,
    event text not null,
    action text,
    installation_id bigint,
    repository_id bigint,
    outcome text not null,
    attempts integer not null default 1,
    received_at timestamptz not null default now()
  )`,
  "create index deliveries_received on deliveries (received_at)",
];
