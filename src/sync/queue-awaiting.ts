// Pull requests whose pin named what was not there yet: once it is there, they are checked anew.
import type { Jobs } from "../jobs/jobs.ts";
import type { Registry } from "../store/store.ts";
import { checkJobFor } from "../workspace/check.ts";
import { awaitedRelease } from "../workspace/pin-words.ts";

export interface QueueAwaitingEdges {
  readonly store: Pick<Registry, "awaitingChecks">;
  readonly jobs: Pick<Jobs, "enqueue">;
}

// As many pull requests as may well wait for one release; what is older is left to its next push.
const checksMax = 200;

/** Queues the checks that waited for these releases of global, or for a revision up to this one. */
export async function queueAwaiting(
  { store, jobs }: QueueAwaitingEdges,
  { releases = [], revision = 0 }: { readonly releases?: Iterable<string>; readonly revision?: number },
): Promise<void> {
  const names = Array.from(releases, awaitedRelease);
  for (const check of await store.awaitingChecks({ names, revision }, checksMax)) {
    await jobs.enqueue(checkJobFor(check, true));
  }
}
