// What the dashboard reaches, as its ways are given it.
import type { Logger } from "pino";
import type { GitHubApp } from "../github/app.ts";
import type { GitHubUsers } from "../github/users.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";

/** What pages read and change. */
export interface DashboardEdges {
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue">;
  /** GitHub as its users see it, by their own tokens. */
  readonly users: GitHubUsers;
  /** The app's own page on GitHub. */
  readonly app: Pick<GitHubApp, "facts">;
  readonly log: Logger;
}
