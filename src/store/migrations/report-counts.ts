// A repository's last report counts what it lists, and lists no more than a person reads.
import { Migration } from "@mikro-orm/migrations";

/** Counts in place of whole lists. */
export class ReportCountsMigration extends Migration {
  override readonly name = "2026-11-26-report-counts";

  override up(): void {
    this.addSql(`update repositories set last_sync = last_sync || jsonb_build_object(
      'counts', jsonb_build_object(
        'upserts', jsonb_array_length(last_sync -> 'upserts'),
        'deletes', jsonb_array_length(last_sync -> 'deletes'),
        'skipped', jsonb_array_length(last_sync -> 'skipped'),
        'refused', jsonb_array_length(
          jsonb_path_query_array(last_sync, '$.diagnostics[*] ? (@.code == "path-conflict")'))),
      'upserts', jsonb_path_query_array(last_sync, '$.upserts[0 to 99]'),
      'deletes', jsonb_path_query_array(last_sync, '$.deletes[0 to 99]'),
      'skipped', jsonb_path_query_array(last_sync, '$.skipped[0 to 99]'))
    where last_sync is not null and not last_sync ? 'counts'`);
  }
}
