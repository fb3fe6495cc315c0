// Every migration in the order in which they run. One that has been released is never changed: add the next.
import { AwaitingChecksMigration } from "./awaiting-checks.ts";
import { BlastsMigration } from "./blasts.ts";
import { CheckReportsMigration } from "./check-reports.ts";
import { ChecksMigration } from "./checks.ts";
import { ReleaseWordsMigration } from "./release-words.ts";
import { RenewalsMigration } from "./renewals.ts";
import { ReportCountsMigration } from "./report-counts.ts";
import { RequestsMigration } from "./requests.ts";
import { RevisionsMigration } from "./revisions.ts";
import { RollbackPurgesMigration } from "./rollback-purges.ts";
import { ScopesMigration } from "./scopes.ts";
import { StandingMigration } from "./standing.ts";
import { SweepsMigration } from "./sweeps.ts";
import { UnreadableBlobsMigration } from "./unreadable-blobs.ts";
import { WallMigration } from "./wall.ts";

export const migrations = [
  { name: "2026-11-23-scopes", class: ScopesMigration },
  { name: "2026-11-23-standing", class: StandingMigration },
  { name: "2026-11-24-sweeps", class: SweepsMigration },
  { name: "2026-11-26-unreadable-blobs", class: UnreadableBlobsMigration },
  { name: "2026-11-26-report-counts", class: ReportCountsMigration },
  { name: "2026-11-26-checks", class: ChecksMigration },
  { name: "2026-11-26-revisions", class: RevisionsMigration },
  { name: "2026-11-26-blasts", class: BlastsMigration },
  { name: "2026-11-26-requests", class: RequestsMigration },
  { name: "2026-11-26-check-reports", class: CheckReportsMigration },
  { name: "2026-11-26-rollback-purges", class: RollbackPurgesMigration },
  { name: "2026-11-26-release-words", class: ReleaseWordsMigration },
  { name: "2026-11-26-renewals", class: RenewalsMigration },
  { name: "2026-11-26-awaiting-checks", class: AwaitingChecksMigration },
  { name: "2026-11-26-wall", class: WallMigration },
] as const;
