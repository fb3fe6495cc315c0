// The store on Postgres: every part of it over one pool. The schema is `migrate.ts`'s; nothing is created here.
import type { EntityManager } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import { accountRegistry } from "./accounts.ts";
import { applySync } from "./apply-sync.ts";
import { auditReader } from "./audit.ts";
import { blastRegistry } from "./blasts.ts";
import { checkReportRegistry } from "./check-reports.ts";
import { readOwnedSnapshots } from "./check-view.ts";
import { deliveryRecords } from "./delivery-records.ts";
import { addressOf, storeFault, withStoreFaults } from "./faults.ts";
import { scopeReader } from "./files.ts";
import { grantRegistry } from "./grants.ts";
import { headRecords } from "./head-records.ts";
import { layerLister } from "./layer-listing.ts";
import { layersReader } from "./layers-at.ts";
import { migrations } from "./migrations/list.ts";
import { organizationRegistry } from "./organizations.ts";
import { createOrm, migrationsTable } from "./orm.ts";
import { overridingRegistry } from "./overriding.ts";
import { pinRegistry } from "./pins.ts";
import { pullLooks } from "./pull-looks.ts";
import { purgeRepository } from "./purge.ts";
import { recordRegistry } from "./records.ts";
import { releaseRegistry } from "./releases.ts";
import { renewalRegistry } from "./renewals.ts";
import { repositoryRegistry } from "./repositories.ts";
import { requestRegistry } from "./requests.ts";
import { dropHistory } from "./retention.ts";
import { endRollback, rollBack, rollbackRegistry } from "./rollback.ts";
import { scopeFactsRegistry } from "./scope-facts.ts";
import { everyScopeSession, registrySession } from "./session.ts";
import type { Registry, SqlExecutor, Store, StoreTransaction } from "./store.ts";
import { sweepProgressRecords } from "./sweep-progress.ts";
import { unreadableBlobRegistry } from "./unreadable-blobs.ts";
import { versionReader } from "./versions.ts";

/**
 * Connects to a migrated database. `url` is a Postgres URL; `connectionsMax` bounds the pool (default 10; the embedded
 * Postgres does one thing at a time, so 3 are plenty there). Connects at the first use: `ready` says whether it can.
 */
export async function connectStore(options: {
  readonly url: string;
  readonly connectionsMax?: number;
}): Promise<Store> {
  const orm = createOrm(options.url, options.connectionsMax ?? 10);
  const { url } = options;
  const store: Omit<Store, "transaction"> = {
    ...registry(() => orm.em.fork()),
    ...scopeReader(orm),
    ...versionReader(orm),
    ...layerLister(orm),
    ...layersReader(orm),
    ownedSnapshots: (granted, pin) => readOwnedSnapshots(orm, granted, pin),

    applySync: (granted, change) =>
      orm.em.fork().transactional((entityManager) => applySync(entityManager, granted, change)),

    ready: async () => {
      const applied = await registrySession(orm.em).query<{ name: string }>(`select name from ${migrationsTable}`);
      const names = new Set(applied.map(({ name }) => name));
      const pending = migrations.filter(({ name }) => !names.has(name));
      if (pending.length > 0) {
        const list = pending.map(({ name }) => name).join(", ");
        throw new Fault("store-outdated", `The database at ${addressOf(url)} lacks migrations: ${list}`);
      }
    },

    close: async () => {
      await orm.close(true);
    },
  };
  return {
    ...withStoreFaults(store, url),

    transaction: async (work) => {
      let failure: { readonly error: unknown } | undefined;
      try {
        return await orm.em.fork().transactional(async (entityManager) => {
          try {
            return await work(inTransaction(entityManager, url));
          } catch (error) {
            failure = { error };
            throw error;
          }
        });
      } catch (error) {
        // What `work` throws is its own affair and must not be taken for a fault of the store.
        throw failure === undefined ? storeFault(error, url) : failure.error;
      }
    },
  };
}

function registry(begin: () => EntityManager): Registry {
  return {
    ...organizationRegistry(begin),
    ...overridingRegistry(begin),
    ...accountRegistry(begin),
    ...repositoryRegistry(begin),
    ...grantRegistry(begin),
    ...requestRegistry(begin),
    ...recordRegistry(begin),
    ...blastRegistry(begin),
    ...checkReportRegistry(begin),
    ...renewalRegistry(begin),
    ...scopeFactsRegistry(begin),
    ...deliveryRecords(begin),
    ...headRecords(begin),
    ...pullLooks(begin),
    ...sweepProgressRecords(begin),
    ...unreadableBlobRegistry(begin),
    ...pinRegistry(begin),
    ...releaseRegistry(begin),
    ...rollbackRegistry(begin),
    ...auditReader(begin),
  };
}

function inTransaction(entityManager: EntityManager, url: string): StoreTransaction {
  // A fork of its own for each call: rows that one call read must not hide what a later one reads.
  const fork = () => entityManager.fork({ keepTransactionContext: true });
  const session = everyScopeSession(entityManager, "the tables of the queue, which are not the store's");
  const sql: SqlExecutor = {
    executeSql: async (text, values) => ({ rows: await session.query(text, values) }),
  };
  const parts = {
    ...registry(fork),
    dropHistory: (...given: Parameters<StoreTransaction["dropHistory"]>) => dropHistory(fork(), ...given),
    rollBack: (...given: Parameters<StoreTransaction["rollBack"]>) => rollBack(fork(), ...given),
    endRollback: (...given: Parameters<StoreTransaction["endRollback"]>) => endRollback(fork(), ...given),
    purgeRepository: (...purge: Parameters<StoreTransaction["purgeRepository"]>) => purgeRepository(fork(), ...purge),
  };
  return { ...withStoreFaults(parts, url), sql: withStoreFaults(sql, url) };
}
