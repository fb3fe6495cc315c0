// The sweeps: what nobody told, looked for. Those that webhooks should have told ask GitHub for the present state and queue
// a look where it differs from ours; none of them changes anybody's files.
import type { Logger } from "pino";
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { SweepJob, SweepName } from "../workspace/job.ts";
import { findDifference, findInstallationDifference } from "./difference.ts";
import { dropHistory } from "./drop-history.ts";
import { pollHeads } from "./poll-heads.ts";
import { pollPulls } from "./poll-pulls.ts";
import { redeliverFailed } from "./redeliver-failed.ts";
import { takeUpChecks } from "./take-up-checks.ts";

export interface SweepEdges {
  readonly github: Pick<
    GitHub,
    "installations" | "installationRepositories" | "headSince" | "openPullsSince" | "failedDeliveries" | "redeliver"
  >;
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue">;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Brings what executors read to what the store holds. */
  readonly refreshCaches: () => Promise<void>;
  /** How many days past revisions are kept; undefined: for ever. */
  readonly historyDays?: number | undefined;
}

/** Seconds from one sweep to the next. A name that is left out is not swept by itself. */
export type SweepIntervals = Readonly<Partial<Record<SweepName, number>>>;

/** How often each sweep looks when nobody says otherwise. */
export const sweepIntervals: SweepIntervals = {
  deliveries: 5 * 60,
  heads: 60,
  pulls: 5 * 60,
  checks: 60,
  difference: 24 * 60 * 60,
  caches: 5 * 60,
  history: 24 * 60 * 60,
};

/** Lets each sweep happen in its interval, in one process at a time however many there are. */
export function scheduleSweeps(jobs: Pick<Jobs, "schedule">, intervals: SweepIntervals): void {
  for (const [name, everySeconds] of Object.entries(intervals)) {
    jobs.schedule({ kind: "sweep", name: name as SweepName }, everySeconds);
  }
}

/** Does one sweep. What one installation answers never keeps the others from being looked at. */
export async function sweep(edges: SweepEdges, job: SweepJob, signal: AbortSignal): Promise<void> {
  switch (job.name) {
    case "deliveries":
      return redeliverFailed(edges, signal);
    case "heads":
      return pollHeads(edges, signal);
    case "pulls":
      return pollPulls(edges, signal);
    case "checks":
      return takeUpChecks(edges);
    case "difference":
      if (job.installationId !== undefined) return findInstallationDifference(edges, job.installationId);
      await findDifference(edges, signal);
      return queueTags(edges);
    case "caches":
      return edges.refreshCaches();
    case "history":
      return dropHistory(edges);
    default:
      throw job.name satisfies never;
  }
}

/** Tags that no webhook told of: more than three that are pushed at once. */
async function queueTags({ store, jobs }: Pick<SweepEdges, "store" | "jobs">): Promise<void> {
  for (const { id, scope, state } of await store.repositories()) {
    if (scope?.kind === "global" && state !== "detached") await jobs.enqueue({ kind: "releases", repositoryId: id });
  }
}
