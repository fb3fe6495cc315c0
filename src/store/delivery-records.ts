// Deliveries as they arrived and as they failed to. One that was taken in is never asked for again.
import type { EntityManager } from "@mikro-orm/postgresql";
import { registrySession } from "./session.ts";
import type { DeliveryRecord, Registry } from "./store.ts";
import type { SweepRecords } from "./sweep-records.ts";

type Deliveries = Pick<Registry, "recordDelivery" | "recordDeliveries" | "wasTakenIn"> &
  Pick<SweepRecords, "saveFailedDeliveries" | "dueRedeliveries" | "saveRedelivery" | "pruneDeliveries">;

interface DueRedeliveryRow {
  guid: string;
  delivery_id: string;
  event: string;
  installation_id: string | null;
  redeliveries: number;
}

// Taken in is what was recorded with all that it led to, in one transaction.
const takenIn = "exists (select from deliveries d where d.guid = f.guid and d.state <> 'received')";

/** The part of the registry that keeps deliveries. `begin` gives an entity manager for one call. */
export function deliveryRecords(begin: () => EntityManager): Deliveries {
  return {
    recordDelivery: (delivery) => recordDeliveries(begin(), [delivery]),
    recordDeliveries: (deliveries) => recordDeliveries(begin(), deliveries),

    wasTakenIn: async (guid) => {
      const rows = await registrySession(begin()).query(
        "select from deliveries where guid = $1 and state <> 'received'",
        [guid],
      );
      return rows.length > 0;
    },

    saveFailedDeliveries: async (failed, now) => {
      const newest = new Map<string, (typeof failed)[number]>();
      for (const attempt of failed) {
        const known = newest.get(attempt.guid);
        if (known === undefined || known.deliveryId < attempt.deliveryId) newest.set(attempt.guid, attempt);
      }
      const latest = [...newest.values()];
      const session = registrySession(begin());
      await session.query(
        `insert into failed_deliveries (guid, delivery_id, event, installation_id, failed_at, redeliver_at)
        select guid, delivery_id, event, installation_id, failed_at, $6::timestamptz
        from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[])
          as f (guid, delivery_id, event, installation_id, failed_at)
        where not ${takenIn}
        on conflict (guid) do update set
          delivery_id = greatest(failed_deliveries.delivery_id, excluded.delivery_id),
          failed_at = greatest(failed_deliveries.failed_at, excluded.failed_at)`,
        [
          latest.map(({ guid }) => guid),
          latest.map(({ deliveryId }) => deliveryId),
          latest.map(({ event }) => event),
          latest.map(({ installationId }) => installationId),
          latest.map(({ failedAt }) => failedAt),
          now,
        ],
      );
      await session.query(`delete from failed_deliveries f where ${takenIn}`);
    },

    dueRedeliveries: async (now, limit) => {
      const rows = await registrySession(begin()).query<DueRedeliveryRow>(
        `select guid, delivery_id, event, installation_id, redeliveries from failed_deliveries f
        where redeliver_at <= $1 and not ${takenIn} order by redeliver_at, delivery_id limit $2`,
        [now, limit],
      );
      return rows.map(({ guid, delivery_id, event, installation_id, redeliveries }) => ({
        guid,
        deliveryId: Number(delivery_id),
        event,
        installationId: installation_id === null ? null : Number(installation_id),
        redeliveries,
      }));
    },

    saveRedelivery: async (guid, nextAt) => {
      const session = registrySession(begin());
      if (nextAt === null) await session.query("delete from failed_deliveries where guid = $1", [guid]);
      else {
        await session.query(
          "update failed_deliveries set redeliveries = redeliveries + 1, redeliver_at = $2 where guid = $1",
          [guid, nextAt],
        );
      }
    },

    pruneDeliveries: async (before) => {
      const [row] = await registrySession(begin()).query<{ count: number }>(
        `with arrived as (delete from deliveries where received_at < $1 returning 1),
        failed as (delete from failed_deliveries where failed_at < $1 returning 1)
        select (select count(*) from arrived)::int + (select count(*) from failed)::int as count`,
        [before],
      );
      return row?.count ?? 0;
    },
  };
}

async function recordDeliveries(entityManager: EntityManager, deliveries: readonly DeliveryRecord[]): Promise<void> {
  // One statement cannot write a row twice: of a delivery that comes more than once, the last one's words are kept.
  const byGuid = new Map(deliveries.map((delivery) => [delivery.guid, { ...delivery, attempts: 0 }]));
  for (const { guid } of deliveries) {
    const row = byGuid.get(guid);
    if (row) row.attempts += 1;
  }
  const rows = [...byGuid.values()].sort((one, other) => (one.guid < other.guid ? -1 : 1));
  await registrySession(entityManager).query(
    `insert into deliveries
      (guid, event, action, installation_id, repository_id, state, outcome, attempts, commit_sha, ref, sender)
    select * from unnest(
      $1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::integer[],
      $9::text[], $10::text[], $11::text[])
    on conflict (guid) do update set
      attempts = deliveries.attempts + excluded.attempts, received_at = now(), outcome = excluded.outcome,
      state = case when excluded.state = 'received' then deliveries.state else excluded.state end`,
    [
      rows.map(({ guid }) => guid),
      rows.map(({ event }) => event),
      rows.map(({ action }) => action),
      rows.map(({ installationId }) => installationId),
      rows.map(({ repositoryId }) => repositoryId),
      rows.map(({ state }) => state),
      rows.map(({ outcome }) => outcome),
      rows.map(({ attempts }) => attempts),
      rows.map(({ commit }) => commit ?? null),
      rows.map(({ ref }) => ref ?? null),
      rows.map(({ sender }) => sender ?? null),
    ],
  );
}
