// A scope made equal to a past revision and held there, and let go again. The past stays as it is: both make a revision.
import type { EntityManager } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { Pin } from "../workspace/pin.ts";
import type { Rollback } from "../workspace/rollback.ts";
import { globalScope, type Scope, scopeSlug } from "../workspace/scope.ts";
import { recordAct } from "./audit.ts";
import type { Stored } from "./entities.ts";
import { deleteFiles, latestRevision, lockScope, moveToHistory, recordRevision } from "./file-writes.ts";
import { filesAtSql, keepHistory, requireKept } from "./history.ts";
import { deletePin, readPin, writePin } from "./pins.ts";
import { inScope, organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { everyScopeSession, type ScopedSession, scopedSession } from "./session.ts";
import type { Registry, RollbackOutcome } from "./store.ts";

interface RollbackRow {
  readonly organization_id: string | null;
  readonly slug: string | null;
  readonly target: number;
  readonly revision: number;
  readonly by: string;
  readonly since: string | Date;
  // 64-bit integers, which the driver gives as text.
  readonly purged: readonly string[];
}

const rollbacksSql = "select b.*, o.slug from rollbacks b left join organizations o on o.id = b.organization_id";

/** How a scope is held; null where it follows its repositories. */
export async function readRollback(session: ScopedSession, scope: Scope): Promise<Rollback | null> {
  const condition = inScope(scope).replaceAll("organization_id", "b.organization_id");
  const [row] = await session.query<RollbackRow>(`${rollbacksSql} where ${condition}`, [organizationIdOf(scope)]);
  return row === undefined ? null : fromRow(row);
}

/** The part of the registry that lists what is rolled back. `begin` gives an entity manager for one call. */
export function rollbackRegistry(begin: () => EntityManager): Pick<Registry, "rollbacks"> {
  return {
    rollbacks: async () => {
      const rows = await everyScopeSession(begin(), "a list of all rollbacks").query<RollbackRow>(
        `${rollbacksSql} order by o.slug nulls first`,
      );
      return rows.map(fromRow);
    },
  };
}

function fromRow(row: RollbackRow): Rollback {
  const slugs = new Map(row.organization_id !== null && row.slug !== null ? [[row.organization_id, row.slug]] : []);
  return {
    scope: scopeFromRow(row.organization_id, slugs),
    target: row.target,
    revision: row.revision,
    by: row.by,
    since: new Date(row.since),
    purged: row.purged.map(Number),
  };
}

/** Rolls a scope back inside the transaction of `entityManager`. Throws what `requireKept` throws. */
export async function rollBack(
  entityManager: EntityManager,
  granted: WritableScope,
  target: number,
  by: string,
): Promise<RollbackOutcome> {
  const { scope } = granted;
  const session = scopedSession(entityManager, granted);
  await lockScope(session, scope);
  await keepHistory(session, scope);
  if (target < 1) throw new Fault("unknown-revision", `"${scopeSlug(scope)}" has no revision ${target}`);
  await requireKept(session, scope, target);
  const changes = await makeEqual(session, scope, target);
  await restorePin(session, scope, { target, by, without: [] });
  const revision = await makeRevision(session, scope, { by, copyOf: target, ...changes });
  // Rolled back once more, it is still to be known what there was before the first time.
  await session.query(
    `insert into rollbacks (organization_id, target, revision, by) values ($1, $2, $3, $4)
    on conflict (organization_id) do update set target = excluded.target, by = excluded.by, since = now()`,
    [organizationIdOf(scope), target, revision, by],
  );
  await session.query(
    `update repositories set state = 'rolled-back', hold = null, reported_sha = null
    where scoped and ${inScope(scope)} and state in ('bound', 'held', 'gated', 'rolled-back')`,
    [organizationIdOf(scope)],
  );
  await recordAct(session, { act: "rolled-back", scope, by, details: { target, revision } });
  return { revision, ...changes };
}

/**
 * Ends a rollback. What repositories that feed the scope brought is left to their next syncs, which bring it to their
 * heads; what no sync would put right, as nobody feeds it any more, is made what it was before the rollback, without what an
 * operator purged since. Throws `Fault` `nothing-rolled-back`.
 */
export async function endRollback(
  entityManager: EntityManager,
  granted: WritableScope,
  by: string,
): Promise<RollbackOutcome> {
  const { scope } = granted;
  const session = scopedSession(entityManager, granted);
  await lockScope(session, scope);
  await keepHistory(session, scope);
  const rollback = await readRollback(session, scope);
  if (rollback === null) {
    throw new Fault("nothing-rolled-back", `"${scopeSlug(scope)}" is not rolled back: it follows its repositories`);
  }
  const before = rollback.revision - 1;
  const pin = await readPin(session, scope);
  const { purged } = rollback;
  const changes = await makeEqual(session, scope, before, { which: nobodyFeeds(scope), without: purged });
  if (pin === null || !pin.ownerFeeds) await restorePin(session, scope, { target: before, by, without: purged });
  const isChanged = changes.upserts.length + changes.deletes.length > 0 || !samePin(pin, await readPin(session, scope));
  const latest = await latestRevision(session, scope);
  const revision = isChanged ? await makeRevision(session, scope, { by, ...changes }) : latest;
  await session.query(`delete from rollbacks where ${inScope(scope)}`, [organizationIdOf(scope)]);
  await session.query(
    `update repositories set state = 'bound', reported_sha = null
    where scoped and ${inScope(scope)} and state = 'rolled-back'`,
    [organizationIdOf(scope)],
  );
  await recordAct(session, { act: "rollback-ended", scope, by, details: { target: rollback.target, revision } });
  return { revision, ...changes };
}

/** The condition on a row of files whose repository does not feed the scope, so that no sync looks at it. */
function nobodyFeeds(scope: Scope): string {
  return `not exists (select from repositories r where r.id = f.repository_id and r.scoped and r.state <> 'detached'
    and ${inScope(scope).replaceAll("organization_id", "r.organization_id")})`;
}

interface Equalising {
  /** A condition on the rows `f`: those to be made equal. Default: all. */
  readonly which?: string;
  /** Repositories that are taken never to have brought anything. */
  readonly without?: readonly number[];
}

/** Makes live files what they were at a revision, with their repositories, as the revision after the latest one. */
async function makeEqual(
  session: ScopedSession,
  scope: Scope,
  target: number,
  { which = "true", without = [] }: Equalising = {},
): Promise<Pick<RollbackOutcome, "upserts" | "deletes">> {
  const columns = "path, entity_type, content_hash, git_sha, repository_id";
  const rows = await session.query<{ path: RollbackOutcome["deletes"][number]; was: boolean; is: boolean }>(
    `with was as (
      select * from (${filesAtSql(scope, columns, "$2")}) f where repository_id is null or repository_id <> all ($3::bigint[])),
    live as (select ${columns} from workspace_files where ${inScope(scope)}),
    chosen as (select path from was f where ${which} union select path from live f where ${which})
    select path, was.content_hash is not null as was, live.content_hash is not null as is
    from chosen left join was using (path) left join live using (path)
    where (was.entity_type, was.content_hash, was.git_sha, was.repository_id)
      is distinct from (live.entity_type, live.content_hash, live.git_sha, live.repository_id)
    order by path`,
    [organizationIdOf(scope), target, without],
  );
  const paths = (kept: (row: (typeof rows)[number]) => boolean) => rows.filter(kept).map(({ path }) => path);
  const revision = (await latestRevision(session, scope)) + 1;
  const replaced = paths(({ is }) => is);
  const upserts = paths(({ was }) => was);
  await moveToHistory(session, scope, replaced, revision);
  await deleteFiles(session, scope, replaced);
  await session.query(
    `insert into workspace_files
      (organization_id, path, entity_type, content, content_hash, git_sha, size_bytes, repository_id, revision)
    select organization_id, path, entity_type, content, content_hash, git_sha, size_bytes, repository_id, $4
    from workspace_file_history
    where ${inScope(scope)} and path = any($2::text[]) and valid_from <= $3 and valid_until > $3`,
    [organizationIdOf(scope), upserts, target, revision],
  );
  return { upserts, deletes: paths(({ was }) => !was) };
}

async function makeRevision(
  session: ScopedSession,
  scope: Scope,
  {
    by,
    copyOf,
    upserts,
    deletes,
  }: Omit<RollbackOutcome, "revision"> & { readonly by: string; readonly copyOf?: number },
): Promise<number> {
  const revision = (await latestRevision(session, scope)) + 1;
  await recordRevision(session, scope, revision, {
    kind: "rollback",
    repositoryId: null,
    commit: null,
    author: by,
    committedAt: null,
    upserts: upserts.length,
    deletes: deletes.length,
    ...(copyOf !== undefined && { copyOf }),
  });
  return revision;
}

interface PinRestoring extends Required<Pick<Equalising, "without">> {
  readonly target: number;
  readonly by: string;
}

/** Makes an organisation's pin what it was at one of its revisions. */
async function restorePin(session: ScopedSession, scope: Scope, { target, by, without }: PinRestoring): Promise<void> {
  if (scope.kind === "global") return;
  const [row] = await session.query<{ pin: Stored<Pin> | null }>(
    "select pin from revisions where organization_id = $1 and number = $2",
    [scope.id, target],
  );
  const was = row?.pin && !without.includes(row.pin.repositoryId) ? row.pin : null;
  const is = await readPin(session, scope);
  const isRestored = (fact: "revision" | "release" | "until" | "repositoryId") => is?.[fact] === was?.[fact];
  if ((["revision", "release", "until", "repositoryId"] as const).every(isRestored)) return;
  if (was === null) {
    await deletePin(session, scope, { by });
    return;
  }
  await keepHistory(session, globalScope);
  await requireKept(session, globalScope, was.revision);
  // Also where only its owner is another: whose file has a say goes with it.
  await writePin(session, scope, { ...was, since: is !== null && samePin(is, was) ? is.since : new Date() });
  const details = { revision: was.revision, release: was.release, from: is?.revision ?? null };
  await recordAct(session, { act: "pinned", scope, by, details });
}

function samePin(one: Pick<Pin, "revision"> | null, other: Pick<Pin, "revision"> | null): boolean {
  return one?.revision === other?.revision;
}
