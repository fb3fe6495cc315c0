// Reading a scope's files: now, since a revision, and as they were at one. Every query names the granted scope.
import type { MikroORM } from "@mikro-orm/postgresql";
import type { EntityType, FileContent, StoredFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import { findTaker } from "../workspace/ownership.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { filesAtSql, requireKept } from "./history.ts";
import type { LayerLister } from "./layer-listing.ts";
import { readPresent } from "./path-takers.ts";
import { readPin } from "./pins.ts";
import { repositoryFilesReader } from "./repository-files.ts";
import { readRollback } from "./rollback.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type ScopedSession, scopedSession } from "./session.ts";
import type { ContentsAtHand, ScopeChanges, ScopeReader } from "./store.ts";
import { readLatestRevisions, type VersionReader } from "./versions.ts";

/** A row of `workspace_files`. */
export interface FileRow {
  readonly path: WorkspacePath;
  readonly entity_type: EntityType;
  readonly content: string;
  readonly content_hash: ContentHash;
  readonly git_sha: string | null;
  readonly size_bytes: number;
  // The driver gives 64-bit integers as text.
  readonly repository_id: string | null;
}

/** The columns of a file but its content. */
export const metadata = "path, entity_type, content_hash, git_sha, size_bytes, repository_id";

/** The reading side of the store. */
export function scopeReader(
  orm: MikroORM,
): Omit<ScopeReader, "ownedSnapshots" | "layersAt" | keyof VersionReader | keyof LayerLister> {
  const session = (granted: GrantedScope) => scopedSession(orm.em, granted);
  return {
    snapshot: async (granted, past) => {
      const { scope, at: grantedAt } = granted;
      const at = past ?? grantedAt;
      // One statement sees one moment, so revision, pin and files belong together without a transaction.
      const rows = await session(granted).query<SnapshotRow>(
        at === undefined
          ? `select null as path, null as hash, coalesce(max(number), 0) as revision,
              (select revision from pins where organization_id = $1::uuid) as pin from revisions where ${inScope(scope)}
            union all select path, content_hash, null, null from workspace_files where ${inScope(scope)}`
          : filesAtSql(scope, "path, content_hash as hash, null::integer as revision, null::integer as pin", "$2"),
        [organizationIdOf(scope), ...(at === undefined ? [] : [at])],
      );
      if (at !== undefined) await requireKept(session(granted), scope, at);
      const files = new Map<WorkspacePath, ContentHash>();
      let revision = at ?? 0;
      let pin: number | null = null;
      for (const row of rows) {
        if (row.path === null) ({ revision, pin } = row);
        else files.set(row.path, row.hash);
      }
      return { scope, revision, pin, files };
    },

    rollbackOf: (granted) => readRollback(session(granted), granted.scope),

    pinOf: (granted) => readPin(session(granted), granted.scope),

    contents: async (granted, paths, revision = granted.at) => {
      if (paths.length === 0) return new Map();
      const { scope } = granted;
      const rows = await session(granted).query<Pick<FileRow, "path" | "content_hash" | "content">>(
        revision === undefined
          ? `select path, content_hash, content from workspace_files where ${inScope(scope)} and path = any($2::text[])`
          : `select * from (${filesAtSql(scope, "path, content_hash, content", "$3")}) past where path = any($2::text[])`,
        [organizationIdOf(scope), paths, ...(revision === undefined ? [] : [revision])],
      );
      if (revision !== undefined) await requireKept(session(granted), scope, revision);
      return new Map(rows.map((row) => [row.path, { hash: row.content_hash, content: row.content }]));
    },

    pathsOfOthers: async (granted, repositoryId, paths) => {
      const { present, twins } = await readPresent(session(granted), granted.scope, repositoryId, paths);
      const takerOf = findTaker([...present.values(), ...twins], repositoryId);
      return paths.filter((path) => takerOf(path) !== undefined);
    },

    countFiles: async (granted) => {
      const { scope } = granted;
      const [row] = await session(granted).query<{ files: number }>(
        `select count(*)::int as files from workspace_files where ${inScope(scope)}`,
        [organizationIdOf(scope)],
      );
      return row?.files ?? 0;
    },

    filesOfRepository: repositoryFilesReader(session),

    changesSince: (granted, since, atHand) =>
      readSnapshot(orm, granted, async (snapshot) => {
        const { scope, at } = granted;
        if (at !== undefined) return wholeAt(snapshot, scope, at, since);
        const organizationId = organizationIdOf(scope);
        const [latest] = await snapshot.query<{ revision: number; dropped: number; pin: number | null }>(
          `select coalesce(max(number), 0) as revision, coalesce(max(number) filter (where dropped_at is not null), 0) as
            dropped, (select revision from pins where organization_id = $1::uuid) as pin
          from revisions where ${inScope(scope)}`,
          [organizationId],
        );
        // What was deleted since a revision that retention has dropped, nobody knows any more.
        const from = since !== undefined && since < (latest?.dropped ?? 0) ? undefined : since;
        const upserts = await readChanged(snapshot, scope, from ?? 0, atHand ?? new Map());
        // Also what came and went in between: a refresh that died may have brought it to the cache already.
        const deletes = await snapshot.query<Pick<FileRow, "path">>(
          `select distinct path from workspace_file_history h where ${inScope(scope)} and valid_until > $2
          and not exists (select from workspace_files f where ${inScope(scope)} and f.path = h.path)`,
          [organizationId, from ?? latest?.revision ?? 0],
        );
        return {
          from,
          revision: latest?.revision ?? 0,
          pin: latest?.pin ?? null,
          upserts,
          deletes: deletes.map(({ path }) => path),
        };
      }),

    revisions: (granted, limit, before) => readLatestRevisions(session(granted), granted.scope, limit, before),

    filesAt: async (granted, revision) => {
      const { scope } = granted;
      const rows = await session(granted).query<FileRow>(
        `${filesAtSql(scope, `${metadata}, content`, "$2")} order by path`,
        [organizationIdOf(scope), revision],
      );
      await requireKept(session(granted), scope, revision);
      return rows.map((row): FileContent => ({ ...storedFile(row), content: row.content }));
    },
  };
}

interface SnapshotRow {
  readonly path: WorkspacePath | null;
  readonly hash: ContentHash;
  readonly revision: number;
  readonly pin: number | null;
}

/** All of a scope at one revision, for a cache that holds nothing of it; nothing for one that does: it never changes. */
async function wholeAt(
  session: ScopedSession,
  scope: Scope,
  at: number,
  since: number | undefined,
): Promise<ScopeChanges> {
  const step = { from: since, revision: at, pin: null, deletes: [] };
  if (since === at) return { ...step, upserts: [] };
  const rows = await session.query<Pick<FileRow, "path" | "content_hash" | "content">>(
    filesAtSql(scope, "path, content_hash, content", "$2"),
    [organizationIdOf(scope), at],
  );
  await requireKept(session, scope, at);
  return { ...step, upserts: rows.map(({ path, content_hash: hash, content }) => ({ path, hash, content })) };
}

/** Files changed after a revision, with the contents at hand where they are those that are stored. */
async function readChanged(
  session: ScopedSession,
  scope: Scope,
  since: number,
  atHand: ContentsAtHand,
): Promise<ScopeChanges["upserts"]> {
  const changed = await session.query<Pick<FileRow, "path" | "content_hash">>(
    `select path, content_hash from workspace_files where ${inScope(scope)} and revision > $2`,
    [organizationIdOf(scope), since],
  );
  const isAtHand = ({ path, content_hash }: Pick<FileRow, "path" | "content_hash">) =>
    atHand.get(path)?.hash === content_hash;
  const unread = changed.filter((row) => !isAtHand(row)).map(({ path }) => path);
  const read = new Map<WorkspacePath, string>();
  if (unread.length > 0) {
    const rows = await session.query<Pick<FileRow, "path" | "content">>(
      `select path, content from workspace_files where ${inScope(scope)} and path = any($2::text[])`,
      [organizationIdOf(scope), unread],
    );
    for (const { path, content } of rows) read.set(path, content);
  }
  return changed.map(({ path, content_hash: hash }) => {
    const content = read.get(path) ?? atHand.get(path)?.content;
    // Both statements see the same moment.
    if (content === undefined) throw new TypeError(`The content of ${path} is not where its hash is`);
    return { path, hash, content };
  });
}

/** A row as the ways know it. */
export function storedFile(row: FileRow): StoredFile {
  return {
    path: row.path,
    entityType: row.entity_type,
    hash: row.content_hash,
    // Unknown for rows from before files had a git id; equal to no blob's, so that a sync writes them again.
    gitSha: row.git_sha ?? "",
    sizeBytes: row.size_bytes,
    repositoryId: row.repository_id === null ? null : Number(row.repository_id),
  };
}
