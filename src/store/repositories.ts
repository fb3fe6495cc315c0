// Repositories: GitHub's facts as last heard, and where each of them stands. `apply-sync.ts` writes what a sync did.
import type { EntityManager } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import {
  type BindingState,
  type Hold,
  type Repository,
  reportToKeep,
  type SyncReport,
} from "../workspace/repository.ts";
import { globalScope, type OrganizationId, scopeOf, scopeSlug } from "../workspace/scope.ts";
import type { Quota, Trouble, Troubles } from "../workspace/trouble.ts";
import { recorded } from "./audit.ts";
import { RepositoryRow, type Stored } from "./entities.ts";
import { organizationSlugs } from "./organizations.ts";
import { inScope, organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { everyScopeSession, registrySession, type Session, scopedSession } from "./session.ts";
import { isAsStarted, overtaken, startedAs } from "./started-from.ts";
import type { Registry, Served } from "./store.ts";

type Repositories = Pick<
  Registry,
  | "repositories"
  | "repository"
  | "repositoriesOf"
  | "bindings"
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
    repositories: () => findRepositories(registrySession(begin())),

    repository: async (id) => (await findRepositories(registrySession(begin()), "r.id = $1", [id]))[0],

    repositoriesOf: (granted) => {
      const { scope } = granted;
      const ofScope = inScope(scope).replaceAll("organization_id", "r.organization_id");
      return findRepositories(scopedSession(begin(), granted), `r.scoped and ${ofScope}`, [organizationIdOf(scope)]);
    },

    bindings: async (ids) => {
      // Both keys: a repository that went to another account keeps its scope, and not the grant that its owner had.
      const rows = await registrySession(begin()).query<{
        organization_id: string | null;
        slug: string;
        name: string;
        ids: string[];
      }>(
        `select r.organization_id, coalesce(o.slug, 'global') as slug, coalesce(o.name, 'Global') as name,
          array_agg(r.id) as ids
        from repositories r left join organizations o on o.id = r.organization_id
        where r.id = any($1::bigint[]) and r.scoped and r.state <> 'detached' and exists (
          select from grants g where g.organization_id is not distinct from r.organization_id
          and (g.repository_id = r.id or g.account_id = r.account_id))
        group by r.organization_id, o.slug, o.name`,
        [ids],
      );
      return rows.map(({ organization_id: id, slug, name, ids }) => ({
        scope: id === null ? globalScope : scopeOf({ id: id as OrganizationId, slug }),
        name,
        repositoryIds: ids.map(Number),
      }));
    },

    knownRepositories: async (ids) => {
      const rows = await registrySession(begin()).query<{ id: string }>(
        "select id from repositories where id = any($1::bigint[]) and state <> 'detached'",
        [ids],
      );
      return new Set(rows.map(({ id }) => Number(id)));
    },

    repositoryByName: async (owner, name) => {
      const session = registrySession(begin());
      // Names may be out of date, so two rows can claim one: whichever was heard of last has it now.
      const [row] = await session.query<{ id: string }>(
        "select id from repositories where lower(owner) = lower($1) and lower(name) = lower($2) order by updated_at desc limit 1",
        [owner, name],
      );
      return row === undefined ? undefined : (await findRepositories(session, "r.id = $1", [Number(row.id)]))[0];
    },

    saveRepositories: async (repositories) => {
      const latest = [...new Map(repositories.map((facts) => [facts.id, facts])).values()];
      // A repository that comes back, or that now belongs to another account, keeps its scope but not the state `bound`:
      // only a sync, with the grants as they stand by then, makes it feed the scope again. Whoever granted a scope to it
      // trusted the account that had it, so those grants end when it moves.
      await registrySession(begin()).query(
        `with given as (
          select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[],
            $8::boolean[])
            as given (id, installation_id, account_id, owner, name, default_branch, private, archived)
        ), revoked as (
          delete from grants where repository_id in (
            select id from repositories join given using (id) where repositories.account_id <> given.account_id)
          returning organization_id, repository_id
        ), told as (
          insert into audit (act, organization_id, scope, repository_id, repository, by, source, details)
          select 'revoked', g.organization_id,
            coalesce((select slug from organizations o where o.id = g.organization_id), 'global'), g.repository_id,
            (select owner || '/' || name from repositories r where r.id = g.repository_id), 'app', '{"from": "app"}',
            '{"because": "the repository went to another account"}'
          from revoked g
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

    bindRepository: async (repositoryId, granted, from) => {
      const organizationId = organizationIdOf(granted.scope);
      const bound = await recorded(begin(), async (session, record) => {
        const rows = await session.query<{ was_scoped: boolean }>(
          `update repositories r set scoped = true, organization_id = $2, state = 'bound', requested_scope = $3
          from (select scoped as was_scoped from repositories where id = $1 for update) before
          where id = $1 and state <> 'detached' and (not scoped or organization_id is not distinct from $2::uuid)
          returning was_scoped`,
          [repositoryId, organizationId, scopeSlug(granted.scope)],
        );
        // One that comes back to the scope that it had is no news.
        if (rows[0]?.was_scoped === false) await record({ act: "bound", scope: granted.scope, repositoryId, ...from });
        return rows;
      });
      if (bound.length === 0) {
        throw new Fault(
          "binding-changed",
          `Cannot bind repository ${repositoryId} to "${scopeSlug(granted.scope)}" as it is unknown, out of reach, or bound to another scope`,
        );
      }
    },

    rebindRepository: (repositoryId, granted, by) =>
      recorded(begin(), async (session, record) => {
        const rebound = await session.query(
          `update repositories set scoped = true, organization_id = $2, requested_scope = $3,
            state = case when state = 'detached' then state else 'bound' end,
            synced_sha = null, reported_sha = null, hold = null
          where id = $1 returning id`,
          [repositoryId, organizationIdOf(granted.scope), scopeSlug(granted.scope)],
        );
        if (rebound.length > 0) await record({ act: "rebound", scope: granted.scope, repositoryId, by });
        return rebound.length > 0;
      }),

    recordStop: async (repositoryId, { startedFrom, state, requestedScope, requestedSha = null, report, hold }) => {
      // An operator may have agreed while the sync was looking: that must not be lost to what it found before.
      const recorded = await registrySession(begin()).query(
        `update repositories set state = $2, requested_scope = $3, last_sync = $4::jsonb,
          requested_sha = $7::text,
          requested_at = case
            when $7::text is null then null
            when requested_scope = $3 and coalesce(requested_sha, $7) = $7 then coalesce(requested_at, now())
            else now() end,
          hold = case
            when hold ->> 'commit' = $5::jsonb ->> 'commit' and hold ->> 'approvedBy' is not null
              and hold -> 'deletes' >= $5::jsonb -> 'deletes' then hold
            else $5::jsonb end
        where id = $1 and state <> 'detached' and ${isAsStarted("$6")} returning id`,
        [
          repositoryId,
          state,
          requestedScope,
          JSON.stringify(reportToKeep(report)),
          hold === undefined ? null : JSON.stringify(hold),
          startedAs(startedFrom),
          requestedSha,
        ],
      );
      if (recorded.length === 0) throw overtaken(repositoryId);
    },

    approveHold: (repositoryId, commit, by) =>
      recorded(begin(), async (session, record) => {
        const [approved] = await session.query<{
          scoped: boolean;
          organization_id: string | null;
          slug: string | null;
        }>(
          `update repositories r set hold = jsonb_set(hold, '{approvedBy}', to_jsonb($3::text))
          where id = $1 and state = 'held' and hold ->> 'commit' = $2
          returning scoped, organization_id, (select slug from organizations o where o.id = r.organization_id)`,
          [repositoryId, commit, by],
        );
        if (approved === undefined) return false;
        const { scoped, organization_id: id, slug } = approved;
        const slugs = new Map(id !== null && slug !== null ? [[id, slug]] : []);
        await record({
          act: "approved",
          scope: scoped ? scopeFromRow(id, slugs) : null,
          repositoryId,
          by,
          details: { commit },
        });
        return true;
      }),

    recordWanted: async (repositoryId, commit) => {
      await registrySession(begin()).query("update repositories set wanted_sha = $2 where id = $1", [
        repositoryId,
        commit,
      ]);
    },

    recordWantedHeads: async (commits) => {
      await registrySession(begin()).query(
        `update repositories r set wanted_sha = given.commit
        from unnest($1::bigint[], $2::text[]) as given (id, commit)
        where r.id = given.id and r.id in (
          select id from repositories where id = any($1::bigint[]) order by id for no key update skip locked)`,
        [[...commits.keys()], [...commits.values()]],
      );
    },

    recordTrouble: async (repositoryId, work, trouble) => {
      // Most tries go well after one that went well, and then there is nothing to write.
      await registrySession(begin()).query(
        trouble === null
          ? "update repositories set troubles = troubles - $2::text where id = $1 and troubles ? $2::text"
          : "update repositories set troubles = jsonb_set(troubles, array[$2::text], $3::jsonb) where id = $1",
        trouble === null ? [repositoryId, work] : [repositoryId, work, JSON.stringify(trouble)],
      );
    },

    recordQuota: async (installationId, quota) => {
      await registrySession(begin()).query("update installations set quota = $2::jsonb where id = $1", [
        installationId,
        JSON.stringify(quota),
      ]);
    },

    conflicted: async (granted) => {
      const rows = await scopedSession(begin(), granted).query<{ id: string }>(
        `select id from repositories where state = 'bound' and scoped and organization_id is not distinct from $1
          and last_sync->'diagnostics' @> '[{"code": "path-conflict"}]' order by id`,
        [organizationIdOf(granted.scope)],
      );
      return rows.map(({ id }) => Number(id));
    },

    served: async (repositoryId) => {
      const entityManager = begin();
      const rows = await everyScopeSession(entityManager, "everything that a repository brought").query<ServedRow>(
        // What a rollback took out and its end brings back is of the revision before it.
        `select organization_id, count(path)::int as files, bool_or(pins) as pins, bool_or(returns) as returns from (
          select organization_id, path, false as pins, false as returns from workspace_files where repository_id = $1
          union all select organization_id, null, true, false from pins where repository_id = $1
          union all select b.organization_id, null, false, true from rollbacks b where $1::bigint <> all (b.purged) and (
            exists (select from workspace_file_history h where h.organization_id is not distinct from b.organization_id
              and h.repository_id = $1 and h.valid_from < b.revision and h.valid_until >= b.revision)
            or exists (select from revisions r where r.organization_id = b.organization_id
              and r.number = b.revision - 1 and (r.pin ->> 'repositoryId')::bigint = $1))) brought
        group by organization_id order by organization_id nulls first`,
        [repositoryId],
      );
      const slugs = await organizationSlugs(
        entityManager,
        rows.map((row) => row.organization_id),
      );
      return rows.map(({ organization_id, ...row }) => ({ scope: scopeFromRow(organization_id, slugs), ...row }));
    },

    recordReported: async (repositoryId, commit) => {
      await registrySession(begin()).query("update repositories set reported_sha = $2 where id = $1", [
        repositoryId,
        commit,
      ]);
    },
  };
}

interface ServedRow extends Omit<Served, "scope"> {
  readonly organization_id: string | null;
}

interface FoundRow {
  readonly id: string;
  readonly installation_id: string;
  readonly account_id: string;
  readonly owner: string;
  readonly name: string;
  readonly default_branch: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly state: BindingState;
  readonly scoped: boolean;
  readonly organization_id: string | null;
  readonly slug: string | null;
  readonly requested_scope: string | null;
  readonly wanted_sha: string | null;
  readonly synced_sha: string | null;
  readonly synced_at: string | Date | null;
  readonly reported_sha: string | null;
  readonly last_sync: SyncReport | null;
  readonly hold: Stored<Hold> | null;
  readonly troubles: Stored<Troubles>;
  readonly quota: Stored<Quota> | null;
  readonly suspended: boolean | null;
}

/** Repositories with what their rows refer to: in one statement, as each job begins with it. The condition is on `r`. */
async function findRepositories(
  session: Session,
  condition = "true",
  values: readonly unknown[] = [],
): Promise<Repository[]> {
  const rows = await session.query<FoundRow>(
    `select r.*, o.slug, i.quota, i.suspended from repositories r
    left join organizations o on o.id = r.organization_id
    left join installations i on i.id = r.installation_id
    where ${condition} order by r.owner, r.name, r.id`,
    values,
  );
  return rows.map(fromRow);
}

function fromRow(row: FoundRow): Repository {
  const slugs = new Map(row.organization_id !== null && row.slug !== null ? [[row.organization_id, row.slug]] : []);
  return {
    id: Number(row.id),
    installationId: Number(row.installation_id),
    accountId: Number(row.account_id),
    owner: row.owner,
    name: row.name,
    defaultBranch: row.default_branch,
    private: row.private,
    archived: row.archived,
    state: row.state,
    scope: row.scoped ? scopeFromRow(row.organization_id, slugs) : null,
    requestedScope: row.requested_scope,
    wantedSha: row.wanted_sha,
    syncedSha: row.synced_sha,
    syncedAt: row.synced_at === null ? null : new Date(row.synced_at),
    reportedSha: row.reported_sha,
    lastSync: row.last_sync,
    hold: row.hold ? holdOf(row.hold) : null,
    troubles: troublesOf(row.troubles),
    quota: quotaOf(row.quota),
    installationSuspended: row.suspended ?? false,
  };
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
