// Requests for a scope, refusals of them, and how far syncs have come.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { GrantRefusal, GrantRequest } from "../workspace/grant-request.ts";
import type { SyncProgress } from "../workspace/progress.ts";
import { recorded } from "./audit.ts";
import { organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { registrySession } from "./session.ts";
import type { Registry } from "./store.ts";

type Requests = Pick<Registry, "grantRequests" | "refusalOf" | "refuseGrant" | "saveProgress" | "progressOf">;

interface RequestRow {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly default_branch: string;
  readonly commit: string | null;
  readonly requested_at: string | Date | null;
  readonly organization_id: string | null;
  readonly slug: string | null;
  readonly refused_by: string | null;
  readonly refused_at: string | Date | null;
}

/** The condition that a repository, as `r`, asks for the organisation `o`, or for global where there is none. */
const asksFor = "(o.slug = r.requested_scope or o.id::text = lower(r.requested_scope))";

/** The part of the registry that knows requests. `begin` gives an entity manager for one call. */
export function requestRegistry(begin: () => EntityManager): Requests {
  return {
    grantRequests: async () => {
      const rows = await registrySession(begin()).query<RequestRow>(
        `select r.id, r.owner, r.name, r.private, r.default_branch, r.last_sync ->> 'commit' as commit, r.requested_at,
          o.id as organization_id, o.slug, f.refused_by, f.refused_at
        from repositories r left join organizations o on ${asksFor}
        left join grant_refusals f on f.repository_id = r.id and f.organization_id is not distinct from o.id
          and f.file_sha = r.requested_sha
        where (r.state = 'pending' or (r.state = 'refused' and f.repository_id is not null))
          and (o.id is not null or r.requested_scope = 'global')
        order by r.requested_at nulls first, r.id`,
      );
      return rows.map(fromRow);
    },

    refusalOf: async (repositoryId, scope) => {
      const [row] = await registrySession(begin()).query<{
        file_sha: string;
        refused_by: string;
        refused_at: string | Date;
      }>(
        `select file_sha, refused_by, refused_at from grant_refusals
        where repository_id = $1 and organization_id is not distinct from $2::uuid`,
        [repositoryId, organizationIdOf(scope)],
      );
      return (
        row && ({ fileSha: row.file_sha, by: row.refused_by, at: new Date(row.refused_at) } satisfies GrantRefusal)
      );
    },

    refuseGrant: ({ scope }, repositoryId, by) =>
      recorded(begin(), async (session, record) => {
        const refused = await session.query(
          `insert into grant_refusals (repository_id, organization_id, file_sha, refused_by)
          select r.id, $2::uuid, r.requested_sha, $3 from repositories r left join organizations o on ${asksFor}
          where r.id = $1 and r.state = 'pending' and r.requested_sha is not null
            and o.id is not distinct from $2::uuid and (o.id is not null or r.requested_scope = 'global')
          on conflict (repository_id, organization_id) do update
            set file_sha = excluded.file_sha, refused_by = excluded.refused_by, refused_at = now()
          returning repository_id`,
          [repositoryId, organizationIdOf(scope), by],
        );
        if (refused.length > 0) await record({ act: "grant-refused", scope, repositoryId, by });
        return refused.length > 0;
      }),

    saveProgress: async (repositoryId, progress) => {
      await registrySession(begin()).query(
        progress === null
          ? "delete from sync_progress where repository_id = $1"
          : `insert into sync_progress (repository_id, progress) values ($1, $2::jsonb)
            on conflict (repository_id) do update set progress = excluded.progress`,
        progress === null ? [repositoryId] : [repositoryId, JSON.stringify(progress)],
      );
    },

    progressOf: async (repositoryId) => {
      const [row] = await registrySession(begin()).query<{ progress: SyncProgress }>(
        "select progress from sync_progress where repository_id = $1",
        [repositoryId],
      );
      return row?.progress;
    },
  };
}

function fromRow(row: RequestRow): GrantRequest {
  const { id, owner, name, organization_id, slug, refused_by, refused_at } = row;
  const slugs = new Map(organization_id !== null && slug !== null ? [[organization_id, slug]] : []);
  return {
    repository: { id: Number(id), owner, name, private: row.private, defaultBranch: row.default_branch },
    scope: scopeFromRow(organization_id, slugs),
    commit: row.commit,
    since: row.requested_at === null ? null : new Date(row.requested_at),
    refusal: refused_by === null || refused_at === null ? null : { by: refused_by, at: new Date(refused_at) },
  };
}
