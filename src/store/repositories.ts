// Repositories: GitHub's facts as last heard, and where each of them stands. `apply-sync.ts` writes what a sync did.
import type { EntityManager, FilterQuery } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import type { Hold, Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Quota, Trouble, Troubles } from "../workspace/trouble.ts";
import { InstallationRow, RepositoryRow, type Stored } from "./entities.ts";
import { organizationSlugs } from "./organizations.ts";
import { organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { sessionOf } from "./session.ts";
import type { Registry } from "./store.ts";

type Repositories = Pick<
  Registry,
  | "repositories"
  | "repository"
  | "knownRepositories"
  | "repositoryByName"
  | "saveRepositories"
  | "detachRepositories"
  | "bindRepository"
  | "rebindRepository"
  | "recordStop"
  | "approveHold"
  | "recordWanted"
  | "recordWantedHeads"
  | "recordTrouble"
  | "recordQuota"
  | "conflicted"
  | "served"
  | "recordReported"
>;

/** The part of the registry that knows repositories. `begin` gives an entity manager for one call. */
export function repositoryRegistry(begin: () => EntityManager): Repositories {
  return {
    repositories: () => findRepositories(begin(), {}),

    repository: async (id) => (await findRepositories(begin(), { id }))[0],

    knownRepositories: async (ids) => {
      const rows = await sessionOf(begin()).query<{ id: string }>(
        "select id from repositories where id = any($1::bigint[]) and state <> 'detached'",
        [ids],
      );
      return new Set(rows.map(({ id }) => Number(id)));
    },

    repositoryByName: async (owner, name) => {
      const entityManager = begin();
      // Names may be out of date, so two rows can claim one: whichever was heard of last has it now.
      const [row] = await sessionOf(entityManager).query<{ id: string }>(
        "select id from repositories where lower(owner) = lower($1) and lower(name) = lower($2) order by updated_at desc limit 1",
        [owner, name],
      );
      return row === undefined ? undefined : (await findRepositories(entityManager, { id: Number(row.id) }))[0];
    },

    saveRepositories: async (repositories) => {
      const latest = [...new Map(repositories.map((facts) => [facts.id, facts])).values()];
      // A repository that comes back, or that now belongs to another account, keeps its scope but not the state `bound`:
      // only a sync, with the grants as they stand by then, makes it feed the scope again. Whoever granted a scope to it
      // trusted the account that had it, so those grants end when it moves.
      await sessionOf(begin()).query(
        `with given as (
          select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[],
            $8::boolean[])
            as given (id, installation_id, account_id, owner, name, default_branch, private, archived)
        ), revoked as (
          delete from grants where repository_id in (
            select id from repositories join given using (id) where repositories.account_id <> given.account_id)
        )
        insert into repositories (id, installation_id, account_id, owner, name, default_branch, private, archived)
        select * from given
        on conflict (id) do update set
          state = case
            when repositories.state = 'detached' or repositories.account_id <> excluded.account_id then 'unbound'
            else repositories.state end,
          installation_id = excluded.installation_id, account_id = excluded.account_id, owner = excluded.owner,
          name = excluded.name, default_branch = excluded.default_branch, private = excluded.private,
          archived = excluded.archived, updated_at = now()`,
        [
          latest.map(({ id }) => id),
          latest.map(({ installationId }) => installationId),
          latest.map(({ accountId }) => accountId),
          latest.map(({ owner }) => owner),
          latest.map(({ name }) => name),
          latest.map(({ defaultBranch }) => defaultBranch),
          latest.map((facts) => facts.private),
          latest.map(({ archived }) => archived),
        ],
      );
    },

    detachRepositories: async (repositoryIds) => {
      // What waited for an operator waits no more: whatever the repository holds when it comes back is looked at anew.
      await begin().nativeUpdate(RepositoryRow, { id: { $in: [...repositoryIds] } }, { state: "detached", hold: null });
    },

    bindRepository: async (repositoryId, granted) => {
      const organizationId = organizationIdOf(granted.scope);
      const bound = await sessionOf(begin()).query(
        `update repositories set scoped = true, organization_id = $2, state = 'bound', requested_scope = $3
        where id = $1 and (not scoped or organization_id is not distinct from $2::uuid) returning id`,
        [repositoryId, organizationId, scopeSlug(granted.scope)],
      );
      if (bound.length === 0) {
        throw new Fault(
          "binding-changed",
          `Cannot bind repository ${repositoryId} to "${scopeSlug(granted.scope)}" as it is unknown or bound to another scope`,
        );
      }
    },

    rebindRepository: async (repositoryId, granted) => {
      const rebound = await sessionOf(begin()).query(
        `update repositories set scoped = true, organization_id = $2, state = 'bound', requested_scope = $3,
          synced_sha = null, reported_sha = null, hold = null
        where id = $1 returning id`,
        [repositoryId, organizationIdOf(granted.scope), scopeSlug(granted.scope)],
      );
      return rebound.length > 0;
    },

    recordStop: async (repositoryId, { state, requestedScope, report, hold }) => {
      // An operator may have agreed while the sync was looking: that must not be lost to what it found before.
      await sessionOf(begin()).query(
        `update repositories set state = $2, requested_scope = $3, last_sync = $4::jsonb,
          hold = case
            when hold ->> 'commit' = $5::jsonb ->> 'commit' and hold ->> 'approvedBy' is not null
              and hold -> 'deletes' >= $5::jsonb -> 'deletes' then hold
            else $5::jsonb end
        where id = $1`,
        [repositoryId, state, requestedScope, JSON.stringify(report), hold === undefined ? null : JSON.stringify(hold)],
      );
    },

    approveHold: async (repositoryId, commit, by) => {
      const approved = await sessionOf(begin()).query(
        `update repositories set hold = jsonb_set(hold, '{approvedBy}', to_jsonb($3::text))
        where id = $1 and state = 'held' and hold ->> 'commit' = $2 returning id`,
        [repositoryId, commit, by],
      );
      return approved.length > 0;
    },

    recordWanted: async (repositoryId, commit) => {
      await begin().nativeUpdate(RepositoryRow, { id: repositoryId }, { wantedSha: commit });
    },

    recordWantedHeads: async (commits) => {
      await sessionOf(begin()).query(
        `update repositories r set wanted_sha = given.commit
        from unnest($1::bigint[], $2::text[]) as given (id, commit)
        where r.id = given.id and r.id in (
          select id from repositories where id = any($1::bigint[]) order by id for no key update skip locked)`,
        [[...commits.keys()], [...commits.values()]],
      );
    },

    recordTrouble: async (repositoryId, work, trouble) => {
      // Most tries go well after one that went well, and then there is nothing to write.
      await sessionOf(begin()).query(
        trouble === null
          ? "update repositories set troubles = troubles - $2::text where id = $1 and troubles ? $2::text"
          : "update repositories set troubles = jsonb_set(troubles, array[$2::text], $3::jsonb) where id = $1",
        trouble === null ? [repositoryId, work] : [repositoryId, work, JSON.stringify(trouble)],
      );
    },

    recordQuota: async (installationId, quota) => {
      await sessionOf(begin()).query("update installations set quota = $2::jsonb where id = $1", [
        installationId,
        JSON.stringify(quota),
      ]);
    },

    conflicted: async ({ scope }) => {
      const rows = await sessionOf(begin()).query<{ id: string }>(
        `select id from repositories where state = 'bound' and scoped and organization_id is not distinct from $1
          and last_sync->'diagnostics' @> '[{"code": "path-conflict"}]' order by id`,
        [organizationIdOf(scope)],
      );
      return rows.map(({ id }) => Number(id));
    },

    served: async (repositoryId) => {
      const entityManager = begin();
      const rows = await sessionOf(entityManager).query<{ organization_id: string | null; files: number }>(
        `select organization_id, count(*)::int as files from workspace_files where repository_id = $1
        group by organization_id order by organization_id nulls first`,
        [repositoryId],
      );
      const slugs = await organizationSlugs(
        entityManager,
        rows.map((row) => row.organization_id),
      );
      return rows.map(({ organization_id, files }) => ({ scope: scopeFromRow(organization_id, slugs), files }));
    },

    recordReported: async (repositoryId, commit) => {
      await begin().nativeUpdate(RepositoryRow, { id: repositoryId }, { reportedSha: commit });
    },
  };
}

async function findRepositories(
  entityManager: EntityManager,
  where: FilterQuery<RepositoryRow>,
): Promise<Repository[]> {
  const rows = await entityManager.find(RepositoryRow, where, { orderBy: { owner: "asc", name: "asc", id: "asc" } });
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map(({ installationId }) => installationId))];
  const found = await entityManager.find(InstallationRow, { id: { $in: ids } });
  const installations = new Map(found.map((row) => [row.id, row]));
  const slugs = await organizationSlugs(
    entityManager,
    rows.map((row) => row.organizationId),
  );
  return rows.map(({ scoped, organizationId, updatedAt: _, ...row }) => ({
    ...row,
    scope: scoped ? scopeFromRow(organizationId ?? null, slugs) : null,
    requestedScope: row.requestedScope ?? null,
    syncedSha: row.syncedSha ?? null,
    syncedAt: row.syncedAt ?? null,
    reportedSha: row.reportedSha ?? null,
    lastSync: row.lastSync ?? null,
    wantedSha: row.wantedSha ?? null,
    hold: row.hold ? holdOf(row.hold) : null,
    troubles: troublesOf(row.troubles),
    quota: quotaOf(installations.get(row.installationId)?.quota),
    installationSuspended: installations.get(row.installationId)?.suspended ?? false,
  }));
}

function holdOf(stored: Stored<Hold>): Hold {
  return { ...stored, since: new Date(stored.since) };
}

function troublesOf({ sync, check }: Stored<Troubles>): Troubles {
  return { ...(sync && { sync: troubleOf(sync) }), ...(check && { check: troubleOf(check) }) };
}

function troubleOf(stored: Stored<Trouble>): Trouble {
  return {
    ...stored,
    at: new Date(stored.at),
    waitUntil: stored.waitUntil === null ? null : new Date(stored.waitUntil),
  };
}

function quotaOf(stored: Stored<Quota> | null | undefined): Quota | null {
  return stored ? { ...stored, resetAt: new Date(stored.resetAt), seenAt: new Date(stored.seenAt) } : null;
}
