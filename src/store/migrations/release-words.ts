// What was said of tags on their commits, so that each thing is said once.
import { Migration } from "@mikro-orm/migrations";

/** Words about releases. */
export class ReleaseWordsMigration extends Migration {
  override readonly name = "2026-11-26-release-words";

  override up(): void {
    this.addSql(`create table release_words (
      repository_id bigint not null,
      name text not null,
      word text not null,
      primary key (repository_id, name)
    )`);
  }
}
