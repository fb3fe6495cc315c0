// Repositories: GitHub's facts as last heard, and where each of them stands. `apply-sync.ts` writes what a sync did.
import type { EntityManager, FilterQuery } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { InstallationRow, RepositoryRow } from "./entities.ts";
import { organizationSlugs } from "./organizations.ts";
import { organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { sessionOf } from "./session.ts";
import type { Registry } from "./store.ts";

type Repositories = Pick<
  Registry,
  | "repositories"
  | "repository"
  | "repositoryByName"
  | "saveRepositories"
  | "detachRepositories"
  | "bindRepository"
  | "rebindRepository"
  | "recordStop"
  | "recordReported"
>;

/** The part of the registry that knows repositories. `begin` gives an entity manager for one call. */
export function repositoryRegistry(begin: () => EntityManager): Repositories {
  return {
    repositories: () => findRepositories(begin(), {}),

    repository: async (id) => (await findRepositories(begin(), { id }))[0],

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
      // only a sync, with the grants as they stand by then, makes it feed the scope again.
      await sessionOf(begin()).query(
        `insert into repositories
          (id, installation_id, account_id, owner, name, default_branch, private, archived)
        select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[],
          $8::boolean[])
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
      await begin().nativeUpdate(RepositoryRow, { id: { $in: [...repositoryIds] } }, { state: "detached" });
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
          synced_sha = null, reported_sha = null
        where id = $1 returning id`,
        [repositoryId, organizationIdOf(granted.scope), scopeSlug(granted.scope)],
      );
      return rebound.length > 0;
    },

    recordStop: async (repositoryId, { state, requestedScope, report }) => {
      await begin().nativeUpdate(RepositoryRow, { id: repositoryId }, { state, requestedScope, lastSync: report });
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
  const suspended = await entityManager.find(InstallationRow, { suspended: true });
  const suspendedIds = new Set(suspended.map(({ id }) => id));
  const slugs = await organizationSlugs(entityManager);
  return rows.map(({ scoped, organizationId, updatedAt: _, ...row }) => ({
    ...row,
    scope: scoped ? scopeFromRow(organizationId ?? null, slugs) : null,
    requestedScope: row.requestedScope ?? null,
    syncedSha: row.syncedSha ?? null,
    syncedAt: row.syncedAt ?? null,
    reportedSha: row.reportedSha ?? null,
    lastSync: row.lastSync ?? null,
    installationSuspended: suspendedIds.has(row.installationId),
  }));
}
