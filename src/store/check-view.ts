// What a check lays a pull request over: several scopes at one moment, each file with who brought it. Read apart, a sync
// in between would show a layer half old and half new.
import type { MikroORM } from "@mikro-orm/postgresql";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import { latestRevision } from "./file-writes.ts";
import { type FileRow, metadata, storedFile } from "./files.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { readSnapshot } from "./session.ts";
import type { OwnedSnapshot } from "./store.ts";

type OwnedRow = FileRow & { readonly owner: string | null };

/** Reads a scope and the layers below it in one transaction that sees a single moment. */
export function readOwnedSnapshots(orm: MikroORM, granted: GrantedScope): Promise<OwnedSnapshot[]> {
  return readSnapshot(orm, async (session) => {
    const snapshots: OwnedSnapshot[] = [];
    for (const { scope } of readableLayers(granted)) {
      const rows = await session.query<OwnedRow>(
        `select ${metadata}, (
          select r.owner || '/' || r.name from repositories r where r.id = workspace_files.repository_id) as owner
        from workspace_files where ${inScope(scope)} order by path`,
        [organizationIdOf(scope)],
      );
      const files = rows.map((row) => ({ ...storedFile(row), owner: row.owner }));
      snapshots.push({ scope, revision: await latestRevision(session, scope), files });
    }
    return snapshots;
  });
}
