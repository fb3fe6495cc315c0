// What a webhook delivery tells the product. Payloads are hints: they say where to look, and whoever looks reads the
// present state, because deliveries come late, twice, out of order or not at all.
import type { Installation, RepositoryFacts } from "./repository.ts";

/** A repository as lists inside a payload name it: less than `RepositoryFacts`, and all that GitHub tells there. */
export interface RepositoryMention {
  readonly id: number;
  readonly installationId: number;
  readonly accountId: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
}

/** Commits arrived on a branch or tag, or it was deleted. */
export interface PushPayload {
  readonly kind: "push";
  readonly repository: RepositoryFacts;
  /** The whole ref, `refs/heads/main`. */
  readonly ref: string;
  /** The commit that the ref now names; all zeros where it was deleted. */
  readonly after: string;
  readonly deleted: boolean;
}

export interface PullRequestPayload {
  readonly kind: "pull-request";
  /** GitHub's own word, such as `opened` or `synchronize`. */
  readonly action: string;
  readonly repository: RepositoryFacts;
  readonly pullNumber: number;
  readonly headSha: string;
  /** The branch that it would be merged into now. */
  readonly baseRef: string;
  /** The pull request was pointed at another branch. */
  readonly baseChanged: boolean;
}

/** A person asked for one of our check runs again, or pressed one of its buttons. */
export interface CheckRunPayload {
  readonly kind: "check-run";
  readonly action: "rerequested" | "requested_action";
  readonly repository: RepositoryFacts;
  readonly checkRunId: number;
  readonly name: string;
  /** What we gave the check run when we made it; empty where nothing was given. */
  readonly externalId: string;
  readonly headSha: string;
  /** Empty for pull requests from forks. */
  readonly pullNumbers: readonly number[];
  /** The button's identifier, for `requested_action`. */
  readonly buttonId: string | null;
  /** Who asked or pressed. */
  readonly sender: { readonly id: number; readonly login: string };
}

/** GitHub asks for every check of a commit: by itself after a push, or because a person asked for all again. */
export interface CheckSuitePayload {
  readonly kind: "check-suite";
  readonly action: "requested" | "rerequested";
  readonly repository: RepositoryFacts;
  readonly headSha: string;
  /** Null for pull requests from forks. */
  readonly headBranch: string | null;
  /** Empty for pull requests from forks. */
  readonly pullNumbers: readonly number[];
}

/** A merge queue asks for the check of what it would merge, or does not need it any more. */
export interface MergeGroupPayload {
  readonly kind: "merge-group";
  readonly action: "checks_requested" | "destroyed";
  readonly repository: RepositoryFacts;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
}

export const installationActions = ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"] as const;

/** The app was put on an account or taken off it, or what it may do there changed. */
export interface InstallationPayload {
  readonly kind: "installation";
  readonly action: (typeof installationActions)[number];
  readonly installation: Installation;
  /** What the installation reaches, as far as the payload says; GitHub may leave it out. */
  readonly repositories: readonly RepositoryMention[];
}

export interface InstallationRepositoriesPayload {
  readonly kind: "installation-repositories";
  readonly installation: Installation;
  readonly added: readonly RepositoryMention[];
  readonly removed: readonly RepositoryMention[];
}

export const repositoryActions = [
  "created",
  "renamed",
  "transferred",
  "deleted",
  "archived",
  "unarchived",
  "privatized",
  "publicized",
  "edited",
] as const;

/** A repository's own facts changed. `repository` says what they are now. */
export interface RepositoryPayload {
  readonly kind: "repository";
  readonly action: (typeof repositoryActions)[number];
  readonly repository: RepositoryFacts;
}

/** An account with the app installed goes by another name now. */
export interface AccountRenamedPayload {
  readonly kind: "account-renamed";
  readonly installationId: number;
  readonly accountId: number;
  readonly login: string;
}

/** A delivery that the product has no use for. */
export interface OtherPayload {
  readonly kind: "other";
  /** Why there is no use for it, for the delivery log. */
  readonly reason: string;
}

export type DeliveryPayload =
  | PushPayload
  | PullRequestPayload
  | CheckRunPayload
  | CheckSuitePayload
  | MergeGroupPayload
  | InstallationPayload
  | InstallationRepositoriesPayload
  | RepositoryPayload
  | AccountRenamedPayload
  | OtherPayload;

/** One verified delivery. */
export interface Delivery {
  /** GitHub's id of the event. A redelivery carries the same one. */
  readonly guid: string;
  /** GitHub's name of the event, such as `push`. */
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  /** The login of whoever brought it about. */
  readonly sender: string | null;
  readonly payload: DeliveryPayload;
}
