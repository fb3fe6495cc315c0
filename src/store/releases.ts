// Releases: which tag names which revision of global. A tag may be heard of before its commit is synced, and after.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { Release, ReleaseChanges, Tag } from "../workspace/release.ts";
import { globalScope } from "../workspace/scope.ts";
import { type Act, recordAct } from "./audit.ts";
import { latestRevision, lockScope } from "./file-writes.ts";
import { revisionState } from "./history.ts";
import { registrySession, type Session, scopesSession } from "./session.ts";
import type { Registry, SyncChange, SyncOutcome } from "./store.ts";

interface ReleaseRow {
  readonly name: string;
  readonly repository_id: string;
  readonly repository: string | null;
  readonly commit_sha: string;
  readonly revision: number | null;
  readonly dropped: boolean;
  readonly gone: boolean;
  readonly named_at: string | Date;
}

/** Without a release of the name, the columns of one are null. */
interface PushedTagRow extends Omit<ReleaseRow, "name"> {
  readonly tag: string;
  readonly word: string | null;
  readonly name: string | null;
}

const releaseColumns = `l.*, r.owner || '/' || r.name as repository, exists (select from revisions v
  where v.organization_id is null and v.number = l.revision and v.dropped_at is not null) as dropped`;
const releasesSql = `select ${releaseColumns} from releases l left join repositories r on r.id = l.repository_id`;

type Releases = Pick<
  Registry,
  | "releases"
  | "release"
  | "saveTags"
  | "globalRevision"
  | "globalRevisionOf"
  | "pinRefused"
  | "pushedTags"
  | "recordReleaseWord"
  | "forgetReleaseWords"
>;

/** The part of the registry that knows releases. `begin` gives an entity manager for one call. */
export function releaseRegistry(begin: () => EntityManager): Releases {
  return {
    releases: async () => {
      const rows = await registrySession(begin()).query<ReleaseRow>(
        `${releasesSql} order by l.revision desc nulls first, l.named_at desc, l.name`,
      );
      return rows.map(fromRow);
    },

    release: async (name) => {
      const [row] = await registrySession(begin()).query<ReleaseRow>(`${releasesSql} where l.name = $1`, [name]);
      return row && fromRow(row);
    },

    globalRevision: async (revision) => {
      const session = scopesSession(begin(), [globalScope]);
      const latest = await latestRevision(session, globalScope);
      return { state: await revisionState(session, globalScope, revision), latest };
    },

    globalRevisionOf: (repositoryId, commit) => revisionOf(registrySession(begin()), repositoryId, commit),

    saveTags: (repositoryId, tags, options) =>
      begin().transactional((entityManager) => saveTags(registrySession(entityManager), repositoryId, tags, options)),

    pushedTags: async (repositoryId) => {
      const rows = await registrySession(begin()).query<PushedTagRow>(
        `select p.tag, w.word, ${releaseColumns}
        from (select distinct substr(ref, length('refs/tags/') + 1) as tag from deliveries
          where repository_id = $1 and starts_with(ref, 'refs/tags/')) p
        left join release_words w on w.repository_id = $1 and w.name = p.tag
        left join releases l on l.name = p.tag
        left join repositories r on r.id = l.repository_id order by p.tag`,
        [repositoryId],
      );
      return rows.map((row) => ({ name: row.tag, release: row.name === null ? null : fromRow(row), told: row.word }));
    },

    recordReleaseWord: async (repositoryId, name, word) => {
      await registrySession(begin()).query(
        `insert into release_words (repository_id, name, word) values ($1, $2, $3)
        on conflict (repository_id, name) do update set word = excluded.word`,
        [repositoryId, name, word],
      );
    },

    forgetReleaseWords: async (repositoryId, commit) => {
      await registrySession(begin()).query(
        "delete from release_words where repository_id = $1 and starts_with(word, $2)",
        [repositoryId, commit],
      );
    },

    pinRefused: async () => {
      const rows = await registrySession(begin()).query<{ id: string }>(
        `select id from repositories
        where state = 'refused' and last_sync->'diagnostics' @> '[{"code": "pin-refused"}]' order by id`,
      );
      return rows.map(({ id }) => Number(id));
    },
  };
}

