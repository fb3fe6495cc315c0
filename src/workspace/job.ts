// Work that outlives the request which asked for it. A job names what to look at, never what to do: whoever works on it
// reads the present state, so a job that is late, repeated or merged with another does no harm.
import type { ButtonId } from "./button.ts";

/** Bring what is stored of a repository to the head of its default branch. One running and one waiting a repository. */
export interface SyncJob {
  readonly kind: "sync";
  readonly repositoryId: number;
}

/** Answer the newest head of a pull request with a check run. One running and one waiting a pull request. */
export interface CheckJob {
  readonly kind: "check";
  readonly repositoryId: number;
  readonly pullNumber: number;
  /** Set by a person's "Re-run": answer again although this head has an answer. */
  readonly force: boolean;
}

/** Answer a commit of the repository itself with a check run: what a merge queue would land, or what has landed. */
export interface CheckCommitJob {
  readonly kind: "check-commit";
  readonly repositoryId: number;
  readonly commit: string;
  /** As in `CheckJob`. */
  readonly force: boolean;
}

/** Do what a person asked for by a button of a check run, if they may. One running and one waiting a press. */
export interface PressJob {
  readonly kind: "press";
  readonly repositoryId: number;
  readonly checkRunId: number;
  readonly button: ButtonId;
  /** The name of what the check run is about. */
  readonly subject: string;
  readonly headSha: string;
  readonly user: { readonly id: number; readonly login: string };
}

/** Learn which repositories an installation reaches, and sync them. One running and one waiting an installation. */
export interface DiscoverJob {
  readonly kind: "discover";
  readonly installationId: number;
}

/** Bring the cache of a scope to what the store holds. One running and one waiting a scope. */
export interface RefreshJob {
  readonly kind: "refresh";
  /** The scope's key: an organisation's id, or `global`. */
  readonly scope: string;
}

/** Read the tags of a repository that feeds global. One running and one waiting a repository. */
export interface ReleasesJob {
  readonly kind: "releases";
  readonly repositoryId: number;
}

/** Tell what does not link of what a repository brought last. One running and one waiting a repository. */
export interface LinksJob {
  readonly kind: "links";
  readonly repositoryId: number;
  /**
   * The scope by its key, and its revision before the first that nobody has been told of; undefined: that before the last. What
   * waits already keeps its own, so that a later push takes nothing out of what is looked at.
   */
  readonly since?: { readonly scope: string; readonly revision: number };
}

export const sweepNames = ["deliveries", "heads", "pulls", "checks", "difference", "caches", "history"] as const;
export type SweepName = (typeof sweepNames)[number];

/**
 * Look for what nobody told. One running and one waiting of each.
 * - `deliveries`: those that failed are asked for again.
 * - `heads`: repositories whose head is not what was synced are synced.
 * - `pulls`: open pull requests whose head has no answer are checked.
 * - `checks`: answers that were begun, and that nobody works on any more, are begun anew.
 * - `difference`: installations and repositories are compared with GitHub's.
 * - `caches`: what executors read is compared with what is stored.
 * - `history`: past revisions that are older than they are kept are dropped.
 */
export interface SweepJob {
  readonly kind: "sweep";
  readonly name: SweepName;
  /** Only the difference of this installation. */
  readonly installationId?: number;
}

export type Job =
  | SyncJob
  | CheckJob
  | CheckCommitJob
  | PressJob
  | DiscoverJob
  | RefreshJob
  | ReleasesJob
  | LinksJob
  | SweepJob;
export const jobKinds = [
  "sync",
  "check",
  "check-commit",
  "press",
  "discover",
  "refresh",
  "releases",
  "links",
  "sweep",
] as const satisfies readonly Job["kind"][];

/** Jobs with the same key are about the same thing: at most one of them runs and one waits. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case "sync":
    case "releases":
    case "links":
      return `${job.repositoryId}`;
    case "check":
      return `${job.repositoryId}#${job.pullNumber}`;
    case "check-commit":
      return `${job.repositoryId}@${job.commit}`;
    case "press":
      return `${job.checkRunId} ${job.button} ${job.user.id}`;
    case "discover":
      return `${job.installationId}`;
    case "refresh":
      return job.scope;
    case "sweep":
      return job.installationId === undefined ? job.name : `${job.name} ${job.installationId}`;
    default:
      throw job satisfies never;
  }
}

/** A job that is not done. Of one key, one may run while another waits. */
export interface UnfinishedJob {
  readonly key: string;
  readonly state: "running" | "waiting";
  /** Since when it runs, or before when it does not start. */
  readonly at: Date;
  /** How often it was tried and failed; a job that was postponed starts anew. */
  readonly failedTries: number;
}
