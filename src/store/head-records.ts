// Heads as the last look at each repository saw them, and which repositories are due for another look.
import type { EntityManager } from "@mikro-orm/postgresql";
import { registrySession } from "./session.ts";
import type { DueHead, SweepRecords } from "./sweep-records.ts";

interface DueHeadRow {
  id: string;
  installation_id: string;
  owner: string;
  name: string;
  default_branch: string;
  looked_at_sha: string | null;
  sha: string | null;
  etag: string | null;
  queued_at: Date | string | null;
}

// What a sync has looked at is read from its report: a sync that was refused stores no commit of its own.
const dueHeadsSql = `
  with webhook as (select exists (select from deliveries where received_at > $2 and state <> 'received') as arrives),
  due as (
    select r.id, r.installation_id, r.owner, r.name, r.default_branch, h.polled_at,
      coalesce(r.last_sync ->> 'commit', r.synced_sha) as looked_at_sha, h.sha, h.etag, h.queued_at
    from repositories r
    left join repository_heads h on h.repository_id = r.id
    left join installations i on i.id = r.installation_id
    where r.state <> 'detached' and not r.archived and not coalesce(i.suspended, false) and i.removed_at is null
      and (h.polled_at is null or h.polled_at <= case
        when not r.scoped and r.requested_scope is null then $4::timestamptz
        when exists (select from deliveries d where d.repository_id = r.id and d.received_at > h.polled_at)
          then $1::timestamptz
        when (select arrives from webhook) and not exists (
          select from failed_deliveries f where f.installation_id = r.installation_id or f.installation_id is null
        ) then $3::timestamptz
        else $1::timestamptz end)
  ),
  placed as (
    select due.*, row_number() over (partition by installation_id order by polled_at nulls first, id) as place from due
  )
  select * from placed where place <= $5 order by polled_at nulls first, id`;

/** The part of the registry that keeps heads. `begin` gives an entity manager for one call. */
export function headRecords(begin: () => EntityManager): Pick<SweepRecords, "dueHeads" | "saveHeads"> {
  return {
    dueHeads: async ({ now, relaxedMs, unboundMs, healthyMs, perInstallationMax }) => {
      const before = (ms: number) => new Date(now.getTime() - ms);
      const rows = await registrySession(begin()).query<DueHeadRow>(dueHeadsSql, [
        now,
        before(healthyMs),
        before(relaxedMs),
        before(unboundMs),
        perInstallationMax,
      ]);
      return rows.map(fromRow);
    },

    saveHeads: async (heads) => {
      await registrySession(begin()).query(
        `insert into repository_heads (repository_id, sha, etag, polled_at, queued_at)
        select * from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
        on conflict (repository_id) do update set
          sha = excluded.sha, etag = excluded.etag, polled_at = excluded.polled_at, queued_at = excluded.queued_at`,
        [
          heads.map(({ repositoryId }) => repositoryId),
          heads.map(({ sha }) => sha),
          heads.map(({ etag }) => etag),
          heads.map(({ polledAt }) => polledAt),
          heads.map(({ queuedAt }) => queuedAt),
        ],
      );
    },
  };
}

function fromRow(row: DueHeadRow): DueHead {
  return {
    repository: {
      id: Number(row.id),
      installationId: Number(row.installation_id),
      owner: row.owner,
      name: row.name,
      defaultBranch: row.default_branch,
    },
    lookedAtSha: row.looked_at_sha,
    sha: row.sha,
    etag: row.etag,
    queuedAt: row.queued_at === null ? null : new Date(row.queued_at),
  };
}