/**
 * Which revision of global a commit stands for, written with its sync: the one that it made, or the one that it found. A
 * commit that changes something when it is synced once more, such as after a purge, stands for what it made last. Tags
 * that were heard of before are given their revision.
 */
export async function recordSyncedCommit(
  session: Session,
  { repositoryId, commit }: Pick<SyncChange, "repositoryId" | "commit">,
  { revision, changed }: Pick<SyncOutcome, "revision" | "changed">,
): Promise<void> {
  await session.registry.query(
    `with synced as (
      insert into synced_commits (repository_id, commit_sha, revision) values ($1, $2, $3)
      on conflict (repository_id, commit_sha) do update set
        revision = case when $4::boolean then excluded.revision else synced_commits.revision end
      returning revision)
    update releases set revision = synced.revision from synced
    where repository_id = $1 and commit_sha = $2 and releases.revision is null`,
    [repositoryId, commit, revision, changed],
  );
}

async function revisionOf(session: Session, repositoryId: number, commit: string): Promise<number | null> {
  const [row] = await session.query<{ revision: number }>(
    "select revision from synced_commits where repository_id = $1 and commit_sha = $2",
    [repositoryId, commit],
  );
  return row?.revision ?? null;
}

/** Takes global's lock: a sync that is about to record its commit comes before or after, and one of the two sees the other. */
async function saveTags(
  session: Session,
  repositoryId: number,
  tags: readonly Tag[],
  { isComplete }: { readonly isComplete: boolean },
): Promise<ReleaseChanges> {
  await lockScope(session, globalScope);
  const rows = await session.query<ReleaseRow>(
    `${releasesSql} where l.repository_id = $1 or l.name = any($2::text[])`,
    [repositoryId, tags.map(({ name }) => name)],
  );
  const known = new Map(rows.map((row) => [row.name, fromRow(row)]));
  const changes = { named: [] as string[], moved: [] as string[], gone: [] as string[], refused: [] as string[] };
  const tell = (act: Act["act"], name: string, details: NonNullable<Act["details"]>) =>
    recordAct(session, { act, scope: globalScope, repositoryId, ref: `refs/tags/${name}`, details });
  for (const { name, commit } of tags) {
    const before = known.get(name);
    if (before !== undefined && before.repositoryId !== repositoryId) {
      changes.refused.push(name);
      continue;
    }
    if (before !== undefined && before.commit === commit && !before.gone) continue;
    const revision = await revisionOf(session, repositoryId, commit);
    await session.query(
      `insert into releases (name, repository_id, commit_sha, revision) values ($1, $2, $3, $4)
      on conflict (name) do update set commit_sha = excluded.commit_sha, revision = excluded.revision, gone = false,
        named_at = now()`,
      [name, repositoryId, commit, revision],
    );
    changes[before === undefined ? "named" : "moved"].push(name);
    const details = { release: name, commit, revision, from: before?.revision ?? null };
    await tell(before === undefined ? "released" : "release-moved", name, details);
  }
  if (!isComplete) return changes;
  const present = new Set(tags.map(({ name }) => name));
  for (const { name, commit, revision, gone } of known.values()) {
    if (gone || present.has(name)) continue;
    await session.query("update releases set gone = true where name = $1", [name]);
    changes.gone.push(name);
    await tell("release-gone", name, { release: name, commit, revision });
  }
  return changes;
}

function fromRow(row: ReleaseRow | PushedTagRow): Release {
  return {
    name: row.name ?? "",
    repositoryId: Number(row.repository_id),
    repository: row.repository ?? `repository ${row.repository_id}`,
    commit: row.commit_sha,
    revision: row.revision,
    dropped: row.dropped,
    gone: row.gone,
    namedAt: new Date(row.named_at),
  };
}
