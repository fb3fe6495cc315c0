// What is stored of a scope, held against what was pushed: Postgres wholly at some revision, its past readable, and Redis
// a copy of it.
import type { Redis } from "ioredis";
import type { Pool } from "pg";
import { expect } from "vitest";
import { contentHash } from "../../src/digest.ts";
import type { ScopeReader } from "../../src/store/store.ts";
import type { GrantedScope } from "../../src/workspace/grant.ts";
import { type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { PushedTrees, Tree } from "./trees.ts";

interface StoredScope {
  readonly revision: number;
  /** What each repository's last revision was made from. */
  readonly commits: readonly { readonly repositoryId: number; readonly commit: string }[];
  /** What each repository is said to be synced to. */
  readonly synced: readonly { readonly repositoryId: number; readonly commit: string | null }[];
  readonly files: readonly {
    readonly path: string;
    readonly content: string;
    readonly hash: string;
    readonly repositoryId: number;
    readonly revision: number;
  }[];
}

const organizationOf = (scope: Scope) => (scope.kind === "global" ? null : scope.id);

/** Reads a scope's rows in one statement, which sees one moment whoever writes beside it. */
async function readRows(database: Pool, scope: Scope): Promise<StoredScope> {
  const { rows } = await database.query<{ stored: StoredScope }>(
    `select json_build_object(
      'revision', (select coalesce(max(number), 0) from revisions where organization_id is not distinct from $1),
      'commits', (select coalesce(json_agg(json_build_object('repositoryId', repository_id, 'commit', commit_sha)), '[]')
        from (select distinct on (repository_id) repository_id, commit_sha from revisions
          where organization_id is not distinct from $1 order by repository_id, number desc) as made),
      'synced', (select coalesce(json_agg(json_build_object('repositoryId', id, 'commit', synced_sha)), '[]')
        from repositories where scoped and organization_id is not distinct from $1),
      'files', (select coalesce(json_agg(json_build_object('path', path, 'content', content, 'hash', content_hash,
          'repositoryId', repository_id, 'revision', revision)), '[]')
        from workspace_files where organization_id is not distinct from $1)
    ) as stored`,
    [organizationOf(scope)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("Postgres gave no row");
  return row.stored;
}

/** Expects that a scope is wholly what some pushed trees make of it, by its revisions and by what repositories say. */
export async function expectWhole(database: Pool, scope: Scope, trees: PushedTrees): Promise<number> {
  const stored = await readRows(database, scope);
  const files = Object.fromEntries(stored.files.map(({ path, content }) => [path, content]));
  const made = stored.commits.map(({ repositoryId, commit }) => trees.at(repositoryId, commit));
  expect(files).toEqual(Object.assign({}, ...made));
  const said = stored.synced.map(({ repositoryId, commit }) => (commit === null ? {} : trees.at(repositoryId, commit)));
  expect(files).toEqual(Object.assign({}, ...said));
  for (const { path, content, hash, revision } of stored.files) {
    expect(hash, path).toBe(contentHash(Buffer.from(content)));
    expect(revision, path).toBeLessThanOrEqual(stored.revision);
  }
  return stored.revision;
}

/** Expects that Postgres holds exactly these files, at the head and when its last revision is read back. */
export async function expectPostgres(
  { database, store }: { readonly database: Pool; readonly store: Pick<ScopeReader, "filesAt"> },
  granted: GrantedScope,
  tree: Tree,
): Promise<void> {
  const { revision, files } = await readRows(database, granted.scope);
  expect(Object.fromEntries(files.map(({ path, content }) => [path, content]))).toEqual(tree);
  const readBack = await store.filesAt(granted, revision);
  expect(Object.fromEntries(readBack.map(({ path, content }) => [path, content]))).toEqual(tree);
}

/** Expects that every revision ever made reads back as the trees that it was made from. */
export async function expectHistory(
  { database, store }: { readonly database: Pool; readonly store: Pick<ScopeReader, "filesAt"> },
  granted: GrantedScope,
  trees: PushedTrees,
): Promise<void> {
  const { rows } = await database.query<{ number: number; repository_id: string; commit_sha: string }>(
    "select number, repository_id, commit_sha from revisions where organization_id is not distinct from $1 order by number",
    [organizationOf(granted.scope)],
  );
  const byRepository = new Map<number, Tree>();
  for (const [index, row] of rows.entries()) {
    expect(row.number).toBe(index + 1);
    byRepository.set(Number(row.repository_id), trees.at(Number(row.repository_id), row.commit_sha));
    const files = await store.filesAt(granted, row.number);
    const readBack = Object.fromEntries(files.map(({ path, content }) => [path, content]));
    expect(readBack, `revision ${row.number}`).toEqual(Object.assign({}, ...byRepository.values()));
  }
}

/** Expects that Redis holds exactly these files: index, modules and revision, and no key more. */
export async function expectRedis(redis: Redis, scope: Scope, tree: Tree, revision: number): Promise<void> {
  const key = scopeKey(scope);
  const index = await redis.hgetall(`bifrost:index:{${key}}`);
  const hashes = Object.entries(tree).map(([path, content]) => [path, contentHash(Buffer.from(content))]);
  expect(index).toEqual(Object.fromEntries(hashes));
  expect(await redis.get(`bifrost:revision:{${key}}`)).toBe(`${revision}`);
  const prefix = `bifrost:module:${key}:`;
  const modules: Record<string, unknown> = {};
  for (const name of await redis.keys(`${prefix}*`)) {
    modules[name.slice(prefix.length)] = JSON.parse((await redis.get(name)) ?? "null");
  }
  const wanted = Object.entries(tree).map(([path, content]) => [
    path,
    { path, content, hash: contentHash(Buffer.from(content)) },
  ]);
  expect(modules).toEqual(Object.fromEntries(wanted));
}
