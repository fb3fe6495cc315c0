// What a sync that was refused tells.
import type { SyncReport } from "../../src/workspace/repository.ts";

export function sampleReport(commit: string): SyncReport {
  return {
    commit,
    state: "refused",
    scope: null,
    revision: null,
    counts: { upserts: 0, deletes: 0, skipped: 0, refused: 0 },
    upserts: [],
    deletes: [],
    unchanged: 0,
    skipped: [],
    diagnostics: [],
  };
}
