// What a check may touch: it reads, runs, and writes its own check run and nothing else.

import type { BindEdges } from "../bind/bind-tree.ts";
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Registry, ScopeReader } from "../store/store.ts";

export interface CheckEdges {
  readonly github: GitHub;
  readonly store: ScopeReader &
    BindEdges["store"] &
    Pick<Registry, "repository" | "check" | "saveCheck" | "renewCheck" | "openChecks" | "mergeGroup"> &
    Pick<Registry, "organizations" | "pins" | "saveBlast" | "saveReport">;
  readonly jobs: Pick<Jobs, "unfinished">;
  readonly sandbox: Sandbox;
  /** Parsed sources kept from other checks. */
  readonly records?: RecordCache;
  /** Where browsers reach this server, without a slash at its end: check runs lead to their reports and to what is explained there. */
  readonly publicUrl?: string | undefined;
}
