// Every migration in the order in which they run. One that has been released is never changed: add the next.
import { ScopesMigration } from "./scopes.ts";
import { StandingMigration } from "./standing.ts";
import { SweepsMigration } from "./sweeps.ts";

export const migrations = [
  { name: "2026-11-23-scopes", class: ScopesMigration },
  { name: "2026-11-23-standing", class: StandingMigration },
  { name: "2026-11-24-sweeps", class: SweepsMigration },
] as const;
