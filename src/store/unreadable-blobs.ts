// Blobs that a sync read and could not store. They are known by their git id, so what is true of one stays true; should the
// rules of what can be stored change, a migration empties the table.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { SkipReason, UnreadableBlob } from "../workspace/file.ts";
import { registrySession, type Session } from "./session.ts";
import type { Registry } from "./store.ts";

/** The part of the registry that knows them. `begin` gives an entity manager for one call. */
export function unreadableBlobRegistry(begin: () => EntityManager): Pick<Registry, "unreadableBlobs"> {
  return {
    unreadableBlobs: async (repositoryId) => {
      const rows = await registrySession(begin()).query<{ git_sha: string; reason: SkipReason; detail: string }>(
        "select git_sha, reason, detail from unreadable_blobs where repository_id = $1",
        [repositoryId],
      );
      return new Map(rows.map(({ git_sha: gitSha, reason, detail }) => [gitSha, { gitSha, reason, detail }]));
    },
  };
}

/** Puts these in place of what was known of a repository. The caller holds the lock of its row. */
export async function replaceUnreadable(
  session: Session,
  repositoryId: number,
  blobs: readonly UnreadableBlob[],
): Promise<void> {
  await session.registry.query(
    "delete from unreadable_blobs where repository_id = $1 and not git_sha = any($2::text[])",
    [repositoryId, blobs.map(({ gitSha }) => gitSha)],
  );
  await session.registry.query(
    `insert into unreadable_blobs (repository_id, git_sha, reason, detail)
    select $1::bigint, given.* from unnest($2::text[], $3::text[], $4::text[]) as given on conflict do nothing`,
    [repositoryId, ...(["gitSha", "reason", "detail"] as const).map((part) => blobs.map((blob) => blob[part]))],
  );
}
