// Which files of other repositories take paths that a repository brings. The rule is `workspace/ownership.ts`'s; here are the
// rows that it needs: those of the very paths and, for paths that are new, those that may differ in case alone.
import type { ContentHash } from "../workspace/layer.ts";
import { foldedPath, type WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { nameOwners } from "./owner-names.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import type { ScopedSession } from "./session.ts";

/** A live file of a scope, with who brought it. */
export interface PresentFile {
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
  readonly entityType: string;
  readonly gitSha: string | null;
  readonly repositoryId: number | null;
  /** The repository's `owner/name`. */
  readonly owner: string;
}

/** The live files at these paths, and of those that are not there the candidates for a twin, all of which others brought. */
export async function readPresent(
  session: ScopedSession,
  scope: Scope,
  repositoryId: number,
  paths: readonly WorkspacePath[],
): Promise<{ readonly present: ReadonlyMap<WorkspacePath, PresentFile>; readonly twins: readonly PresentFile[] }> {
  const rows = await session.query<PresentRow>(
    `select ${columns} from workspace_files f where ${inScope(scope)} and path = any($2::text[])`,
    [organizationIdOf(scope), paths],
  );
  const present = new Map((await nameOwners(session, rows)).map((row) => [row.path, fromRow(row)]));
  const added = paths.filter((path) => !present.has(path));
  return { present, twins: added.length === 0 ? [] : await readTwins(session, scope, repositoryId, added) };
}

async function readTwins(
  session: ScopedSession,
  scope: Scope,
  repositoryId: number,
  paths: readonly WorkspacePath[],
): Promise<PresentFile[]> {
  // Postgres folds by the database's locale. Of ASCII it is made to fold as we do; other paths, of which there are few, are
  // all given, and told apart by our own rule.
  const rows = await session.query<PresentRow>(
    `select ${columns} from workspace_files f where ${inScope(scope)} and repository_id <> $2 and (
      lower(path collate "C") in (select unnest($3::text[])) or octet_length(path) <> char_length(path))`,
    [organizationIdOf(scope), repositoryId, paths.map(foldedPath)],
  );
  return (await nameOwners(session, rows)).map(fromRow);
}

const columns = `path, content_hash, entity_type, git_sha, repository_id, (
  select r.owner || '/' || r.name from repositories r where r.id = f.repository_id) as owner`;

interface PresentRow {
  readonly path: WorkspacePath;
  readonly content_hash: ContentHash;
  readonly entity_type: string;
  readonly git_sha: string | null;
  readonly repository_id: string | null;
  readonly owner: string | null;
}

function fromRow(row: PresentRow): PresentFile {
  return {
    path: row.path,
    hash: row.content_hash,
    entityType: row.entity_type,
    gitSha: row.git_sha,
    repositoryId: row.repository_id === null ? null : Number(row.repository_id),
    owner: row.owner ?? `repository ${row.repository_id}`,
  };
}
