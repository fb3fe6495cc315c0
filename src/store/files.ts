// Reading a scope's files: now, since a revision, and as they were at one. Every query names the granted scope.
import type { MikroORM } from "@mikro-orm/postgresql";
import type { EntityType, FileContent, StoredFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { RevisionRow } from "./entities.ts";
import { repositoryFilesReader } from "./repository-files.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type Session, sessionOf } from "./session.ts";
import type { ContentsAtHand, ScopeChanges, ScopeReader } from "./store.ts";
import type { VersionReader } from "./versions.ts";

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
export function scopeReader(orm: MikroORM): Omit<ScopeReader, "ownedSnapshots" | keyof VersionReader> {
  const session = (): Session => sessionOf(orm.em);
  return {
    snapshot: async ({ scope }, past) => {
      if (past !== undefined) return { scope, revision: past, files: await readLayer(session(), scope, past) };
      // One statement sees one moment, so revision and files belong together without a transaction.
      const rows = await session().query<{ path: WorkspacePath | null; hash: ContentHash; revision: number }>(
        `select null as path, null as hash, coalesce(max(number), 0) as revision from revisions where ${inScope(scope)}
        union all select path, content_hash, null from workspace_files where ${inScope(scope)}`,
        [organizationIdOf(scope)],
      );
      const files = new Map<WorkspacePath, ContentHash>();
      let revision = 0;
      for (const row of rows) {
        if (row.path === null) revision = row.revision;
        else files.set(row.path, row.hash);
      }
      return { scope, revision, files };
    },

    contents: async ({ scope }, paths, revision) => {
      if (paths.length === 0) return new Map();
      const live = `select path, content_hash, content from workspace_files
        where ${inScope(scope)} and path = any($2::text[])`;
      const rows = await session().query<Pick<FileRow, "path" | "content_hash" | "content">>(
        revision === undefined
          ? live
          : `${live} and revision <= $3
            union all
            select path, content_hash, content from workspace_file_history
            where ${inScope(scope)} and path = any($2::text[]) and valid_from <= $3 and valid_until > $3`,
        [organizationIdOf(scope), paths, ...(revision === undefined ? [] : [revision])],
      );
      return new Map(rows.map((row) => [row.path, { hash: row.content_hash, content: row.content }]));
    },

    countFiles: async ({ scope }) => {
      const [row] = await session().query<{ files: number }>(
        `select count(*)::int as files from workspace_files where ${inScope(scope)}`,
        [organizationIdOf(scope)],
      );
      return row?.files ?? 0;
    },

    filesOfRepository: repositoryFilesReader(session),

    changesSince: ({ scope }, since, atHand) =>
      readSnapshot(orm, async (snapshot) => {
        const organizationId = organizationIdOf(scope);
        const from = since ?? 0;
        const [latest] = await snapshot.query<{ revision: number }>(
          `select coalesce(max(number), 0) as revision from revisions where ${inScope(scope)}`,
          [organizationId],
        );
        const upserts = await readChanged(snapshot, scope, from, atHand ?? new Map());
        // Also what came and went in between: a refresh that died may have brought it to the cache already.
        const deletes = await snapshot.query<Pick<FileRow, "path">>(
          `select distinct path from workspace_file_history h where ${inScope(scope)} and valid_until > $2
          and not exists (select from workspace_files f where ${inScope(scope)} and f.path = h.path)`,
          [organizationId, since ?? latest?.revision ?? 0],
        );
        return {
          revision: latest?.revision ?? 0,
          upserts,
          deletes: deletes.map(({ path }) => path),
        };
      }),

    revisions: async ({ scope }: GrantedScope, limit: number) => {
      const rows = await orm.em
        .fork()
        .find(RevisionRow, { organizationId: organizationIdOf(scope) }, { orderBy: { number: "desc" }, limit });
      return rows.map((row) => ({
        number: row.number,
        repositoryId: row.repositoryId ?? null,
        commit: row.commitSha ?? null,
        author: row.author ?? null,
        committedAt: row.committedAt ?? null,
        createdAt: row.createdAt,
        upserts: row.upserts,
        deletes: row.deletes,
      }));
    },

    filesAt: async ({ scope }, revision) => {
      const rows = await session().query<FileRow>(
        `select ${metadata}, content from workspace_files where ${inScope(scope)} and revision <= $2
        union all
        select ${metadata}, content from workspace_file_history
        where ${inScope(scope)} and valid_from <= $2 and valid_until > $2
        order by path`,
        [organizationIdOf(scope), revision],
      );
      return rows.map((row): FileContent => ({ ...storedFile(row), content: row.content }));
    },
  };
}

/** Hashes by path, as they were at a revision. */
async function readLayer(session: Session, scope: Scope, revision: number): Promise<Map<WorkspacePath, ContentHash>> {
  const rows = await session.query<Pick<FileRow, "path" | "content_hash">>(
    `select path, content_hash from workspace_files where ${inScope(scope)} and revision <= $2
    union all
    select path, content_hash from workspace_file_history
    where ${inScope(scope)} and valid_from <= $2 and valid_until > $2`,
    [organizationIdOf(scope), revision],
  );
  return new Map(rows.map(({ path, content_hash }) => [path, content_hash]));
}

/** Files changed after a revision, with the contents at hand where they are those that are stored. */
async function readChanged(
  session: Session,
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
