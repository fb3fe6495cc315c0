// Past revisions that are dropped: their files go, what is known of the revisions themselves stays.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { WritableScope } from "../workspace/grant.ts";
import { type Scope, scopeKey } from "../workspace/scope.ts";
import { recordAct } from "./audit.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { everyScopeSession, scopedSession } from "./session.ts";

/** However old they are, the newest ones stay: what a person looks at when something broke just now. */
const newestKept = 20;

/** Revisions of a scope that somebody needs, whatever their age. */
function neededSql(scope: Scope): string {
  const rolledBack = `select unnest(array[target, revision - 1]) from rollbacks where ${inScope(scope)}`;
  if (scope.kind === "organization") return rolledBack;
  // What an organisation that is rolled back was pinned to, it is pinned to again when that ends.
  return `${rolledBack}
    union select revision from pins
    union select revision from releases where revision is not null
    union select (r.pin ->> 'revision')::integer from rollbacks b join revisions r
      on r.organization_id = b.organization_id and r.number in (b.target, b.revision - 1) where r.pin is not null`;
}

/**
 * Drops a scope's revisions from before a moment inside the transaction of `entityManager`, except those that are needed.
 * Gives how many. Alone with the history: whoever is about to need a revision comes before or after.
 */
export async function dropHistory(entityManager: EntityManager, granted: WritableScope, before: Date): Promise<number> {
  const { scope } = granted;
  const session = scopedSession(entityManager, granted);
  await session.query("select pg_advisory_xact_lock(hashtextextended('bifrost:history:' || $1, 0))", [scopeKey(scope)]);
  const organizationId = organizationIdOf(scope);
  const needed = await everyScopeSession(entityManager, "what anybody needs of global's past").query<{
    number: number;
  }>(`select number from (${neededSql(scope)}) needed (number)`, [organizationId]);
  const dropped = await session.query<{ number: number }>(
    `update revisions set dropped_at = now() where ${inScope(scope)} and dropped_at is null
      and created_at < $2::timestamptz
      and number <= (select max(number) from revisions where ${inScope(scope)}) - $3::integer
      and number <> all ($4::integer[])
    returning number`,
    [organizationId, before.toISOString(), newestKept, needed.map(({ number }) => number)],
  );
  if (dropped.length === 0) return 0;
  await session.query(
    `delete from workspace_file_history h where ${inScope(scope)} and not exists (
      select from revisions r where ${inScope(scope).replaceAll("organization_id", "r.organization_id")}
        and r.dropped_at is null and r.number >= h.valid_from and r.number < h.valid_until)`,
    [organizationId],
  );
  const latest = Math.max(...dropped.map(({ number }) => number));
  await recordAct(session, {
    act: "history-dropped",
    scope,
    by: "app",
    details: { revisions: dropped.length, latest, before: before.toISOString() },
  });
  return dropped.length;
}
