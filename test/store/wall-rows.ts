// Rows of two organisations and of global in every table whose rows are of scopes, and sessions of each kind on them.
import { randomUUID } from "node:crypto";
import type { EntityManager } from "@mikro-orm/postgresql";
import { onTestFinished } from "vitest";
import { createOrm } from "../../src/store/orm.ts";
import {
  everyScopeSession,
  registrySession,
  type Session,
  scopedSession,
  unscopedSession,
} from "../../src/store/session.ts";
import { grantOperator, grantRun } from "../../src/workspace/grant.ts";
import { globalScope, type OrganizationId, scopeOf } from "../../src/workspace/scope.ts";

/** Whose a row is. */
export type Owner = "own" | "other" | "global" | "nobody";

type Query = (text: string, values?: unknown[]) => Promise<unknown>;

/** How a table is read and written here: `$1` is the organisation, `$2` a text that no other row has. */
export interface RowsOf {
  readonly insert: string;
  /** The column that says whose a row is, as SQL. */
  readonly owner: string;
  /** A change that leaves the row as it is. */
  readonly change: string;
  readonly owners: readonly Owner[];
}

const layered: readonly Owner[] = ["own", "other", "global"];
const digits = "('x' || substr(md5($2), 1, 8))::bit(31)::int";

export const rowsOf: Readonly<Record<string, RowsOf>> = {
  workspace_files: {
    insert: `insert into workspace_files (organization_id, path, content, entity_type, content_hash, size_bytes, revision)
      values ($1::uuid, $2, 'marked', 'module', '', 6, 1)`,
    ...{ owner: "organization_id", change: "content = content", owners: layered },
  },
  workspace_file_history: {
    insert: `insert into workspace_file_history
      (organization_id, path, content, entity_type, content_hash, size_bytes, valid_from, valid_until)
      values ($1::uuid, $2, 'marked', 'module', '', 6, 1, 2)`,
    ...{ owner: "organization_id", change: "content = content", owners: layered },
  },
  revisions: {
    insert: `insert into revisions (organization_id, number, author, upserts, deletes) values ($1::uuid, ${digits}, $2, 1, 0)`,
    ...{ owner: "organization_id", change: "author = author", owners: layered },
  },
  pins: {
    insert: `insert into pins (organization_id, revision, repository_id, by) values ($1::uuid, 1, 1, $2)`,
    ...{ owner: "organization_id", change: "by = by", owners: ["own", "other"] },
  },
  rollbacks: {
    insert: `insert into rollbacks (organization_id, target, revision, by) values ($1::uuid, 1, 2, $2)`,
    ...{ owner: "organization_id", change: "by = by", owners: layered },
  },
  check_reports: {
    insert: `insert into check_reports
      (repository_id, subject, head_sha, scoped, organization_id, conclusion, title, report)
      values (1, $2, '', $3, $1::uuid, '', '', '{}')`,
    owner: "case when scoped then organization_id::text else 'nobody' end",
    ...{ change: "title = title", owners: ["own", "other", "global", "nobody"] },
  },
  audit: {
    insert: `insert into audit (act, organization_id, scope, by, source, details)
      values ('bound', $1::uuid, case when $3::boolean then coalesce($1::text, 'global') end, $2, '{}', '{}')`,
    owner: "case when scope is null then 'nobody' else organization_id::text end",
    ...{ change: "by = by", owners: ["own", "other", "global", "nobody"] },
  },
  repositories: {
    insert: `insert into repositories
      (id, installation_id, account_id, owner, name, default_branch, private, archived, scoped, organization_id)
      values (${digits}, 1, 1, $2, $2, 'main', true, false, $3, $1::uuid)`,
    owner: "case when scoped then organization_id::text else 'nobody' end",
    ...{ change: "name = name", owners: ["own", "other", "global", "nobody"] },
  },
  organizations: {
    insert: "insert into organizations (id, slug, name) values ($1::uuid, $2, $2)",
    ...{ owner: "id", change: "name = name", owners: ["own", "other"] },
  },
};

/** Makes two organisations and a row of each owner in every table. `query` runs as the owner of the tables. */
export async function fillTables(query: Query): Promise<Readonly<Record<Owner, string | null>>> {
  const ids = { own: randomUUID(), other: randomUUID(), global: null, nobody: null };
  for (const owner of ["own", "other"] as const) {
    await query(String(rowsOf.organizations?.insert), [ids[owner], `org-${ids[owner]}`]);
  }
  for (const [table, { owners }] of Object.entries(rowsOf)) {
    if (table === "organizations") continue;
    for (const owner of owners) await query(...insertOf(table, ids, owner));
  }
  return ids;
}

/** A new row of an owner. */
export function insertOf(
  table: string,
  ids: Readonly<Record<Owner, string | null>>,
  owner: Owner,
): [text: string, values: unknown[]] {
  const text = String(rowsOf[table]?.insert);
  const values = [table === "organizations" ? randomUUID() : ids[owner], randomUUID(), owner !== "nobody"];
  return [text, values.slice(0, text.includes("$3") ? 3 : 2)];
}

/** Sessions of every kind on connections to `url`, by what they are for. */
export function sessionsOn(url: string, ids: Readonly<Record<Owner, string | null>>) {
  const orm = createOrm(url, 2);
  onTestFinished(() => orm.close(true));
  const scope = scopeOf({ id: String(ids.own) as OrganizationId, slug: "own" });
  const kinds = {
    "registry's": registrySession,
    "reader's of an organisation": (manager: EntityManager) => scopedSession(manager, grantRun(scope)),
    "writer's of an organisation": (manager: EntityManager) => scopedSession(manager, grantOperator(scope)),
    "reader's of global": (manager: EntityManager) => scopedSession(manager, grantRun(globalScope)),
    "writer's of global": (manager: EntityManager) => scopedSession(manager, grantOperator(globalScope)),
    "unscoped reader's": unscopedSession,
    "session of every scope": (manager: EntityManager) => everyScopeSession(manager, "a test"),
  } satisfies Record<string, (manager: EntityManager) => Session>;
  return { orm, kinds };
}
