// What a repository brought, taken out of a scope by an operator: when the app was taken off it, or before it is bound to
// another scope. The past keeps it.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { WritableScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { recordAct } from "./audit.ts";
import { deleteFiles, latestRevision, lockScope, moveToHistory, recordRevision } from "./file-writes.ts";
import { deletePin, readPin } from "./pins.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { type ScopedSession, scopedSession } from "./session.ts";
import type { StoreTransaction } from "./store.ts";

/** Deletes a repository's files from a scope inside the transaction of `entityManager`, as one revision by `by`. */
export async function purgeRepository(
  entityManager: EntityManager,
  granted: WritableScope,
  repositoryId: number,
  by: string,
): ReturnType<StoreTransaction["purgeRepository"]> {
  const { scope } = granted;
  const session = scopedSession(entityManager, granted);
  await lockScope(session, scope);
  const rows = await session.query<{ path: WorkspacePath }>(
    `select path from workspace_files where ${inScope(scope)} and repository_id = $2 order by path`,
    [organizationIdOf(scope), repositoryId],
  );
  const deletes = rows.map(({ path }) => path);
  const latest = await latestRevision(session, scope);
  // The next sync of a repository that is still bound brings everything again, whatever commit it is at; one that was
  // held has nothing left to delete.
  await session.registry.query(
    `update repositories set synced_sha = null, reported_sha = null, hold = null,
      state = case when state = 'held' then 'bound' else state end
    where id = $1`,
    [repositoryId],
  );
  // The pin is something that it brought as well.
  const isPinner = (await readPin(session, scope))?.repositoryId === repositoryId;
  const endsPin = isPinner && (await deletePin(session, scope, { repositoryId, by }));
  const isKeptOut = await keepOut(session, scope, repositoryId);
  const isChanged = deletes.length > 0 || endsPin;
  if (!isChanged && !isKeptOut) return { revision: latest, deletes };
  const revision = isChanged ? latest + 1 : latest;
  if (isChanged) {
    await moveToHistory(session, scope, deletes, revision);
    await deleteFiles(session, scope, deletes);
    await recordRevision(session, scope, revision, {
      kind: "purge",
      repositoryId,
      commit: null,
      author: by,
      committedAt: null,
      upserts: 0,
      deletes: deletes.length,
    });
  }
  const details = { revision, files: deletes.length };
  await recordAct(session, { act: "purged", scope, repositoryId, by, details });
  return { revision, deletes };
}

/** Sees to it that the end of a rollback does not bring back what is purged. Gives whether there is something to see to. */
async function keepOut(session: ScopedSession, scope: Scope, repositoryId: number): Promise<boolean> {
  const kept = await session.query(
    `update rollbacks set purged = array_append(purged, $2::bigint)
    where ${inScope(scope)} and $2::bigint <> all (purged) returning revision`,
    [organizationIdOf(scope), repositoryId],
  );
  return kept.length > 0;
}
