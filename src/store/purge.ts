// What a repository brought, taken out of a scope by an operator: when the app was taken off it, or before it is bound to
// another scope. The past keeps it.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { WritableScope } from "../workspace/grant.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { deleteFiles, latestRevision, lockScope, moveToHistory, recordRevision } from "./file-writes.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { sessionOf } from "./session.ts";
import type { StoreTransaction } from "./store.ts";

/** Deletes a repository's files from a scope inside the transaction of `entityManager`, as one revision by `by`. */
export async function purgeRepository(
  entityManager: EntityManager,
  { scope }: WritableScope,
  repositoryId: number,
  by: string,
): ReturnType<StoreTransaction["purgeRepository"]> {
  const session = sessionOf(entityManager);
  await lockScope(session, scope);
  const rows = await session.query<{ path: WorkspacePath }>(
    `select path from workspace_files where ${inScope(scope)} and repository_id = $2 order by path`,
    [organizationIdOf(scope), repositoryId],
  );
  const deletes = rows.map(({ path }) => path);
  const latest = await latestRevision(session, scope);
  // The next sync of a repository that is still bound brings everything again, whatever commit it is at; one that was
  // held has nothing left to delete.
  await session.query(
    `update repositories set synced_sha = null, reported_sha = null, hold = null,
      state = case when state = 'held' then 'bound' else state end
    where id = $1`,
    [repositoryId],
  );
  if (deletes.length === 0) return { revision: latest, deletes };
  const revision = latest + 1;
  await moveToHistory(session, scope, deletes, revision);
  await deleteFiles(session, scope, deletes);
  const facts = { repositoryId, commit: null, author: by, committedAt: null, upserts: 0, deletes: deletes.length };
  await recordRevision(session, scope, revision, facts);
  return { revision, deletes };
}
