// What the product asks of GitHub and tells it, in the product's own words. The ways know this interface only; Octokit,
// tokens and rate limits stay behind it.
import type { Button } from "../workspace/button.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { Tag } from "../workspace/release.ts";
import type { Installation, RepositoryFacts } from "../workspace/repository.ts";
import type { Quota } from "../workspace/trouble.ts";

/** What a call needs to reach a repository: the installation to act as, and the name that URLs are built from. */
export interface RepositoryAddress {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
}

export interface CommitFacts {
  readonly sha: string;
  readonly treeSha: string;
  readonly author: string;
  readonly committedAt: Date;
  /** What it was made from; for a merge, what was merged into comes first. */
  readonly parents: readonly string[];
}

export interface PullRequestFacts {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly headSha: string;
  /** Null where the fork was deleted. */
  readonly headRepositoryId: number | null;
  readonly baseRef: string;
  readonly baseSha: string;
  /** The commit that merging now would make, that the two conflict, or null where GitHub has not tried yet. */
  readonly testMerge: { readonly commitSha: string } | "conflict" | null;
}

export const checkConclusions = ["success", "failure", "neutral", "cancelled", "action_required"] as const;
export type CheckConclusion = (typeof checkConclusions)[number];

/** One mark on a line of a file. Lines and columns count from 1; a column makes sense on a single line only. */
export interface CheckAnnotation {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  readonly endColumn?: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

/** What somebody may do in a repository, custom roles and the finer ones counted as the nearest that they include. */
export type RepositoryRole = "none" | "read" | "write" | "admin";

/** A check run as it should stand. Sent whole: the edge cuts it to GitHub's limits and into requests. */
export interface CheckRunDraft {
  readonly name: "bifrost" | "bifrost/sync" | "bifrost/release";
  readonly headSha: string;
  /** Our own reference, so that a re-run of any check run leads back to what it was about. */
  readonly externalId: string;
  /** Where "Details" leads; left out, to the app's own page. */
  readonly detailsUrl?: string;
  readonly status: "in_progress" | "completed";
  /** Required when completed. */
  readonly conclusion?: CheckConclusion;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown, below the summary. */
  readonly text?: string;
  readonly annotations: readonly CheckAnnotation[];
  /** The buttons of a completed run. */
  readonly buttons?: readonly Button[];
  readonly startedAt: Date;
  readonly completedAt?: Date;
}

/** One page of GitHub's log of what it could not deliver, newest first. */
export interface FailedAttempts {
  readonly attempts: readonly {
    readonly guid: string;
    /** GitHub's id of the attempt. */
    readonly deliveryId: number;
    readonly event: string;
    readonly installationId: number | null;
    readonly failedAt: Date;
  }[];
  /** Where the next page begins; `undefined` where there is none. */
  readonly nextCursor: string | undefined;
}

/** What a branch's head is, or that it is what it was. `sha` is null where there is no such branch to be seen. */
export type HeadAnswer =
  | { readonly kind: "unchanged" }
  | { readonly kind: "head"; readonly sha: string | null; readonly etag: string | null };

/** The open pull requests of a repository, or that they are what they were. */
export type OpenPullsAnswer =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "pulls";
      readonly pulls: readonly { readonly number: number; readonly headSha: string }[];
      readonly etag: string | null;
    };

/**
 * The blobs of one commit while it is read. Both methods are those of `GitHub`, for this commit's repository. Disposing
 * of it ends a download that is under way.
 */
export interface CommitBlobs extends Pick<GitHub, "blob" | "blobs">, AsyncDisposable {}

