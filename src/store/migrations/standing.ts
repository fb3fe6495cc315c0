// What is known of a repository's way to its newest commit: the commit itself, what stands in between, and what GitHub
// still gives.
import { Migration } from "@mikro-orm/migrations";

/** Columns by which `repo show` says why a repository is not at its head. */
export class StandingMigration extends Migration {
  override readonly name = "2026-11-23-standing";

  override up(): void {
    this.addSql(`alter table repositories
      add column wanted_sha text,
      add column hold jsonb,
      add column troubles jsonb not null default '{}'`);
    this.addSql("update repositories set wanted_sha = synced_sha");
    this.addSql("alter table installations add column quota jsonb");
  }
}
