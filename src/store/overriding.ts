// Who overrides what, across organisations: ids and paths, never contents.
import type { EntityManager } from "@mikro-orm/postgresql";
import type { WorkspacePath } from "../workspace/path.ts";
import { everyScopeSession } from "./session.ts";
import type { Registry } from "./store.ts";

/** The part of the registry that looks across organisations. `begin` gives an entity manager for one call. */
export function overridingRegistry(
  begin: () => EntityManager,
): Pick<Registry, "overridingOrganizations" | "organizationsKey"> {
  return {
    organizationsKey: async () => {
      // Answered by the index of the constraint alone.
      const [row] = await everyScopeSession(begin(), "which revision every organisation is at").query<{
        key: string | null;
      }>(
        `select md5(string_agg(organization_id || ':' || number, ' ' order by organization_id)) as key from (
          select organization_id, max(number) as number from revisions where organization_id is not null
          group by organization_id) as latest`,
      );
      return row?.key ?? "";
    },

    overridingOrganizations: async (_operator, paths) => {
      const rows = await everyScopeSession(begin(), "which organisations override a path").query<{
        path: WorkspacePath;
        organizations: string[];
      }>(
        `select path, array_agg(organization_id::text) as organizations from workspace_files
        where organization_id is not null and path = any($1::text[]) group by path`,
        [paths],
      );
      return new Map(rows.map(({ path, organizations }) => [path, organizations]));
    },
  };
}
