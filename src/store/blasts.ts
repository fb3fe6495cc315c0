// Blast radii, as checks found them. They name organisations, so only an operator reads them back.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { BlastRadius } from "../workspace/blast.ts";
import { subjectName } from "../workspace/check.ts";
import { everyScopeSession } from "./session.ts";
import type { Registry } from "./store.ts";

type Blasts = Pick<Registry, "saveBlast" | "blast">;

// An old one says what was true of organisations that have moved on since.
const keptDays = 90;

/** The part of the registry that keeps blast radii. `begin` gives an entity manager for one call. */
export function blastRegistry(begin: () => EntityManager): Blasts {
  return {
    saveBlast: async ({ repositoryId, subject, headSha }, radius) => {
      await everyScopeSession(begin(), "what a change of global does to every organisation").query(
        `with outdated as (delete from check_blasts where created_at < now() - make_interval(days => $5))
        insert into check_blasts (repository_id, subject, head_sha, radius) values ($1, $2, $3, $4::jsonb)
        on conflict (repository_id, subject, head_sha) do update set radius = excluded.radius, created_at = now()`,
        [repositoryId, subjectName(subject), headSha, JSON.stringify(radius), keptDays],
      );
    },

    blast: async (_operator, repositoryId, subject) => {
      const [row] = await everyScopeSession(begin(), "what a change of global does to every organisation").query<{
        head_sha: string;
        radius: BlastRadius;
        created_at: Date;
      }>(
        `select head_sha, radius, created_at from check_blasts where repository_id = $1 and subject = $2
        order by created_at desc limit 1`,
        [repositoryId, subjectName(subject)],
      );
      return row && { headSha: row.head_sha, at: new Date(row.created_at), radius: row.radius };
    },
  };
}
