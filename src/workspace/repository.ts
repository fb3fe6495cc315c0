// A repository as the product knows it: GitHub's facts, and where it stands.
import type { Diagnostic } from "./diagnostic.ts";
import type { SkippedFile } from "./file.ts";
import type { Scope } from "./scope.ts";
import type { Quota, Troubles } from "./trouble.ts";

/** An account (organisation or user) on GitHub that has the app installed. */
export interface Installation {
  readonly id: number;
  readonly accountId: number;
  readonly accountLogin: string;
  readonly accountType: "Organization" | "User";
  readonly suspended: boolean;
}

/** GitHub's facts about a repository. Ids decide; names are for people and for URLs, and may be out of date. */
export interface RepositoryFacts {
  readonly id: number;
  readonly installationId: number;
  readonly accountId: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly archived: boolean;
}

/**
 * Where a repository stands.
 * - `unbound`: it has no `.github/bifrost.yml`.
 * - `pending`: it asks for a scope that nobody granted.
 * - `bound`: it feeds its scope.
 * - `held`: its head would delete so much that an operator has to agree first; what is stored keeps serving.
 * - `gated`: its file asks that only commits whose check passed are synced, and its head's has not; what is stored keeps
 *   serving.
 * - `rolled-back`: an operator rolled its scope back: nothing is synced until that is released.
 * - `refused`: its file is wrong or asks for another scope than it is bound to; what is stored keeps serving.
 * - `detached`: the app was taken off it; what is stored keeps serving.
 */
export const bindingStates = [
  "unbound",
  "pending",
  "bound",
  "held",
  "gated",
  "rolled-back",
  "refused",
  "detached",
] as const;
export type BindingState = (typeof bindingStates)[number];

/** A sync that waits for an operator, because of what it would delete. */
export interface Hold {
  readonly commit: string;
  /** How many files it would delete, of how many that the scope holds. */
  readonly deletes: number;
  readonly live: number;
  readonly since: Date;
  /** Some of the paths that it would delete. */
  readonly examples: readonly string[];
  /** Who agreed to the deletes of this commit; null: nobody yet. */
  readonly approvedBy: string | null;
}

/** A repository with everything that `repo list` prints and a job starts from. */
export interface Repository extends RepositoryFacts {
  readonly state: BindingState;
  /** The scope that it feeds or fed. Once set, only an operator's rebind changes it. */
  readonly scope: Scope | null;
  /** The scope that its file asks for, as written there. */
  readonly requestedScope: string | null;
  /** The newest commit of its default branch that the app heard of, whether GitHub serves it already or not. */
  readonly wantedSha: string | null;
  /** The commit that what is stored equals. */
  readonly syncedSha: string | null;
  readonly syncedAt: Date | null;
  /** The last commit whose `bifrost/sync` check run was written. */
  readonly reportedSha: string | null;
  /** What the last sync did or why it stopped, the source of the check run's words. */
  readonly lastSync: SyncReport | null;
  /** Present while `state` is `held`, and from an operator's approval to the sync that follows it. */
  readonly hold: Hold | null;
  /** What went wrong at the last try, kept until one succeeds. */
  readonly troubles: Troubles;
  /** What is left of its installation's hourly requests, as GitHub said last. */
  readonly quota: Quota | null;
  readonly installationSuspended: boolean;
}

/** What a sync did, or why it did nothing, at one commit. */
export interface SyncReport {
  readonly commit: string;
  readonly state: BindingState;
  readonly scope: string | null;
  readonly revision: number | null;
  /** How many there are of each; the lists below may be cut short. `refused` are paths that other repositories brought. */
  readonly counts: {
    readonly upserts: number;
    readonly deletes: number;
    readonly skipped: number;
    readonly refused: number;
  };
  readonly upserts: readonly string[];
  readonly deletes: readonly string[];
  /** Folder of the repository that holds the modules; left out by syncs that wrote nothing. */
  readonly root?: string;
  /** Where the organisation sees another revision of global since this sync; null: it follows global. */
  readonly pin?: { readonly from: number | null; readonly to: number | null; readonly release: string | null };
  readonly unchanged: number;
  readonly skipped: readonly SkippedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

// A report is kept with its repository, which every job and every list of repositories reads: 10,000 paths would be 300 KB.
const keptMax = 100;

/** The report as it is kept: the first of each list. */
export function reportToKeep(report: SyncReport): SyncReport {
  const { upserts, deletes, skipped } = report;
  return {
    ...report,
    upserts: upserts.slice(0, keptMax),
    deletes: deletes.slice(0, keptMax),
    skipped: skipped.slice(0, keptMax),
  };
}
