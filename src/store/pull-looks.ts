// When each repository's pull requests were last looked at, and GitHub's mark of what was seen.
import type { EntityManager } from "@mikro-orm/postgresql";
import { registrySession } from "./session.ts";
import type { DuePulls, SweepRecords } from "./sweep-records.ts";

interface DuePullsRow {
  id: string;
  installation_id: string;
  owner: string;
  name: string;
  etag: string | null;
}

const duePullsSql = `
  with due as (
    select r.id, r.installation_id, r.owner, r.name, p.etag, p.polled_at
    from repositories r
    left join repository_pulls p on p.repository_id = r.id
    left join installations i on i.id = r.installation_id
    where r.state <> 'detached' and not r.archived and not coalesce(i.suspended, false) and i.removed_at is null
      and (p.polled_at is null or p.polled_at <= $1)
  ),
  placed as (
    select due.*, row_number() over (partition by installation_id order by polled_at nulls first, id) as place from due
  )
  select id, installation_id, owner, name, etag from placed where place <= $2 order by polled_at nulls first, id`;

/** The part of the registry that keeps looks at pull requests. `begin` gives an entity manager for one call. */
export function pullLooks(
  begin: () => EntityManager,
): Pick<SweepRecords, "duePulls" | "savePullsLook" | "forgetPullsLooks"> {
  return {
    duePulls: async (before, perInstallationMax) => {
      const rows = await registrySession(begin()).query<DuePullsRow>(duePullsSql, [before, perInstallationMax]);
      return rows.map(
        ({ id, installation_id, owner, name, etag }): DuePulls => ({
          repository: { id: Number(id), installationId: Number(installation_id), owner, name },
          etag,
        }),
      );
    },

    savePullsLook: async (repositoryId, etag, polledAt) => {
      await registrySession(begin()).query(
        `insert into repository_pulls (repository_id, etag, polled_at) values ($1, $2, $3)
        on conflict (repository_id) do update set etag = excluded.etag, polled_at = excluded.polled_at`,
        [repositoryId, etag, polledAt],
      );
    },

    forgetPullsLooks: async (installationId) => {
      await registrySession(begin()).query(
        `delete from repository_pulls where repository_id in (
          select id from repositories where installation_id = $1)`,
        [installationId],
      );
    },
  };
}