/** The edge to GitHub. Every method throws `Fault` with a `github-…` code where GitHub will not or cannot answer. */
export interface GitHub {
  /** What GitHub said last about an installation's hourly requests; `undefined` before its first answer. Asks nothing. */
  quota(installationId: number): Quota | undefined;
  /** Deliveries to the app's webhook that failed, a page at a time. */
  failedDeliveries(cursor: string | undefined): Promise<FailedAttempts>;
  /** Asks GitHub to send a delivery again, by the id of an attempt; gives false where it will not. */
  redeliver(deliveryId: number): Promise<boolean>;
  /** Every account that has the app installed, complete. */
  installations(): Promise<Installation[]>;
  /** Every repository that an installation may reach, complete. */
  installationRepositories(installationId: number): Promise<RepositoryFacts[]>;
  /** Present facts of a repository; `undefined` where the app cannot see it any more. */
  repository(address: RepositoryAddress): Promise<RepositoryFacts | undefined>;
  /** The commit at the head of a branch; `undefined` where the repository or branch is empty. */
  head(address: RepositoryAddress, branch: string): Promise<CommitFacts | undefined>;
  /**
   * The head of a branch, asked with the mark of the last answer: as long as that holds, the request costs nothing of the
   * hourly budget.
   */
  headSince(address: RepositoryAddress, branch: string, etag: string | null): Promise<HeadAnswer>;
  /** Throws `Fault` `github-behind` where GitHub does not serve the commit, which webhooks may name before it does. */
  commit(address: RepositoryAddress, sha: string): Promise<CommitFacts>;
  /**
   * Every blob, symlink and submodule of a tree; `undefined` where GitHub cannot give it whole: ask for its folders. What
   * is the same as in the tree that was given last for the repository is given as the same object.
   */
  tree(address: RepositoryAddress, treeSha: string): Promise<readonly TreeFile[] | undefined>;
  /**
   * The same, folder by folder and whatever the size: complete for the root and for every folder that `isWanted` takes
   * by its path from the root. One request for each of them.
   */
  folders(address: RepositoryAddress, treeSha: string, isWanted: (folder: string) => boolean): Promise<TreeFile[]>;
  /** A blob's bytes, hashed again and equal to its id. */
  blob(address: RepositoryAddress, gitSha: string): Promise<Uint8Array>;
  /**
   * Many blobs by id, each hashed again; complete, or the call throws. They are asked for one by one, a bounded number
   * at a time; where the commit that holds them is named, many of them come in one archive, which costs next to nothing
   * of the hourly budget. All are in memory at once: ask in portions where they may be large. `onRead` is told how many
   * there are by now.
   */
  blobs(
    address: RepositoryAddress,
    gitShas: readonly string[],
    commitSha?: string,
    onRead?: (count: number) => void,
  ): Promise<Map<string, Uint8Array>>;
  /**
   * The blobs of one commit, for a reader that asks for one and then for many: where some `expectedCount` of them are
   * many, all come in one archive. Must be disposed of.
   */
  commitBlobs(address: RepositoryAddress, commitSha: string, expectedCount: number): CommitBlobs;
  /** Every tag, with the commit that it leads to. */
  tags(address: RepositoryAddress): Promise<Tag[]>;
  pullRequest(address: RepositoryAddress, number: number): Promise<PullRequestFacts | undefined>;
  /**
   * The open pull requests, complete, asked with the mark of the last answer: as long as nothing of them has changed, the
   * request costs nothing of the hourly budget.
   */
  openPullsSince(address: RepositoryAddress, etag: string | null): Promise<OpenPullsAnswer>;
  /** The commit at which two commits parted; `undefined` where they have none in common. */
  mergeBase(address: RepositoryAddress, oneSha: string, otherSha: string): Promise<CommitFacts | undefined>;
  /** Numbers of the open pull requests whose head is this commit. */
  pullRequestsAt(address: RepositoryAddress, headSha: string): Promise<number[]>;
  /**
   * Creates a check run and gives its id; one in progress takes the place of its like that was left in progress. Throws
   * `Fault` `github-behind` where GitHub does not know the commit yet.
   */
  createCheckRun(address: RepositoryAddress, draft: CheckRunDraft): Promise<number>;
  /**
   * Makes an existing check run stand as the draft says. GitHub only ever adds annotations, so they are sent when the
   * run is completed, without those that it shows already; what an earlier draft marked stays marked. Where GitHub
   * refuses what a draft says, the conclusion is written without it.
   */
  updateCheckRun(address: RepositoryAddress, checkRunId: number, draft: CheckRunDraft): Promise<void>;
  /** Puts a sentence of Markdown above the summary of a check run, once, and leaves everything else as it is. */
  noteOnCheckRun(address: RepositoryAddress, checkRunId: number, note: string): Promise<void>;
  /** What a user may do in a repository; `none` where the login has gone to somebody else. */
  roleOf(address: RepositoryAddress, user: { readonly id: number; readonly login: string }): Promise<RepositoryRole>;
}
