// Grants: who allowed which repository or account to feed which scope. Whether one suffices is `workspace/grant.ts`'s to say.

import { randomUUID } from "node:crypto";
import type { EntityManager, FilterQuery } from "@mikro-orm/postgresql";
import type { Grant } from "../workspace/grant.ts";
import type { Scope } from "../workspace/scope.ts";
import { type Act, recorded } from "./audit.ts";
import { GrantRow } from "./entities.ts";
import { organizationSlugs } from "./organizations.ts";
import { organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { registrySession } from "./session.ts";
import type { Registry } from "./store.ts";

type Grants = Pick<Registry, "grantsFor" | "grants" | "grantList" | "addGrant" | "removeGrant">;

/** A 64-bit id as MikroORM gives it or, as text, the driver. */
type Id = number | string | null | undefined;

interface GrantedRow {
  readonly organization_id: string | null;
  readonly repository_id: string | null;
  readonly account_id: string | null;
  readonly slug: string | null;
}

interface ListedRow extends GrantedRow {
  readonly target: string | null;
  readonly granted_by: string;
  readonly created_at: string | Date;
}

/** The part of the registry that knows grants. `begin` gives an entity manager for one call. */
export function grantRegistry(begin: () => EntityManager): Grants {
  const find = async (where: FilterQuery<GrantRow>): Promise<Grant[]> => {
    const entityManager = begin();
    const rows = await entityManager.find(GrantRow, where, { orderBy: { createdAt: "asc", id: "asc" } });
    const slugs = await organizationSlugs(
      entityManager,
      rows.map((row) => row.organizationId),
    );
    return rows.flatMap((row) => fromRow(row, slugs));
  };
  return {
    grants: () => find({}),

    grantList: async (scope) => {
      const rows = await registrySession(begin()).query<ListedRow>(
        `select g.organization_id, g.repository_id, g.account_id, g.granted_by, g.created_at, o.slug,
          coalesce(r.owner || '/' || r.name, known.login || '/*') as target
        from grants g left join organizations o on o.id = g.organization_id
        left join repositories r on r.id = g.repository_id
        left join lateral (
          select account_login as login from installations i where i.account_id = g.account_id
          order by removed_at is null desc, id desc limit 1) known on true
        where $1::boolean or g.organization_id is not distinct from $2::uuid
        order by o.slug nulls first, target, g.created_at`,
        [scope === null, scope && organizationIdOf(scope)],
      );
      return rows.flatMap((row) => {
        const { organization_id: id, slug, target, granted_by: by, created_at: at } = row;
        const slugs = new Map(id !== null && slug !== null ? [[id, slug]] : []);
        const [grant] = grantOf(scopeFromRow(id, slugs), row.repository_id, row.account_id);
        return grant === undefined ? [] : [{ grant, target, by, at: new Date(at) }];
      });
    },

    grantsFor: async ({ id, accountId }) => {
      // In one statement: each sync and each check asks.
      const rows = await registrySession(begin()).query<GrantedRow>(
        `select g.organization_id, g.repository_id, g.account_id, o.slug from grants g
        left join organizations o on o.id = g.organization_id
        where g.repository_id = $1 or g.account_id = $2 order by g.created_at, g.id`,
        [id, accountId],
      );
      return rows.flatMap(({ organization_id, slug, repository_id, account_id }) => {
        const slugs = new Map(organization_id !== null && slug !== null ? [[organization_id, slug]] : []);
        return grantOf(scopeFromRow(organization_id, slugs), repository_id, account_id);
      });
    },

    addGrant: (grant, by) =>
      recorded(begin(), async (session, record) => {
        const added = await session.query(
          `insert into grants (id, organization_id, repository_id, account_id, granted_by) values ($1, $2, $3, $4, $5)
          on conflict do nothing returning id`,
          [randomUUID(), ...keyOf(grant), by],
        );
        // Whoever is let in was not refused.
        await session.query(
          `delete from grant_refusals where organization_id is not distinct from $1::uuid
            and repository_id in (select id from repositories where id = $2::bigint or account_id = $3::bigint)`,
          keyOf(grant),
        );
        if (added.length > 0) await record(actOn(grant, "granted", by));
        return added.length > 0;
      }),

    removeGrant: (grant, by) =>
      recorded(begin(), async (session, record) => {
        const removed = await session.query(
          `delete from grants where organization_id is not distinct from $1::uuid
            and repository_id is not distinct from $2::bigint and account_id is not distinct from $3::bigint returning id`,
          keyOf(grant),
        );
        if (removed.length > 0) await record(actOn(grant, "revoked", by));
        return removed.length > 0;
      }),
  };
}

function actOn(grant: Grant, act: "granted" | "revoked", by: string): Act {
  const whom =
    grant.kind === "repository" ? { repositoryId: grant.repositoryId } : { details: { accountId: grant.accountId } };
  return { act, scope: grant.scope, ...whom, by };
}

function keyOf(grant: Grant) {
  const organizationId = organizationIdOf(grant.scope);
  return grant.kind === "repository"
    ? ([organizationId, grant.repositoryId, null] as const)
    : ([organizationId, null, grant.accountId] as const);
}

function fromRow(row: GrantRow, slugs: ReadonlyMap<string, string>): Grant[] {
  return grantOf(scopeFromRow(row.organizationId ?? null, slugs), row.repositoryId, row.accountId);
}

function grantOf(scope: Scope, repositoryId: Id, accountId: Id): Grant[] {
  if (repositoryId != null) return [{ kind: "repository", scope, repositoryId: Number(repositoryId) }];
  if (accountId != null) return [{ kind: "account", scope, accountId: Number(accountId) }];
  return [];
}
