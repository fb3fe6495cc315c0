// How far a statement reaches: which role it is run as and which scopes' rows it finds. The database holds to it, whatever
// the statement says: see `wall.ts`.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Scope } from "../workspace/scope.ts";

/** The role of statements on behalf of scopes. It finds their rows and the global layer's, and no table besides. */
export const scopedRole = "bifrost_scoped";
/** The role of statements about repositories, grants, deliveries and jobs. It reads no file and nothing of a scope's past. */
export const registryRole = "bifrost_registry";

/**
 * - `registry`: what belongs to no scope, and which repository feeds which.
 * - `scopes`: rows of these scopes, and of the global layer below them; `writes` says whether those scopes may be changed.
 * - `unscoped`: what is kept of repositories that feed no scope.
 * - `every`: all rows of all scopes, as the role that the connection logged in as.
 */
export type Reach =
  | { readonly kind: "registry" | "unscoped" | "every" }
  | { readonly kind: "scopes"; readonly scopes: readonly Scope[]; readonly writes: boolean };

const registry: Reach = { kind: "registry" };
const reaches = new AsyncLocalStorage<Reach>();

/** Runs `work`, which sends one statement, with a reach. */
export function withReach<T>(reach: Reach, work: () => Promise<T>): Promise<T> {
  return reaches.run(reach, work);
}

/** The reach of the statement that is about to be sent. Whatever says nothing, such as the mapper's own, reaches least. */
export function presentReach(): Reach {
  return reaches.getStore() ?? registry;
}

/** Puts a transaction under a reach, with `reachValues` for its placeholders. Several settings, none of which needs another. */
export const reachSql =
  "select set_config('role', $1, true), set_config('bifrost.access', $2, true), " +
  "set_config('bifrost.global', $3, true), set_config('bifrost.organizations', $4, true)";

/** The values of the role, `bifrost.access`, `bifrost.global` and `bifrost.organizations`, which the policies read. */
export function reachValues(reach: Reach): readonly [role: string, access: string, global: string, ids: string] {
  switch (reach.kind) {
    case "registry":
      return [registryRole, "", "", ""];
    case "unscoped":
      return [scopedRole, "unscoped", "", ""];
    case "every":
      return ["none", "every", "", ""];
    case "scopes": {
      const ids = reach.scopes.flatMap((scope) => (scope.kind === "organization" ? [scope.id] : []));
      const ownsGlobal = reach.scopes.some(({ kind }) => kind === "global");
      return [scopedRole, reach.writes ? "write" : "read", ownsGlobal ? "own" : "below", `{${ids.join(",")}}`];
    }
    default:
      throw reach satisfies never;
  }
}
