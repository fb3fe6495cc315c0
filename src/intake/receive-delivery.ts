// A verified delivery becomes rows: what it says of accounts and repositories, the jobs that it asks for and the delivery
// itself, in one transaction, so that a delivery is either answered with all of it durable or not answered at all.
// It only ever queues a look at the present state, so a redelivery is simply taken in again: it repairs, and where there
// is nothing to repair its job is merged into one that waits or finds nothing to do.
import { Fault } from "../errors.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { DeliveryRecord, Registry, Store } from "../store/store.ts";
import type { Delivery } from "../workspace/delivery.ts";
import type { Job } from "../workspace/job.ts";
import { createGroup } from "./group.ts";
import { type Handled, handlePayload, speakerOf } from "./payload.ts";

type Edges = { readonly store: Store; readonly jobs: Pick<Jobs, "enqueueAll"> };
type Outcome = { readonly outcome: string };

// Deliveries come in bursts. Fifty together take as many statements as one, and are undone together at a failure; a second
// transaction goes on while the first waits for a row that somebody else holds.
const together = { itemsMax: 50, atOnce: 2 };
const alone = { itemsMax: 1, atOnce: 2 };

/**
 * Gives a function that takes a delivery in and says what became of it, in words for the delivery log. Deliveries that
 * arrive at one time share a transaction; one that cannot be taken in takes no other with it.
 */
export function createIntake(edges: Edges): (delivery: Delivery) => Promise<Outcome> {
  const work = (deliveries: readonly Delivery[]) => takeIn(edges, deliveries);
  const takeInTogether = createGroup(work, together);
  const takeInAlone = createGroup(work, alone);
  return async (delivery) => {
    try {
      return await takeInTogether(delivery).catch((error: unknown) => {
        if (error instanceof Fault) throw error;
        return takeInAlone(delivery);
      });
    } catch (error) {
      // For the delivery log alone: GitHub counts it as failed and sends it again when it is asked to. Where the store is
      // what failed, the log has to do without.
      const outcome = `failed: ${error instanceof Fault ? error.code : "internal"}`;
      await edges.store.recordDelivery({ ...recordOf(delivery), state: "received", outcome }).catch(() => {});
      throw error;
    }
  };
}

/** One transaction for all of them, in the order of their arrival. */
function takeIn({ store, jobs }: Edges, deliveries: readonly Delivery[]): Promise<Outcome[]> {
  return store.transaction(async (transaction) => {
    await learn(transaction, deliveries);
    const records: DeliveryRecord[] = [];
    const queue: Job[] = [];
    const wanted = new Map<number, string>();
    for (const delivery of deliveries) {
      const handled = await handle(transaction, delivery);
      queue.push(...handled.queue);
      if (handled.wanted) wanted.set(handled.wanted.repositoryId, handled.wanted.commit);
      records.push({ ...recordOf(delivery), ...outcomeOf(handled) });
    }
    if (wanted.size > 0) await transaction.recordWantedHeads(wanted);
    await jobs.enqueueAll(queue, transaction.sql);
    await transaction.recordDeliveries(records);
    return records;
  });
}

/**
 * A repository that the app heard nothing of, or was thought to be taken off, speaks: it is known from now on. What is
 * known of others is left to the jobs, which ask GitHub: a late payload may name things as they no longer are.
 */
async function learn(registry: Registry, deliveries: readonly Delivery[]): Promise<void> {
  const speaking = new Map(
    deliveries.flatMap(({ payload }) => speakerOf(payload) ?? []).map((facts) => [facts.id, facts]),
  );
  if (speaking.size === 0) return;
  const known = await registry.knownRepositories([...speaking.keys()]);
  const unknown = [...speaking.values()].filter(({ id }) => !known.has(id));
  // In the order of their ids: two transactions that learn of the same ones must not wait for each other in a circle.
  if (unknown.length > 0) await registry.saveRepositories(unknown.sort((one, other) => one.id - other.id));
}

function recordOf({ guid, event, action, installationId, repositoryId, sender, payload }: Delivery) {
  const pushed = payload.kind === "push" ? { commit: payload.after, ref: payload.ref } : {};
  return { guid, event, action, installationId, repositoryId, sender, ...pushed };
}

function outcomeOf({ queue, reason }: Handled): Pick<DeliveryRecord, "state" | "outcome"> {
  if (queue.length === 0) return { state: "ignored", outcome: reason ?? "recorded" };
  return { state: "queued", outcome: `queued ${queue.map(describe).join(", ")}` };
}

/** What says how an installation or a repository was at the time is not believed a second time: GitHub is asked. */
const aboutState: ReadonlySet<Delivery["payload"]["kind"]> = new Set([
  "installation",
  "installation-repositories",
  "repository",
  "account-renamed",
]);

async function handle(registry: Registry, { guid, installationId, payload }: Delivery): Promise<Handled> {
  if (installationId !== null && aboutState.has(payload.kind) && (await registry.wasTakenIn(guid))) {
    return { queue: [{ kind: "sweep", name: "difference", installationId }] };
  }
  return handlePayload(registry, payload);
}

function describe(job: Job): string {
  switch (job.kind) {
    case "sync":
      return `sync of repository ${job.repositoryId}`;
    case "check":
      return `check of pull request ${job.pullNumber}`;
    case "check-commit":
      return `check of commit ${job.commit}`;
    case "press":
      return `the button ${job.button} of check run ${job.checkRunId}`;
    case "discover":
      return `discovery of installation ${job.installationId}`;
    case "releases":
      return `a look at the tags of repository ${job.repositoryId}`;
    case "links":
      return `a look at the links of repository ${job.repositoryId}`;
    case "refresh":
      return `refresh of the cache of ${job.scope}`;
    case "sweep":
      return `comparison of installation ${job.installationId}`;
    default:
      throw job satisfies never;
  }
}
