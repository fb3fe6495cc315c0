// Brings a database to the schema that this code expects. Any number of processes may do so at once.

import { storeFault } from "./faults.ts";
import { createOrm, migrationsTable } from "./orm.ts";
import { sessionOf } from "./session.ts";

// Any constant does, as long as nothing else in the database takes the same advisory lock.
const lock = "select pg_advisory_xact_lock(hashtextextended('bifrost:migrations', 0))";

/**
 * Runs the migrations that have not run yet, in one transaction. Takes a Postgres URL (15 or newer), gives the names of
 * those that it ran. Throws `Fault` `store-unavailable`.
 */
export async function migrateStore(url: string): Promise<{ readonly applied: string[] }> {
  const orm = createOrm(url, 2);
  try {
    // Before the migrator looks for its table: it would create it outside the lock, and two of that at once fail.
    await orm.em.transactional(async (entityManager) => {
      const session = sessionOf(entityManager);
      await session.query(lock);
      await session.query(`create table if not exists ${migrationsTable} (
        id serial primary key, name text not null, executed_at timestamptz not null default now())`);
    });
    await orm.migrator.getExecuted();
    const applied = await orm.em.transactional(async (entityManager) => {
      await sessionOf(entityManager).query(lock);
      const transaction = entityManager.getTransactionContext();
      return await orm.migrator.up(transaction === undefined ? {} : { transaction });
    });
    return { applied: applied.map(({ name }) => name) };
  } catch (error) {
    throw storeFault(error, url);
  } finally {
    await orm.close(true);
  }
}
