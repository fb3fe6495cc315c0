// What was answered and what was heard: check runs by pull request, and webhook deliveries.
import type { EntityManager } from "@mikro-orm/postgresql";
import { CheckRow } from "./entities.ts";
import { sessionOf } from "./session.ts";
import type { Registry } from "./store.ts";

type Records = Pick<Registry, "check" | "saveCheck" | "pullNumbersAt" | "recordDelivery">;

/** The part of the registry that keeps records. `begin` gives an entity manager for one call. */
export function recordRegistry(begin: () => EntityManager): Records {
  return {
    check: async (repositoryId, pullNumber, headSha) => {
      const row = await begin().findOne(CheckRow, { repositoryId, pullNumber, headSha });
      if (row === null) return undefined;
      return { repositoryId, pullNumber, headSha, checkRunId: row.checkRunId, conclusion: row.conclusion ?? null };
    },

    saveCheck: async (check) => {
      await begin().upsert(CheckRow, { ...check, updatedAt: new Date() });
    },

    pullNumbersAt: async (repositoryId, headSha) => {
      const rows = await begin().find(CheckRow, { repositoryId, headSha }, { orderBy: { pullNumber: "asc" } });
      return rows.map(({ pullNumber }) => pullNumber);
    },

    recordDelivery: async ({ guid, event, action, installationId, repositoryId, outcome }) => {
      await sessionOf(begin()).query(
        `insert into deliveries (guid, event, action, installation_id, repository_id, outcome)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (guid) do update set
          attempts = deliveries.attempts + 1, outcome = excluded.outcome, received_at = now()`,
        [guid, event, action, installationId, repositoryId, outcome],
      );
    },
  };
}
