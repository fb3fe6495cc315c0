// The record of acts. It is only ever added to, which the database itself sees to, and always in the act's transaction.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { AuditAct, AuditRecord } from "../workspace/audit.ts";
import { type Scope, scopeSlug } from "../workspace/scope.ts";
import { organizationIdOf } from "./scope-rows.ts";
import { everyScopeSession, registrySession, type Session, scopesSession } from "./session.ts";
import type { Registry } from "./store.ts";

export interface Act {
  readonly act: AuditAct;
  readonly scope: Scope | null;
  readonly repositoryId?: number;
  /**
   * `cli:` and what an operator's machine says of them, `github:` and the login of whoever pressed a button, `dashboard:`
   * and the login of whoever had signed in, or the author of a commit; left out: whoever pushed the ref.
   */
  readonly by?: string;
  /** The commit, or the ref, that brought it about: by it the delivery is found that told of it. */
  readonly commit?: string;
  readonly ref?: string;
  readonly details?: AuditRecord["details"];
}

/** Records an act on the connection of the act's own transaction, whatever its session reaches. */
export async function recordAct(
  session: Session,
  { act, scope, repositoryId, by, commit, ref, details = {} }: Act,
): Promise<void> {
  await session.registry.query(
    `with told as (
      select guid, sender from deliveries where repository_id = $4::bigint and (commit_sha = $6 or ref = $7)
      order by received_at desc, guid limit 1)
    insert into audit (act, organization_id, scope, repository_id, repository, by, source, details)
    values ($1, $2::uuid, $3, $4::bigint, (select owner || '/' || name from repositories where id = $4::bigint),
      coalesce($5::text, (select sender from told), 'app'),
      case when $5::text like 'cli:%' then jsonb_build_object('from', 'command-line', 'claims', substr($5::text, 5))
      when $5::text like 'github:%' then jsonb_build_object('from', 'github', 'login', substr($5::text, 8))
      when $5::text like 'dashboard:%' then jsonb_build_object('from', 'dashboard', 'login', substr($5::text, 11))
      else coalesce(
        (select jsonb_build_object('from', 'webhook', 'delivery', guid, 'sender', sender) from told),
        '{"from": "app"}') end,
      $8::jsonb)`,
    [
      act,
      scope && organizationIdOf(scope),
      scope && scopeSlug(scope),
      repositoryId ?? null,
      by ?? null,
      commit ?? null,
      ref ?? null,
      JSON.stringify(details),
    ],
  );
}

/** Does something and records it in one transaction, within one that is open where there is one. */
export function recorded<T>(
  entityManager: EntityManager,
  work: (session: Session, record: (act: Act) => Promise<void>) => Promise<T>,
): Promise<T> {
  return entityManager.transactional((inner) => {
    const session = registrySession(inner);
    return work(session, (act) => recordAct(session, act));
  });
}

interface AuditRow extends Omit<AuditRecord, "id" | "at" | "repositoryId"> {
  readonly id: string;
  readonly at: string | Date;
  readonly repository_id: string | null;
}

/** The part of the registry that reads the record. `begin` gives an entity manager for one call. */
export function auditReader(begin: () => EntityManager): Pick<Registry, "audit"> {
  return {
    audit: async ({ scope, limit, before }) => {
      const session =
        scope === null ? everyScopeSession(begin(), "the record of all acts") : scopesSession(begin(), [scope]);
      const rows = await session.query<AuditRow>(
        `select * from audit where ($1::text is null or scope = $1 or organization_id::text = $2)
          and ($4::bigint is null or id < $4)
        order by id desc limit $3`,
        [scope && scopeSlug(scope), scope && organizationIdOf(scope), limit, before ?? null],
      );
      return rows.map((row) => ({
        id: Number(row.id),
        at: new Date(row.at),
        act: row.act,
        scope: row.scope,
        repositoryId: row.repository_id === null ? null : Number(row.repository_id),
        repository: row.repository,
        by: row.by,
        source: row.source,
        details: row.details,
      }));
    },
  };
}
