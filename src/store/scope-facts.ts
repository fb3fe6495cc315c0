// What a list of scopes tells of each of them: where it is and how its repositories stand. Nobody's files.
import type { EntityManager } from "@mikro-orm/postgresql";
import { globalScope, type OrganizationId, scopeOf } from "../workspace/scope.ts";
import { organizationIdOf } from "./scope-rows.ts";
import { everyScopeSession, scopesSession } from "./session.ts";
import type { Registry } from "./store.ts";

/** The part of the registry that lists scopes. `begin` gives an entity manager for one call. */
export function scopeFactsRegistry(begin: () => EntityManager): Pick<Registry, "scopeFacts"> {
  return {
    scopeFacts: async ({ of, search, limit, offset }) => {
      const ids = of?.flatMap((scope) => organizationIdOf(scope) ?? []) ?? null;
      const withGlobal = of === undefined || of.some(({ kind }) => kind === "global");
      const session =
        of === undefined ? everyScopeSession(begin(), "a page of all scopes") : scopesSession(begin(), of);
      const rows = await session.query<FactsRow>(query, [ids, withGlobal, search.toLowerCase(), limit, offset]);
      const items = rows.flatMap(({ slug, ...row }) => {
        if (slug === null) return [];
        return {
          scope: row.id === null ? globalScope : scopeOf({ id: row.id as OrganizationId, slug }),
          name: row.name,
          revision: row.revision,
          changedAt: row.changed_at === null ? null : new Date(row.changed_at),
          repositories: Number(row.repositories),
          stuck: Number(row.stuck),
          pin: row.pin,
          rolledBackTo: row.rolled_back_to,
        };
      });
      return { items, total: Number(rows[0]?.total ?? 0) };
    },
  };
}

interface FactsRow {
  readonly total: string;
  readonly id: string | null;
  /** Null in the one row that only tells how many there are. */
  readonly slug: string | null;
  readonly name: string;
  readonly revision: number;
  /** Postgres's text of it. */
  readonly changed_at: string | null;
  readonly repositories: string;
  readonly stuck: string;
  readonly pin: number | null;
  readonly rolled_back_to: number | null;
}

// Global is the row without an id. A page is cut out before anything is looked up for it; each scope's last revision is one
// step into an index, which takes two texts, as no index answers `is not distinct from`.
const query = `with scopes as (
    select null::uuid as id, 'global' as slug, 'Global' as name where $2::boolean
    union all
    select id, slug, name from organizations where $1::uuid[] is null or id = any($1::uuid[])
  ), found as (
    select * from scopes where strpos(lower(slug), $3) > 0 or strpos(lower(name), $3) > 0
  ), page as (
    select * from found order by (id is not null), slug limit $4 offset $5
  ), standing as (
    select organization_id, count(*) as repositories, count(*) filter (where state <> 'bound') as stuck
    from repositories where scoped group by organization_id
  )
  select t.total, page.id, page.slug, page.name, coalesce(latest.number, 0) as revision, latest.created_at as changed_at,
    coalesce(standing.repositories, 0) as repositories, coalesce(standing.stuck, 0) as stuck, pins.revision as pin,
    rollbacks.target as rolled_back_to
  from (select count(*) as total from found) t
  left join page on true
  left join lateral (
    (select number, created_at from revisions where organization_id = page.id order by number desc limit 1)
    union all
    (select number, created_at from revisions where page.id is null and organization_id is null order by number desc limit 1)
  ) latest on true
  left join standing on standing.organization_id is not distinct from page.id
  left join pins on pins.organization_id = page.id
  left join rollbacks on rollbacks.organization_id is not distinct from page.id
  order by (page.id is not null), page.slug`;
