// Reading a scope's files: now, since a revision, and as they were at one. Every query names the granted scope.
import type { MikroORM } from "@mikro-orm/postgresql";
import type { EntityType, FileContent, StoredFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { RevisionRow } from "./entities.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type Session, sessionOf } from "./session.ts";
import type { ScopeReader } from "./store.ts";

interface FileRow {
  readonly path: WorkspacePath;
  readonly entity_type: EntityType;
  readonly content: string;
  readonly content_hash: ContentHash;
  readonly git_sha: string | null;
  readonly size_bytes: number;
  // The driver gives 64-bit integers as text.
  readonly repository_id: string | null;
}

const metadata = "path, entity_type, content_hash, git_sha, size_bytes, repository_id";

/** The reading side of the store. */
export function scopeReader(orm: MikroORM): ScopeReader {
  const session = (): Session => sessionOf(orm.em);
  return {
    snapshot: async ({ scope }) => {
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

    contents: async ({ scope }, paths) => {
      if (paths.length === 0) return new Map();
      const rows = await session().query<Pick<FileRow, "path" | "content_hash" | "content">>(
        `select path, content_hash, content from workspace_files where ${inScope(scope)} and path = any($2::text[])`,
        [organizationIdOf(scope), paths],
      );
      return new Map(rows.map((row) => [row.path, { hash: row.content_hash, content: row.content }]));
    },

    filesOfRepository: async ({ scope }, repositoryId) => {
      const rows = await session().query<FileRow>(
        `select ${metadata} from workspace_files where ${inScope(scope)} and repository_id = $2 order by path`,
        [organizationIdOf(scope), repositoryId],
      );
      return rows.map(storedFile);
    },

    changesSince: ({ scope }, since) =>
      readSnapshot(orm, async (snapshot) => {
        const organizationId = organizationIdOf(scope);
        const from = since ?? 0;
        const [latest] = await snapshot.query<{ revision: number }>(
          `select coalesce(max(number), 0) as revision from revisions where ${inScope(scope)}`,
          [organizationId],
        );
        const upserts = await snapshot.query<FileRow>(
          `select path, content_hash, content from workspace_files where ${inScope(scope)} and revision > $2`,
          [organizationId, from],
        );
        const deletes = await snapshot.query<Pick<FileRow, "path">>(
          `select distinct path from workspace_file_history
          where ${inScope(scope)} and valid_until > $2 and valid_from <= $2
          and path not in (select path from workspace_files where ${inScope(scope)})`,
          [organizationId, from],
        );
        return {
          revision: latest?.revision ?? 0,
          upserts: upserts.map(({ path, content_hash, content }) => ({ path, hash: content_hash, content })),
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

function storedFile(row: FileRow): StoredFile {
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
