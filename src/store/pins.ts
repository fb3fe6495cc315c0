// Pins: which organisation stays at which revision of global. What may become of one is `workspace/pin.ts`'s to say.
import type { EntityManager } from "@mikro-orm/postgresql";
import { decidePin, type OwnedPin, type Pin, type WantedPin } from "../workspace/pin.ts";
import { globalScope, type Scope } from "../workspace/scope.ts";
import { recordAct } from "./audit.ts";
import { keepHistory, revisionState } from "./history.ts";
import { nameOwners } from "./owner-names.ts";
import { organizationIdOf, scopeFromRow } from "./scope-rows.ts";
import { everyScopeSession, type ScopedSession } from "./session.ts";
import { overtaken } from "./started-from.ts";
import type { PinLag, Registry, SyncChange, SyncOutcome } from "./store.ts";

interface PinRow {
  readonly organization_id: string;
  readonly revision: number;
  readonly release: string | null;
  readonly until: string | null;
  readonly repository_id: string;
  readonly by: string;
  readonly since: string | Date;
  readonly owner: string | null;
  readonly owner_feeds: boolean;
}

// A date as text: the driver would make a moment of it, in whatever time zone.
const columns = `p.organization_id, p.revision, p.release, p.pinned_until::text as until, p.repository_id, p.by, p.since,
  r.owner || '/' || r.name as owner,
  coalesce(r.scoped and r.organization_id = p.organization_id and r.state <> 'detached', false) as owner_feeds`;
const tables = "pins p left join repositories r on r.id = p.repository_id";

/** An organisation's pin; null where it follows global, as global itself does. */
export async function readPin(session: ScopedSession, scope: Scope): Promise<OwnedPin | null> {
  if (scope.kind === "global") return null;
  const rows = await session.query<PinRow>(`select ${columns} from ${tables} where p.organization_id = $1`, [scope.id]);
  const [row] = await nameOwners(session, rows);
  return row === undefined ? null : pinFromRow(row);
}

/**
 * Makes an organisation's pin what a sync asks for. The caller holds the scope's lock. Throws `Fault` `sync-overtaken`
 * where what the sync had found before does not hold any more: its retry finds out, and says so.
 */
export async function applyPin(
  session: ScopedSession,
  scope: Scope,
  change: Pick<SyncChange, "repositoryId" | "pin" | "author" | "commit">,
): Promise<SyncOutcome["pin"]> {
  const { repositoryId, pin: wanted, author, commit } = change;
  if (scope.kind === "global" || wanted === undefined) return undefined;
  const stored = await readPin(session, scope);
  const decision = decidePin(wanted, stored, repositoryId);
  switch (decision.kind) {
    case "keep":
      return undefined;
    case "conflict":
      throw overtaken(repositoryId);
    case "end":
      await deletePin(session, scope, { repositoryId, by: author, commit });
      return { from: stored?.revision ?? null, to: null, release: null };
    case "set": {
      const { pin } = decision;
      await keepHistory(session, globalScope);
      if ((await revisionState(session, globalScope, pin.revision)) !== "kept") throw overtaken(repositoryId);
      await writePin(session, scope, { ...pin, repositoryId, by: author, since: sinceOf(pin, stored) });
      const details = {
        revision: pin.revision,
        release: pin.release,
        until: pin.until,
        from: stored?.revision ?? null,
      };
      await recordAct(session, { act: "pinned", scope, repositoryId, by: author, commit, details });
      return stored?.revision === pin.revision
        ? undefined
        : { from: stored?.revision ?? null, to: pin.revision, release: pin.release };
    }
    default:
      throw decision satisfies never;
  }
}

function sinceOf(pin: WantedPin, stored: Pin | null): Date {
  return stored?.revision === pin.revision ? stored.since : new Date();
}

export async function writePin(session: ScopedSession, scope: Scope, pin: Pin): Promise<void> {
  await session.query(
    `insert into pins (organization_id, revision, release, pinned_until, repository_id, by, since)
    values ($1, $2, $3, $4::date, $5, $6, $7)
    on conflict (organization_id) do update set revision = excluded.revision, release = excluded.release,
      pinned_until = excluded.pinned_until, repository_id = excluded.repository_id, by = excluded.by,
      since = excluded.since`,
    [organizationIdOf(scope), pin.revision, pin.release, pin.until, pin.repositoryId, pin.by, pin.since.toISOString()],
  );
}

/** Ends an organisation's pin, if it has one. Gives whether it had. */
export async function deletePin(
  session: ScopedSession,
  scope: Scope,
  { repositoryId, by, commit }: { readonly repositoryId?: number; readonly by: string; readonly commit?: string },
): Promise<boolean> {
  const [row] = await session.query<{ revision: number; release: string | null }>(
    "delete from pins where organization_id = $1 returning revision, release",
    [organizationIdOf(scope)],
  );
  if (row === undefined) return false;
  await recordAct(session, {
    act: "unpinned",
    scope,
    by,
    ...(repositoryId !== undefined && { repositoryId }),
    ...(commit !== undefined && { commit }),
    details: { revision: row.revision, release: row.release },
  });
  return true;
}

type LagRow = PinRow & {
  readonly slug: string;
  readonly latest: number;
  readonly files: number;
  readonly behind_since: string | Date | null;
  readonly release_revision: number | null;
  readonly release_gone: boolean | null;
};

/** The part of the registry that lists pins. `begin` gives an entity manager for one call. */
export function pinRegistry(begin: () => EntityManager): Pick<Registry, "pins" | "pinnedRevisions"> {
  return {
    pinnedRevisions: async () => {
      const rows = await everyScopeSession(begin(), "what any organisation is pinned to").query<{ revision: number }>(
        "select distinct revision from pins",
      );
      return new Set(rows.map(({ revision }) => revision));
    },

    pins: async () => {
      const rows = await everyScopeSession(begin(), "a list of all pins").query<LagRow>(
        `select ${columns}, o.slug, latest.number as latest, l.revision as release_revision, l.gone as release_gone,
          (select min(n.created_at) from revisions n where n.organization_id is null and n.number > p.revision)
            as behind_since,
          (select count(*)::int from
            (select path, content_hash from workspace_files where organization_id is null) live
            full join (
              select path, content_hash from workspace_files where organization_id is null and revision <= p.revision
              union all
              select path, content_hash from workspace_file_history
              where organization_id is null and valid_from <= p.revision and valid_until > p.revision) pinned using (path)
            where live.content_hash is distinct from pinned.content_hash) as files
        from ${tables} join organizations o on o.id = p.organization_id left join releases l on l.name = p.release
        cross join (
          select coalesce(max(number), 0) as number from revisions where organization_id is null) latest
        order by o.slug`,
      );
      return rows.map((row): PinLag => {
        const slugs = new Map([[row.organization_id, row.slug]]);
        return {
          scope: scopeFromRow(row.organization_id, slugs),
          pin: pinFromRow(row),
          latest: row.latest,
          filesBehind: row.files,
          behindSince: row.behind_since === null ? null : new Date(row.behind_since),
          release: row.release_gone === null ? null : { revision: row.release_revision, gone: row.release_gone },
        };
      });
    },
  };
}

function pinFromRow(row: PinRow): OwnedPin {
  return {
    revision: row.revision,
    release: row.release,
    until: row.until,
    repositoryId: Number(row.repository_id),
    by: row.by,
    since: new Date(row.since),
    owner: row.owner ?? `repository ${row.repository_id}`,
    ownerFeeds: row.owner_feeds,
  };
}
