// Deliveries that did not arrive: GitHub does not send them again by itself, so it is asked to. Pushes are found without
// them as well; what a person asked for, such as a check that is to run again, is told by its delivery alone.
import { Fault } from "../errors.ts";
import type { SweepEdges } from "./sweep.ts";

type RedeliverEdges = Pick<SweepEdges, "store" | "log"> & {
  readonly github: Pick<SweepEdges["github"], "failedDeliveries" | "redeliver">;
};

/** How far the walk through GitHub's log has come. Times are ISO 8601. */
interface Progress {
  /** Attempts from before are known already. */
  readonly since: string;
  /** A walk under way: where its next page begins, and when it began. */
  readonly walk?: { readonly cursor: string; readonly startedAt: string };
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// GitHub's log is written a while after the attempt (30 s at most for a delivery that nobody answers), and its clock is
// not ours.
const overlapMs = 10 * 60_000;
// github.com sends again what is up to 3 days old, Enterprise Server up to 7.
const retentionMs = 7 * dayMs;
// A request to send again costs 5 of the 900 points that GitHub gives a minute; this leaves some for everything else.
const redeliveriesMax = 100;
const pauseFirstMs = 5 * 60_000;
const pauseMaxMs = 6 * hourMs;
const progressName = "deliveries";

/** Asks GitHub for every delivery again that failed and was never taken in. Old deliveries are forgotten. */
export async function redeliverFailed(edges: RedeliverEdges, signal: AbortSignal): Promise<void> {
  const { github, store, log } = edges;
  const now = new Date();
  await store.pruneDeliveries(new Date(now.getTime() - retentionMs));
  try {
    await walkLog(edges, now, signal);
    // Recorded by us is what decides: that row is written together with all that the delivery led to, whereas GitHub
    // counts an answer that came too late as a failure.
    for (const { guid, deliveryId, event, redeliveries } of await store.dueRedeliveries(now, redeliveriesMax)) {
      if (signal.aborted) return;
      const isAccepted = await github.redeliver(deliveryId);
      const pauseMs = Math.min(pauseFirstMs * 2 ** redeliveries, pauseMaxMs);
      await store.saveRedelivery(guid, isAccepted ? new Date(now.getTime() + pauseMs) : null);
      log.info({ guid, event, redeliveries, isAccepted }, "A failed delivery was asked for again");
    }
  } catch (error) {
    // The next sweep goes on from where this one stopped.
    if (!(error instanceof Fault)) throw error;
    log.warn({ code: error.code, reason: error.message }, "Failed deliveries were not looked for to the end");
  }
}

/** Reads GitHub's log back to where the last walk began. A walk that was cut short goes on where it was. */
async function walkLog({ github, store }: RedeliverEdges, now: Date, signal: AbortSignal): Promise<void> {
  const progress = ((await store.sweepProgress(progressName)) ?? undefined) as Progress | undefined;
  const since = progress?.since ?? new Date(now.getTime() - retentionMs).toISOString();
  const startedAt = progress?.walk?.startedAt ?? now.toISOString();
  let cursor = progress?.walk?.cursor;
  while (!signal.aborted) {
    const page = await github.failedDeliveries(cursor).catch(async (error: unknown) => {
      // A cursor may be too old by now; the next walk begins anew.
      const isRefused = error instanceof Fault && error.row.retry === "never";
      if (cursor !== undefined && isRefused) await store.saveSweepProgress(progressName, { since } satisfies Progress);
      throw error;
    });
    const news = page.attempts.filter(({ failedAt }) => failedAt.toISOString() >= since);
    if (news.length > 0) await store.saveFailedDeliveries(news, now);
    cursor = page.nextCursor;
    if (cursor === undefined || news.length < page.attempts.length) {
      const next = new Date(Date.parse(startedAt) - overlapMs).toISOString();
      await store.saveSweepProgress(progressName, { since: next } satisfies Progress);
      return;
    }
    await store.saveSweepProgress(progressName, { since, walk: { cursor, startedAt } } satisfies Progress);
  }
}
