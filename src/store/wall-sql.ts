// The wall as SQL: what `wall-tables.ts` says, as grants to two roles and as policies. Each statement can be run again.
import { registryRole, scopedRole } from "./reach.ts";
import { type ScopedRows, type Verb, type WallTable, wallTables } from "./wall-tables.ts";

// Each is worked out once a statement and not for each row, as it depends on no column. Unset, it is null, and no row
// passes.
const access = "(select current_setting('bifrost.access', true))";
const global = "(select current_setting('bifrost.global', true))";
// The second cast changes nothing: it has `any` take the subquery for an array and not for rows.
const ids = "(select nullif(current_setting('bifrost.organizations', true), '')::uuid[])::uuid[]";

/**
 * What is granted and decided, in order. Everybody else, such as the owner of the tables, a backup or an older process of
 * the product, keeps what they had: a policy that lets all rows pass, and one that holds back for these two roles alone.
 */
export function wallSql(): string[] {
  return Object.entries(wallTables).flatMap(([name, table]) => [...grantsOn(name, table), ...policiesOn(name, table)]);
}

function grantsOn(name: string, { scoped, registry }: WallTable): string[] {
  const columns = scoped?.columns === undefined ? "" : ` (${scoped.columns.join(", ")})`;
  return [
    `revoke all on ${name} from ${scopedRole}, ${registryRole}`,
    ...(scoped === undefined ? [] : [`grant ${scoped.may.join(", ")}${columns} on ${name} to ${scopedRole}`]),
    ...(registry === undefined ? [] : [`grant ${registry.may.join(", ")} on ${name} to ${registryRole}`]),
  ];
}

function policiesOn(name: string, { scoped, registry }: WallTable): string[] {
  const policies = [
    ...(scoped?.rows === undefined ? [] : scopedPolicies(scoped.may, scoped.rows)),
    ...(registry?.rows === undefined
      ? []
      : [policy("registry_select", registryRole, "select", "organization_id is null")]),
  ];
  if (policies.length === 0) return [];
  return [
    `alter table ${name} enable row level security`,
    ...["wall_open as permissive for all to public using (true) with check (true)", ...policies].flatMap((text) => [
      `drop policy if exists ${text.split(" ", 1)[0]} on ${name}`,
      `create policy ${text.replace(" ", ` on ${name} `)}`,
    ]),
  ];
}

function scopedPolicies(may: readonly Verb[], rows: ScopedRows): string[] {
  const changes = `${access} in ('write', 'every') and ${rowsOf(rows, ["own"])}`;
  return may.map((verb) =>
    policy(
      `scoped_${verb}`,
      scopedRole,
      verb,
      verb === "select" ? rowsOf(rows, rows.of === "layer" ? ["own", "below"] : ["own"]) : changes,
    ),
  );
}

function policy(name: string, role: string, verb: Verb, condition: string): string {
  const using = verb === "insert" ? "" : ` using (${condition})`;
  const check = verb === "insert" || verb === "update" ? ` with check (${condition})` : "";
  return `wall_${name} as restrictive for ${verb} to ${role}${using}${check}`;
}

// A CASE, which no index answers: the planner goes on choosing by the statement's own conditions. Written with OR, of a million
// files, it put two scans of indexes where one does, and read a scope in up to a fifth more time (measured on 2026-11-26).
function rowsOf({ column, unless }: ScopedRows, named: readonly string[]): string {
  const id = column ?? "organization_id";
  const none =
    unless === undefined ? "" : ` when ${unless} then ${unless === "not scoped" ? `${access} = 'unscoped'` : "false"}`;
  const names = named.map((name) => `'${name}'`).join(", ");
  return `case when ${access} = 'every' then true${none}
    when ${id} is null then ${global} in (${names})
    else ${id} = any (${ids}) end`;
}
