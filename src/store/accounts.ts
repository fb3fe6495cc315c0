// Accounts that have or had the app installed. A removed installation stays as a row, so that a grant can still name the
// account by its login.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { Installation } from "../workspace/repository.ts";
import { InstallationRow, RepositoryRow } from "./entities.ts";
import { registrySession } from "./session.ts";
import type { Registry } from "./store.ts";

type Accounts = Pick<Registry, "installations" | "saveInstallation" | "removeInstallation" | "accountId">;

/** The part of the registry that knows installations. `begin` gives an entity manager for one call. */
export function accountRegistry(begin: () => EntityManager): Accounts {
  return {
    installations: async () => {
      const rows = await begin().find(
        InstallationRow,
        { removedAt: null },
        { orderBy: { accountLogin: "asc", id: "asc" } },
      );
      return rows.map(fromRow);
    },

    saveInstallation: async (installation) => {
      await begin().upsert(InstallationRow, { ...installation, removedAt: null });
    },

    removeInstallation: async (installationId) => {
      await begin().transactional(async (entityManager) => {
        await entityManager.nativeUpdate(InstallationRow, { id: installationId }, { removedAt: new Date() });
        await entityManager.nativeUpdate(RepositoryRow, { installationId }, { state: "detached", hold: null });
      });
    },

    accountId: async (login) => {
      // The app's present installations first: a login that was given up may belong to someone else by now.
      const [row] = await registrySession(begin()).query<{ account_id: string }>(
        `select account_id from (
          select account_id, removed_at is null as present, id from installations where lower(account_login) = lower($1)
          union all
          select account_id, false, id from repositories where lower(owner) = lower($1)
        ) known order by present desc, id desc limit 1`,
        [login],
      );
      return row === undefined ? undefined : Number(row.account_id);
    },
  };
}

function fromRow({ id, accountId, accountLogin, accountType, suspended }: InstallationRow): Installation {
  return { id, accountId, accountLogin, accountType, suspended };
}
