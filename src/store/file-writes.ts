// The steps of which every change of a scope's files is made. Whoever takes them holds the scope's lock and decides what
// may change; nothing here asks.
import type { FileContent } from "../workspace/file.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { RevisionKind } from "../workspace/revision.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import type { ScopedSession, Session } from "./session.ts";

/**
 * Waits until nobody else changes the scope, and keeps others out until the transaction ends: a number must not be given
 * out twice, nor become visible before the one below it.
 */
export async function lockScope(session: Session, scope: Scope): Promise<void> {
  await session.query("select pg_advisory_xact_lock(hashtextextended('bifrost:scope:' || $1, 0))", [scopeKey(scope)]);
}

/** The number of a scope's last revision, 0 where there is none. */
export async function latestRevision(session: ScopedSession, scope: Scope): Promise<number> {
  const [row] = await session.query<{ number: number }>(
    `select coalesce(max(number), 0) as number from revisions where ${inScope(scope)}`,
    [organizationIdOf(scope)],
  );
  return row?.number ?? 0;
}

/** Copies rows that `revision` is about to replace or delete to the history. */
export async function moveToHistory(
  session: ScopedSession,
  scope: Scope,
  paths: readonly string[],
  revision: number,
): Promise<void> {
  if (paths.length === 0) return;
  await session.query(
    `insert into workspace_file_history (organization_id, path, entity_type, content, content_hash, git_sha, size_bytes,
      repository_id, valid_from, valid_until)
    select organization_id, path, entity_type, content, content_hash, git_sha, size_bytes, repository_id, revision, $3
    from workspace_files where ${inScope(scope)} and path = any($2::text[])`,
    [organizationIdOf(scope), paths, revision],
  );
}

/** Deletes the live rows of these paths. */
export async function deleteFiles(
  session: ScopedSession,
  scope: Scope,
  paths: readonly WorkspacePath[],
): Promise<void> {
  if (paths.length === 0) return;
  await session.query(`delete from workspace_files where ${inScope(scope)} and path = any($2::text[])`, [
    organizationIdOf(scope),
    paths,
  ]);
}

/** Writes live rows, new or in place of those of the same path, all in one statement. */
export async function writeFiles(
  session: ScopedSession,
  scope: Scope,
  files: readonly FileContent[],
  repositoryId: number,
  revision: number,
): Promise<void> {
  await session.query(
    `insert into workspace_files
      (organization_id, repository_id, revision, path, entity_type, content, content_hash, git_sha, size_bytes)
    select $1::uuid, $2::bigint, $3::integer, given.*
    from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[]) as given
    on conflict (organization_id, path) do update set
      repository_id = excluded.repository_id, revision = excluded.revision, entity_type = excluded.entity_type,
      content = excluded.content, content_hash = excluded.content_hash, git_sha = excluded.git_sha,
      size_bytes = excluded.size_bytes, updated_at = now()`,
    [
      organizationIdOf(scope),
      repositoryId,
      revision,
      files.map(({ path }) => path),
      files.map(({ entityType }) => entityType),
      files.map(({ content }) => content),
      files.map(({ hash }) => hash),
      files.map(({ gitSha }) => gitSha),
      files.map(({ sizeBytes }) => sizeBytes),
    ],
  );
}

/** Who made a revision and what it did. */
export interface RevisionFacts {
  readonly kind: RevisionKind;
  readonly repositoryId: number | null;
  readonly commit: string | null;
  readonly author: string;
  readonly committedAt: Date | null;
  readonly upserts: number;
  readonly deletes: number;
  /** The revision that a rollback makes this one equal to. */
  readonly copyOf?: number;
}

/**
 * Records a revision; its number is one more than `latestRevision` gave under the lock. Its time is the clock's and not
 * the transaction's, which may have begun long before it got the lock: times rise with the numbers. The pin that goes
 * with it is the one that is stored by now.
 */
export async function recordRevision(
  session: ScopedSession,
  scope: Scope,
  revision: number,
  { kind, repositoryId, commit, author, committedAt, upserts, deletes, copyOf }: RevisionFacts,
): Promise<void> {
  await session.query(
    `insert into revisions
      (organization_id, number, repository_id, commit_sha, author, committed_at, upserts, deletes, kind, copy_of,
        created_at, pin)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp(), (
      select jsonb_build_object('revision', revision, 'release', release, 'until', pinned_until,
        'repositoryId', repository_id, 'by', by, 'since', since)
      from pins where organization_id = $1))`,
    [
      organizationIdOf(scope),
      revision,
      repositoryId,
      commit,
      author,
      committedAt?.toISOString() ?? null,
      upserts,
      deletes,
      kind,
      copyOf ?? null,
    ],
  );
}
