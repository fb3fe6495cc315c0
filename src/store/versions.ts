// What files were, and when: versions without contents, contents of many moments at once, and everything that says how an
// organisation's overrides stand to the layer below.
import type { MikroORM } from "@mikro-orm/postgresql";
import { pathsOfName } from "../workspace/cascade.ts";
import { readableLayers } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { FileVersion, Revision } from "../workspace/revision.ts";
import type { Scope } from "../workspace/scope.ts";
import { latestRevision } from "./file-writes.ts";
import type { FileRow } from "./files.ts";
import { readPin } from "./pins.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type ScopedSession, scopedSession } from "./session.ts";
import type { ScopeReader } from "./store.ts";

export type VersionReader = Pick<
  ScopeReader,
  "versions" | "contentsAt" | "revisionAt" | "revision" | "overrideVersions"
>;

/** The part of the store that reads the past by file. */
export function versionReader(orm: MikroORM): VersionReader {
  return {
    versions: (granted, paths) => readSnapshot(orm, granted, (session) => readVersions(session, granted.scope, paths)),

    contentsAt: async (granted, wanted) => {
      if (wanted.length === 0) return [];
      const { scope } = granted;
      const rows = await scopedSession(orm.em, granted).query<{
        nth: number;
        hash: FileRow["content_hash"];
        content: string;
      }>(
        `select w.nth, content_hash as hash, content from ${wantedRows} join workspace_files f using (path)
          where ${inScope(scope)} and revision <= w.at
        union all
        select w.nth, content_hash, content from ${wantedRows} join workspace_file_history h using (path)
          where ${inScope(scope)} and valid_from <= w.at and valid_until > w.at`,
        [organizationIdOf(scope), wanted.map(({ path }) => path), wanted.map(({ revision }) => revision)],
      );
      const found = new Map(rows.map(({ nth, hash, content }) => [Number(nth), { hash, content }]));
      return wanted.map((_, index) => found.get(index + 1));
    },

    revisionAt: (granted, moment) => readRevisionAt(scopedSession(orm.em, granted), granted.scope, moment),

    revision: async (granted, number) =>
      (await readRevisions(scopedSession(orm.em, granted), granted.scope, [number])).get(number),

    overrideVersions: (granted) =>
      readSnapshot(orm, granted, async (session) => {
        const pin = await readPin(session, granted.scope);
        const [own, below] = readableLayers(granted, pin?.revision ?? null);
        if (own === undefined || below === undefined) return undefined;
        const belowRevision = below.at ?? (await latestRevision(session, below.scope));
        const everBelow = new Set(await readPaths(session, below.scope, "ever"));
        const live = await readPaths(session, own.scope, "live");
        const hidden = new Set<WorkspacePath>();
        const hiding = new Set<WorkspacePath>();
        for (const path of live) {
          const paths = pathsOfName(path).filter((candidate) => everBelow.has(candidate));
          if (paths.length > 0) for (const same of pathsOfName(path)) hiding.add(same);
          for (const candidate of paths) hidden.add(candidate);
        }
        return {
          revision: await latestRevision(session, own.scope),
          own: await readVersions(session, own.scope, [...hiding]),
          below: {
            granted: below,
            revision: belowRevision,
            versions: await readVersions(session, below.scope, [...hidden]),
          },
        };
      }),
  };
}

/** The number of the revision that a scope was at; 0 before the first. */
export async function readRevisionAt(session: ScopedSession, scope: Scope, moment: Date): Promise<number> {
  const [row] = await session.query<{ number: number }>(
    // Of revisions from before their times rose with their numbers, the last one that none before it is later than.
    `select coalesce(min(number) filter (where created_at > $2::timestamptz) - 1, max(number), 0) as number
    from revisions where ${inScope(scope)}`,
    [organizationIdOf(scope), moment.toISOString()],
  );
  return Math.max(0, row?.number ?? 0);
}

const wantedRows = "unnest($2::text[], $3::integer[]) with ordinality as w (path, at, nth)";

