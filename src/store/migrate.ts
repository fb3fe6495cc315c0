// Brings a database to the schema that this code expects. Any number of processes may do so at once.

import { storeFault } from "./faults.ts";
import { createOrm, migrationsTable } from "./orm.ts";
import { everyScopeSession } from "./session.ts";
import { raiseWall, readWall } from "./wall.ts";

// Any constant does, as long as nothing else in the database takes the same advisory lock.
const lock = "select pg_advisory_xact_lock(hashtextextended('bifrost:migrations', 0))";

/**
 * Runs the migrations that have not run yet, and raises the wall between scopes, in one transaction. Takes a
 * Postgres URL (15 or newer), gives the names of those that it ran, and whether the wall stands for this login. Throws `Fault`
 * `store-unavailable`.
 */
export async function migrateStore(url: string): Promise<{ readonly applied: string[]; readonly isWalled: boolean }> {
  const orm = createOrm(url, 2, { asOwner: true });
  try {
    // Before the migrator looks for its table: it would create it outside the lock, and two of that at once fail.
    await orm.em.transactional(async (entityManager) => {
      const session = everyScopeSession(entityManager, "the schema");
      await session.query(lock);
      await session.query(`create table if not exists ${migrationsTable} (
        id serial primary key, name text not null, executed_at timestamptz not null default now())`);
    });
    await orm.migrator.getExecuted();
    const { ran, isWalled } = await orm.em.transactional(async (entityManager) => {
      const session = everyScopeSession(entityManager, "the schema");
      await session.query(lock);
      const transaction = entityManager.getTransactionContext();
      const ran = await orm.migrator.up(transaction === undefined ? {} : { transaction });
      await raiseWall(session);
      return { ran, isWalled: (await readWall(session)).stands };
    });
    return { applied: ran.map(({ name }) => name), isWalled };
  } catch (error) {
    throw storeFault(error, url);
  } finally {
    await orm.close(true);
  }
}
