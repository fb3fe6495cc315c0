// What a sync that was refused tells.
import type { SyncReport } from "../../src/workspace/repository.ts";

export function sampleReport(commit: string): SyncReport {
  return {
    commit,
    state: "refused",
    scope: null,
    revision: null,
    upserts: [],
    deletes: [],
    unchanged: 0,
    skipped: [],
    diagnostics: [],
  };
}
