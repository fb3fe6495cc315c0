// What a check lays a pull request over: several scopes at one moment, each file with who brought it. Read apart, a sync
// in between would show a layer half old and half new.
import type { MikroORM } from "@mikro-orm/postgresql";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { latestRevision } from "./file-writes.ts";
import { type FileRow, metadata, storedFile } from "./files.ts";
import { filesAtSql, requireKept } from "./history.ts";
import { nameOwners } from "./owner-names.ts";
import { readPin } from "./pins.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type ScopedSession } from "./session.ts";
import type { OwnedSnapshot } from "./store.ts";

type OwnedRow = FileRow & { readonly owner: string | null };

/**
 * Reads a scope and the layers below it in one transaction that sees a single moment. The global layer is that of the
 * organisation's pin, or of the one that is given.
 */
export function readOwnedSnapshots(
  orm: MikroORM,
  granted: GrantedScope,
  givenPin: number | null | undefined,
): Promise<OwnedSnapshot[]> {
  return readSnapshot(orm, granted, async (session) => {
    const pin = givenPin === undefined ? ((await readPin(session, granted.scope))?.revision ?? null) : givenPin;
    const snapshots: OwnedSnapshot[] = [];
    for (const layer of readableLayers(granted, pin)) snapshots.push(await readLayer(session, layer));
    return snapshots;
  });
}

async function readLayer(session: ScopedSession, granted: GrantedScope): Promise<OwnedSnapshot> {
  const { scope, at } = granted;
  const files =
    at === undefined
      ? `select ${metadata} from workspace_files where ${inScope(scope)}`
      : filesAtSql(scope, metadata, "$2");
  const rows = await session.query<OwnedRow>(
    `select f.*, r.owner || '/' || r.name as owner from (${files}) f left join repositories r on r.id = f.repository_id
    order by path`,
    [organizationIdOf(scope), ...(at === undefined ? [] : [at])],
  );
  if (at !== undefined) await requireKept(session, scope, at);
  const revision = at ?? (await latestRevision(session, scope));
  const owned = await nameOwners(session, rows);
  return { granted, scope, revision, files: owned.map((row) => ({ ...storedFile(row), owner: row.owner })) };
}
