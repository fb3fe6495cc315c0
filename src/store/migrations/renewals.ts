// Sign-ins whose token was renewed: what is known of a refresh token that is used up, so that whoever comes with the old
// session a moment later is given the new one, by whichever process.
import { Migration } from "@mikro-orm/migrations";

/** Renewals of sign-ins. */
export class RenewalsMigration extends Migration {
  override readonly name = "2026-11-26-renewals";

  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // `successor` is sealed with a key that the database does not hold. Null while somebody works on it, or where the
  // session was ended for good.
  `create table session_renewals (
    digest text primary key,
    successor text,
    ended boolean not null default false,
    claimed_until timestamptz not null,
    keep_until timestamptz not null
  )`,
  "create index session_renewals_keep on session_renewals (keep_until)",
];
