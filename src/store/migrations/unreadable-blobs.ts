// What was read of a repository and cannot be stored, so that a sync does not fetch it at each push.
import { Migration } from "@mikro-orm/migrations";

/** Blobs that cannot be stored, by repository. */
export class UnreadableBlobsMigration extends Migration {
  override readonly name = "2026-11-26-unreadable-blobs";

  override up(): void {
    this.addSql(`create table unreadable_blobs (
      repository_id bigint not null,
      git_sha text not null,
      reason text not null,
      detail text not null,
      primary key (repository_id, git_sha)
    )`);
  }
}
