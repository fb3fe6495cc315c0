// Renewals of sign-ins, by the digest of the refresh token that each uses up. GitHub takes such a token once, so of all the
// processes that are asked for a new one at the same time only one may use it.
import type { EntityManager } from "@mikro-orm/postgresql";
import { registrySession } from "./session.ts";
import type { Registry } from "./store.ts";

type Renewals = Pick<Registry, "claimRenewal" | "saveRenewal" | "endRenewals">;

/** The part of the registry that knows renewals. `begin` gives an entity manager for one call. */
export function renewalRegistry(begin: () => EntityManager): Renewals {
  return {
    claimRenewal: async (digest, { until, keepUntil }) => {
      const session = registrySession(begin());
      await session.query("delete from session_renewals where keep_until < now()");
      // A claim whose time is over was left by a process that died on it.
      const claimed = await session.query(
        `insert into session_renewals (digest, claimed_until, keep_until) values ($1, $2, $3)
        on conflict (digest) do update set claimed_until = excluded.claimed_until
          where session_renewals.successor is null and not session_renewals.ended
            and session_renewals.claimed_until < now()
        returning digest`,
        [digest, until, keepUntil],
      );
      if (claimed.length > 0) return { kind: "claimed" };
      const [row] = await session.query<{ successor: string | null; ended: boolean }>(
        "select successor, ended from session_renewals where digest = $1",
        [digest],
      );
      if (row?.ended) return { kind: "ended" };
      return row?.successor ? { kind: "renewed", successor: row.successor } : { kind: "under-way" };
    },

    saveRenewal: async (digest, successor) => {
      // Null gives the claim back. What was ended meanwhile stays so.
      const rows = await registrySession(begin()).query(
        successor === null
          ? "delete from session_renewals where digest = $1 and successor is null and not ended returning digest"
          : "update session_renewals set successor = $2 where digest = $1 and not ended returning digest",
        successor === null ? [digest] : [digest, successor],
      );
      return rows.length > 0;
    },

    endRenewals: async (digest, keepUntil) => {
      await registrySession(begin()).query(
        `insert into session_renewals (digest, ended, claimed_until, keep_until) values ($1, true, now(), $2)
        on conflict (digest) do update set ended = true, successor = null, keep_until = excluded.keep_until`,
        [digest, keepUntil],
      );
    },
  };
}
