// Checks that were begun and that nobody works on any more: their worker died, and the job that would have been tried
// again is gone as well. A check run left in progress keeps a required check waiting for ever.
import { checkJobFor } from "../workspace/check.ts";
import type { SweepEdges } from "./sweep.ts";

// As many as a deployment works on within minutes; the rest is taken up by the next sweeps.
const checksMax = 200;

/** Queues every check whose lease is over. One whose job still waits is merged into it. */
export async function takeUpChecks({ store, jobs }: Pick<SweepEdges, "store" | "jobs">): Promise<void> {
  for (const check of await store.abandonedChecks(new Date(), checksMax)) {
    await jobs.enqueue(checkJobFor(check, false));
  }
}
