// What is known of the wall between scopes: which one was wanted when it was raised last, and what it came to.
import { Migration } from "@mikro-orm/migrations";

/** The record of the wall. The wall itself is raised after all migrations, by `wall.ts`. */
export class WallMigration extends Migration {
  override readonly name = "2026-11-26-wall";

  override up(): void {
    this.addSql("create table bifrost_wall (wanted text not null, raised text not null)");
  }
}
