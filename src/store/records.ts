// What was answered: check runs by pull request.
import type { EntityManager } from "@mikro-orm/postgresql";
import { CheckRow } from "./entities.ts";
import type { Registry } from "./store.ts";

type Records = Pick<Registry, "check" | "saveCheck" | "pullNumbersAt" | "waitingPulls">;

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

    waitingPulls: async (repositoryId) => {
      const rows = await begin().find(CheckRow, { repositoryId, conclusion: "action_required" });
      return [...new Set(rows.map(({ pullNumber }) => pullNumber))];
    },

    pullNumbersAt: async (repositoryId, headSha) => {
      const rows = await begin().find(CheckRow, { repositoryId, headSha }, { orderBy: { pullNumber: "asc" } });
      return rows.map(({ pullNumber }) => pullNumber);
    },
  };
}
