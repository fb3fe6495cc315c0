// What the sweeps ask the store and what they remember there. It decides nothing: when to look again and what to do about
// a difference are the sweeps' business.
import type { RepositoryFacts } from "../workspace/repository.ts";

/** A repository whose head is due for a look. */
export interface DueHead {
  readonly repository: Pick<RepositoryFacts, "id" | "installationId" | "owner" | "name" | "defaultBranch">;
  /** The commit that the last sync looked at, whatever came of it. */
  readonly lookedAtSha: string | null;
  /** The head as the last look saw it; null where there was none, or no look yet. */
  readonly sha: string | null;
  /** GitHub's mark of that answer. */
  readonly etag: string | null;
  /** When a look last queued a sync. */
  readonly queuedAt: Date | null;
}

/** How often heads are looked at. A repository is due once its own interval has passed since its last look. */
export interface HeadIntervals {
  readonly now: Date;
  /** While deliveries arrive; the look after one of the repository is not put off, as GitHub may have been behind it. */
  readonly relaxedMs: number;
  /** While nothing of a repository is asked for: it has no file, so only the first one could be missed. */
  readonly unboundMs: number;
  /** Deliveries arrive where one has arrived within this time and none of the installation's has failed. */
  readonly healthyMs: number;
  /** At most this many of one installation at once, those that wait longest first. */
  readonly perInstallationMax: number;
}

/** What a look at a head found. */
export interface HeadRecord {
  readonly repositoryId: number;
  readonly sha: string | null;
  readonly etag: string | null;
  readonly polledAt: Date;
  readonly queuedAt: Date | null;
}

/** A repository whose pull requests are due for a look. */
export interface DuePulls {
  readonly repository: Pick<RepositoryFacts, "id" | "installationId" | "owner" | "name">;
  /** GitHub's mark of what the last look saw. */
  readonly etag: string | null;
}

/** An attempt of GitHub's to deliver that failed. */
export interface FailedDelivery {
  readonly guid: string;
  /** GitHub's id of the attempt; each attempt of a delivery has its own. */
  readonly deliveryId: number;
  readonly event: string;
  readonly installationId: number | null;
  readonly failedAt: Date;
}

/** A failed delivery that nobody has taken in yet. */
export interface DueRedelivery extends Omit<FailedDelivery, "failedAt"> {
  /** How often GitHub was asked to send it again. */
  readonly redeliveries: number;
}

export interface SweepRecords {
  /** Heads to look at now, at most so many of each installation, the longest unseen first. */
  dueHeads(intervals: HeadIntervals): Promise<DueHead[]>;
  saveHeads(heads: readonly HeadRecord[]): Promise<void>;

  /** Pull requests that nobody has looked at since a moment, at most so many repositories of each installation. */
  duePulls(before: Date, perInstallationMax: number): Promise<DuePulls[]>;
  savePullsLook(repositoryId: number, etag: string | null, polledAt: Date): Promise<void>;
  /** All pull requests of an installation's repositories are due, and news. */
  forgetPullsLooks(installationId: number): Promise<void>;

  /** Remembers failed attempts, the newest of each delivery. Those that were taken in meanwhile are forgotten. */
  saveFailedDeliveries(failed: readonly FailedDelivery[], now: Date): Promise<void>;
  /** Failed deliveries to ask for again, oldest first, none of which was taken in. */
  dueRedeliveries(now: Date, limit: number): Promise<DueRedelivery[]>;
  /** GitHub was asked to send it again; null: it will not, and the delivery is forgotten. */
  saveRedelivery(guid: string, nextAt: Date | null): Promise<void>;
  /** Forgets deliveries, arrived or failed, from before a moment. Gives how many there were. */
  pruneDeliveries(before: Date): Promise<number>;

  /** How far a sweep had come; `undefined` where it never ran. */
  sweepProgress(name: string): Promise<unknown>;
  saveSweepProgress(name: string, progress: unknown): Promise<void>;
}
