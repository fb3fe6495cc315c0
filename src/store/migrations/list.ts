// Every migration in the order in which they run. One that has been released is never changed: add the next.
import { ScopesMigration } from "./scopes.ts";

export const migrations = [{ name: "2026-11-23-scopes", class: ScopesMigration }] as const;
