// How far each sweep has come, so that the next one, in whichever process, goes on from there.
import type { EntityManager } from "@mikro-orm/postgresql";
import { registrySession } from "./session.ts";
import type { SweepRecords } from "./sweep-records.ts";

/** The part of the registry that keeps the sweeps' progress. `begin` gives an entity manager for one call. */
export function sweepProgressRecords(
  begin: () => EntityManager,
): Pick<SweepRecords, "sweepProgress" | "saveSweepProgress"> {
  return {
    sweepProgress: async (name) => {
      const [row] = await registrySession(begin()).query<{ progress: unknown }>(
        "select progress from sweeps where name = $1",
        [name],
      );
      return row?.progress;
    },

    saveSweepProgress: async (name, progress) => {
      await registrySession(begin()).query(
        `insert into sweeps (name, progress) values ($1, $2::jsonb)
        on conflict (name) do update set progress = excluded.progress, updated_at = now()`,
        [name, JSON.stringify(progress)],
      );
    },
  };
}
