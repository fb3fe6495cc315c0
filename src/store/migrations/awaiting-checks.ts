// Checks that were refused for want of something that may come, such as a release of global.
import { Migration } from "@mikro-orm/migrations";

/** What a refused check waits for. */
export class AwaitingChecksMigration extends Migration {
  override readonly name = "2026-11-26-awaiting-checks";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  "alter table checks add column awaits text",
  "create index checks_awaits on checks (awaits) where awaits is not null",
];
