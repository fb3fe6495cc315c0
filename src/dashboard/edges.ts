// What the dashboard reaches, as its ways are given it.
import type { Logger } from "pino";
import type { CatalogMemory } from "../catalog/memory.ts";
import type { GitHubApp } from "../github/app.ts";
import type { GitHubUsers } from "../github/users.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { Store } from "../store/store.ts";
import type { Highlighter, Highlighters } from "./highlight/highlighter.ts";

/** What the dashboard is handed. */
export interface DashboardEdges {
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue" | "unfinished">;
  /** GitHub as its users see it, by their own tokens. */
  readonly users: GitHubUsers;
  /** The app's own page on GitHub. */
  readonly app: Pick<GitHubApp, "facts">;
  /** What sources ask for and offer; those of strangers are parsed where a hostile one does no harm. */
  readonly records: RecordCache;
  readonly limits: RateLimits;
  readonly log: Logger;
}

/** That, and what the dashboard keeps by itself. */
export interface FrameEdges extends DashboardEdges {
  readonly memory: CatalogMemory;
  readonly highlighters: Highlighters;
}

/** What pages read and change. */
export interface PageEdges extends DashboardEdges {
  readonly memory: CatalogMemory;
  /** That of the scope that the page is about. */
  readonly highlighter: Highlighter;
}
