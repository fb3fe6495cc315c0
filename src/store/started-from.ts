// Whether a repository still stands where a look at it began. Where another worker has looked since, what was worked out is
// out of date, and perhaps of a head that is not the newest.
import { Fault } from "../errors.ts";
import type { Repository } from "../workspace/repository.ts";

/** What of a repository changes with every look at it that came to something. */
export type StartedFrom = Pick<Repository, "syncedSha" | "syncedAt" | "lastSync">;

/** The value for the placeholder of `isAsStarted`. */
export function startedAs(startedFrom: StartedFrom | undefined): string | null {
  if (startedFrom === undefined) return null;
  const { syncedSha, syncedAt, lastSync } = startedFrom;
  return JSON.stringify([syncedSha, syncedAt?.getTime() ?? null, lastSync?.commit ?? null]);
}

/** The condition on a row of `repositories`; it holds where the placeholder's value is null. */
export function isAsStarted(placeholder: string): string {
  // A commit can come back, so its time is looked at as well; in milliseconds, which is what a Date holds.
  return `(${placeholder}::jsonb is null or ${placeholder}::jsonb = jsonb_build_array(
    synced_sha, floor(extract(epoch from synced_at) * 1000)::bigint, last_sync ->> 'commit'))`;
}

/** The fault of a sync that came too late; its retry looks again. */
export function overtaken(repositoryId: number): Fault {
  return new Fault(
    "sync-overtaken",
    `Cannot record what a sync of repository ${repositoryId} found as another came first`,
  );
}
