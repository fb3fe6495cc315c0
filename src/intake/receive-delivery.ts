// A verified delivery becomes rows: what it says of accounts and repositories, the jobs that it asks for and the delivery
// itself, in one transaction, so that a delivery is either answered with all of it durable or not answered at all.
// It only ever queues a look at the present state, so a redelivery is simply received again.
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { Delivery } from "../workspace/delivery.ts";
import type { Job } from "../workspace/job.ts";
import { handlePayload } from "./payload.ts";

/** Takes a delivery in and gives what became of it, in words for the delivery log. */
export async function receiveDelivery(
  { store, jobs }: { readonly store: Store; readonly jobs: Pick<Jobs, "enqueue"> },
  delivery: Delivery,
): Promise<{ readonly outcome: string }> {
  return store.transaction(async (transaction) => {
    const { queue, reason } = await handlePayload(transaction, delivery.payload);
    for (const job of queue) await jobs.enqueue(job, transaction.sql);
    const outcome = queue.length > 0 ? `queued ${queue.map(describe).join(", ")}` : (reason ?? "recorded");
    const { guid, event, action, installationId, repositoryId } = delivery;
    await transaction.recordDelivery({ guid, event, action, installationId, repositoryId, outcome });
    return { outcome };
  });
}

function describe(job: Job): string {
  switch (job.kind) {
    case "sync":
      return `sync of repository ${job.repositoryId}`;
    case "check":
      return `check of pull request ${job.pullNumber}`;
    case "discover":
      return `discovery of installation ${job.installationId}`;
    default:
      throw job satisfies never;
  }
}
