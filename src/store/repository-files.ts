// What a repository brought to a scope, remembered from one sync to the next: of 10,000 files a push changes a few, and
// only those are read again. The revisions say which: what was remembered at one of them holds, except for what later
// ones changed.
import { createRecent } from "../recent.ts";
import type { EntityType, StoredFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import type { ScopedSession } from "./session.ts";
import type { ScopeReader } from "./store.ts";

type Files = ReadonlyMap<WorkspacePath, StoredFile>;

interface Remembered {
  /** The row of the scope's revision at which these were the repository's files; a number may be given out anew. */
  readonly revisionId: string;
  readonly files: Files;
}

interface Listing {
  readonly revision_id: string | null;
  readonly listing: string | null;
}

interface Changes extends Listing {
  /** Whether the revision that is remembered is one of the scope's past. */
  readonly follows: boolean;
  /** How many live files the repository has in the scope. */
  readonly files: number;
}

// Some 60 MB: twenty repositories of 10,000 files.
const filesMax = 200_000;

/** Makes the reader of a repository's files. What it gives is as Postgres has it when it is asked. */
export function repositoryFilesReader(
  session: (granted: GrantedScope) => ScopedSession,
): ScopeReader["filesOfRepository"] {
  const recent = createRecent<string, Remembered>(filesMax, ({ files }) => files.size);
  return async (granted, repositoryId) => {
    const { scope } = granted;
    const key = `${scopeKey(scope)} ${repositoryId}`;
    const remembered = recent.get(key);
    const read =
      (remembered && (await readChanges(session(granted), scope, repositoryId, remembered))) ??
      (await readAll(session(granted), scope, repositoryId));
    if (read.revisionId !== null) recent.set(key, { revisionId: read.revisionId, files: read.files });
    return read.files;
  };
}

// A row for each of 10,000 files took 25 ms, one text of 10,000 lines takes 9; no path that a repository brought holds a
// control character.
const line = "concat_ws(e'\\t', f.entity_type, f.content_hash, coalesce(f.git_sha, ''), f.size_bytes, f.path)";
const latest = (scope: Scope) =>
  `(select id from revisions where ${inScope(scope)} order by number desc limit 1) as revision_id`;

async function readAll(session: ScopedSession, scope: Scope, repositoryId: number) {
  const [row] = await session.query<Listing>(
    `select ${latest(scope)}, (
      select string_agg(${line}, e'\\n') from workspace_files f where ${inScope(scope)} and repository_id = $2) as listing`,
    [organizationIdOf(scope), repositoryId],
  );
  const files = new Map<WorkspacePath, StoredFile>();
  for (const text of linesOf(row?.listing)) {
    const file = listedFile(text, repositoryId);
    files.set(file.path, file);
  }
  return { revisionId: row?.revision_id ?? null, files };
}

/** The same by what changed since; `undefined` where what is remembered is not of this scope's past, or does not add up. */
async function readChanges(session: ScopedSession, scope: Scope, repositoryId: number, remembered: Remembered) {
  // A file that went, or went to another repository, has left a row in the history; where that row is gone as well, the
  // number of files does not add up.
  const [row] = await session.query<Changes>(
    `with since as (select number from revisions where ${inScope(scope)} and id = $3::uuid),
    came as (
      select ${line} as line from workspace_files f
      where ${inScope(scope)} and f.repository_id = $2 and f.revision > (select number from since)),
    went as (
      select distinct path from workspace_file_history h
      where ${inScope(scope)} and h.repository_id = $2 and h.valid_until > (select number from since))
    select ${latest(scope)}, exists (select from since) as follows,
      (select count(*)::int from workspace_files where ${inScope(scope)} and repository_id = $2) as files,
      (select string_agg(line, e'\\n') from (
        select e'\\t\\t\\t\\t' || path as line from went union all select line from came) as lines) as listing`,
    [organizationIdOf(scope), repositoryId, remembered.revisionId],
  );
  if (!row?.follows) return undefined;
  const lines = linesOf(row.listing);
  if (lines.length === 0 && remembered.files.size === row.files) {
    return { revisionId: row.revision_id, files: remembered.files };
  }
  // A copy, as whoever was given the last one may still be reading it. What went and came back is among both.
  const files = new Map(remembered.files);
  const changed = lines.map((text) => listedFile(text, repositoryId));
  for (const { path, hash } of changed) if (hash === "") files.delete(path);
  for (const file of changed) if (file.hash !== "") files.set(file.path, file);
  return files.size === row.files ? { revisionId: row.revision_id, files } : undefined;
}

function linesOf(listing: string | null | undefined): string[] {
  return listing ? listing.split("\n") : [];
}

function listedFile(text: string, repositoryId: number): StoredFile {
  const [entityType = "", hash = "", gitSha = "", sizeBytes = "", path = ""] = text.split("\t");
  return {
    path: path as WorkspacePath,
    entityType: entityType as EntityType,
    hash: hash as ContentHash,
    gitSha,
    sizeBytes: Number(sizeBytes),
    repositoryId,
  };
}
