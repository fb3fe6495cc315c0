// What was purged while a scope is rolled back: the end of the rollback must not bring it back.
import { Migration } from "@mikro-orm/migrations";

/** Repositories that were purged since a rollback. */
export class RollbackPurgesMigration extends Migration {
  override readonly name = "2026-11-26-rollback-purges";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  "alter table rollbacks add column purged bigint[] not null default '{}'",
  // Of rollbacks that are under way, as far as the history tells.
  `update rollbacks b set purged = array(
    select distinct r.repository_id from revisions r where r.organization_id is not distinct from b.organization_id
      and r.kind = 'purge' and r.number > b.revision and r.repository_id is not null)`,
];
