// Work that outlives the request which asked for it. A job names what to look at, never what to do: whoever works on it
// reads the present state, so a job that is late, repeated or merged with another does no harm.

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

/** Learn which repositories an installation reaches, and sync them. One running and one waiting an installation. */
export interface DiscoverJob {
  readonly kind: "discover";
  readonly installationId: number;
}

export type Job = SyncJob | CheckJob | DiscoverJob;
export const jobKinds = ["sync", "check", "discover"] as const satisfies readonly Job["kind"][];

/** Jobs with the same key are about the same thing: at most one of them runs and one waits. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case "sync":
      return `${job.repositoryId}`;
    case "check":
      return `${job.repositoryId}#${job.pullNumber}`;
    case "discover":
      return `${job.installationId}`;
    default:
      throw job satisfies never;
  }
}
