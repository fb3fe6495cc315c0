// Which rows of which tables a session finds: every table of the store, each decided. The reasons are in
// `docs/decisions/0048-the-database-holds-scopes-apart.md`; a test asks of every table that it is here.

export type Verb = "select" | "insert" | "update" | "delete";

/**
 * Which of a table's rows are a scope's.
 * - `layer`: also the global ones are found from an organisation, as the layer below it.
 * - `own`: the scope's alone.
 */
export interface ScopedRows {
  readonly of: "layer" | "own";
  /** The column with the organisation's id; null in it is global. Default: `organization_id`. */
  readonly column?: "id";
  /**
   * A condition under which a row without an organisation is not of global. What is not scoped belongs to repositories that
   * feed no scope; what has no scope belongs to operators.
   */
  readonly unless?: "not scoped" | "scope is null";
}

export interface WallTable {
  /** What sessions of scopes may do, to which rows. Without `rows`, to all. */
  readonly scoped?: { readonly may: readonly Verb[]; readonly columns?: readonly string[]; readonly rows?: ScopedRows };
  /** What sessions of the registry may do; `global`: to rows of global. */
  readonly registry?: { readonly may: readonly Verb[]; readonly rows?: "global" };
}

const all = ["select", "insert", "update", "delete"] as const;
const layer: ScopedRows = { of: "layer" };
const own: ScopedRows = { of: "own" };
const ofRegistry: WallTable = { registry: { may: all } };
// Their rows are never deleted: what was brought by a repository, or by an account's, names it for good.
const kept = ["select", "insert", "update"] as const;

/** In the order in which a sync comes to them: whoever raises the wall locks them one after the other. */
export const wallTables: Readonly<Record<string, WallTable>> = {
  // Found by GitHub's ids before any scope is known. A session of scopes finds what feeds them.
  organizations: { scoped: { may: ["select"], rows: { of: "own", column: "id" } }, registry: { may: kept } },
  repositories: {
    scoped: { may: ["select", "update"], rows: { of: "layer", unless: "not scoped" } },
    registry: { may: kept },
  },
  installations: { scoped: { may: ["select"], columns: ["id", "quota", "suspended"] }, registry: { may: kept } },

  // Code and its past.
  workspace_files: { scoped: { may: all, rows: layer } },
  workspace_file_history: { scoped: { may: ["select", "insert", "delete"], rows: layer } },
  // What releases name are revisions of global, so the registry knows which there are.
  revisions: {
    scoped: { may: ["select", "insert", "update"], rows: layer },
    registry: { may: ["select"], rows: "global" },
  },
  pins: { scoped: { may: all, rows: own } },
  rollbacks: { scoped: { may: all, rows: own } },
  // Saved where the scope is known and read by scope. A report may take the place of one of another scope.
  check_reports: { scoped: { may: ["select"], rows: { of: "own", unless: "not scoped" } } },
  // Added to with every act, by whoever acts; read by scope.
  audit: {
    scoped: { may: ["select"], rows: { of: "own", unless: "scope is null" } },
    registry: { may: ["insert"] },
  },
  // Names of organisations and what becomes of them: for operators alone.
  check_blasts: {},

  grants: ofRegistry,
  grant_refusals: ofRegistry,
  releases: ofRegistry,
  synced_commits: ofRegistry,
  release_words: ofRegistry,
  checks: ofRegistry,
  merge_groups: ofRegistry,
  deliveries: ofRegistry,
  failed_deliveries: ofRegistry,
  repository_heads: ofRegistry,
  repository_pulls: ofRegistry,
  sweeps: ofRegistry,
  sync_progress: ofRegistry,
  unreadable_blobs: ofRegistry,
  session_renewals: ofRegistry,

  bifrost_migrations: { registry: { may: ["select"] } },
  bifrost_wall: {},
};