async function readPaths(session: ScopedSession, scope: Scope, which: "live" | "ever"): Promise<WorkspacePath[]> {
  const live = `select path from workspace_files where ${inScope(scope)}`;
  const past = `union select path from workspace_file_history where ${inScope(scope)}`;
  const rows = await session.query<{ path: WorkspacePath }>(which === "ever" ? `${live} ${past}` : live, [
    organizationIdOf(scope),
  ]);
  return rows.map(({ path }) => path);
}

type VersionRow = Pick<FileRow, "path" | "content_hash" | "size_bytes" | "repository_id"> & {
  readonly made: number;
  readonly ended: number | null;
};

async function readVersions(
  session: ScopedSession,
  scope: Scope,
  paths: readonly WorkspacePath[],
): Promise<FileVersion[]> {
  if (paths.length === 0) return [];
  const rows = await session.query<VersionRow>(
    `select path, content_hash, size_bytes, repository_id, revision as made, null::integer as ended
      from workspace_files where ${inScope(scope)} and path = any($2::text[])
    union all
    select path, content_hash, size_bytes, repository_id, valid_from, valid_until
      from workspace_file_history where ${inScope(scope)} and path = any($2::text[])
    order by made, path`,
    [organizationIdOf(scope), paths],
  );
  const numbers = new Set(rows.flatMap(({ made, ended }) => (ended === null ? [made] : [made, ended])));
  const revisions = await readRevisions(session, scope, [...numbers]);
  const revisionOf = (number: number): Revision => {
    const revision = revisions.get(number);
    if (revision === undefined) throw new TypeError(`Revision ${number} is named by a file and not recorded`);
    return revision;
  };
  return rows.map((row) => ({
    path: row.path,
    hash: row.content_hash,
    sizeBytes: row.size_bytes,
    repositoryId: row.repository_id === null ? null : Number(row.repository_id),
    made: revisionOf(row.made),
    ended: row.ended === null ? null : revisionOf(row.ended),
  }));
}

type RevisionRow = Record<"number" | "upserts" | "deletes", number> &
  Record<"repository_id" | "commit_sha" | "author", string | null> & {
    readonly committed_at_ms: number | null;
    readonly created_at_ms: number;
    readonly kind: Revision["kind"];
    readonly pin: Revision["pin"];
    readonly copy_of: number | null;
    readonly dropped_at_ms: number | null;
  };

const revisionColumns = `number, repository_id, commit_sha, author, upserts, deletes, kind, pin, copy_of,
  floor(extract(epoch from dropped_at) * 1000)::float8 as dropped_at_ms,
  floor(extract(epoch from committed_at) * 1000)::float8 as committed_at_ms,
  floor(extract(epoch from created_at) * 1000)::float8 as created_at_ms`;

/** Revisions of a scope by number; those that it does not have are absent. */
export async function readRevisions(
  session: ScopedSession,
  scope: Scope,
  numbers: readonly number[],
): Promise<Map<number, Revision>> {
  const rows = await session.query<RevisionRow>(
    `select ${revisionColumns} from revisions where ${inScope(scope)} and number = any($2::integer[])`,
    [organizationIdOf(scope), numbers],
  );
  return new Map(rows.map((row) => [row.number, revisionFromRow(row)]));
}

/** The latest revisions of a scope, newest first; those before a number where one is named. */
export async function readLatestRevisions(
  session: ScopedSession,
  scope: Scope,
  limit: number,
  before: number | undefined,
): Promise<Revision[]> {
  const rows = await session.query<RevisionRow>(
    `select ${revisionColumns} from revisions where ${inScope(scope)} and ($3::integer is null or number < $3)
    order by number desc limit $2`,
    [organizationIdOf(scope), limit, before ?? null],
  );
  return rows.map(revisionFromRow);
}

function revisionFromRow(row: RevisionRow): Revision {
  return {
    number: row.number,
    repositoryId: row.repository_id === null ? null : Number(row.repository_id),
    commit: row.commit_sha,
    author: row.author,
    committedAt: row.committed_at_ms === null ? null : new Date(row.committed_at_ms),
    createdAt: new Date(row.created_at_ms),
    upserts: row.upserts,
    deletes: row.deletes,
    kind: row.kind,
    pin: row.pin && { revision: row.pin.revision, release: row.pin.release },
    copyOf: row.copy_of,
    droppedAt: row.dropped_at_ms === null ? null : new Date(row.dropped_at_ms),
  };
}
