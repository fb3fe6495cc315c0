// The wall between scopes in the database itself, behind the grants: a statement finds what its reach allows, also one that
// forgets to say which scope it is about. Raised with the migrations, and again where something of it is missing.
import { createHash } from "node:crypto";
import { registryRole, scopedRole } from "./reach.ts";
import type { Session } from "./session.ts";
import { wallSql } from "./wall-sql.ts";
import { wallTables } from "./wall-tables.ts";

const roles = [scopedRole, registryRole];

/** How the wall stands, as seen by the role that asks. */
export interface WallFacts {
  /** The role that this deployment logs in as. */
  readonly login: string;
  readonly mayCreateRoles: boolean;
  /** Roles that there are not. */
  readonly missingRoles: readonly string[];
  /** Roles that this login cannot step down to. */
  readonly refusedRoles: readonly string[];
  /** Whether grants and policies are those that this code expects. */
  readonly isWhole: boolean;
  /** Whether the wall is there, and holds for this login. */
  readonly stands: boolean;
}

interface WallRow {
  readonly login: string;
  readonly may_create: boolean;
  readonly role: string;
  readonly exists: boolean;
  readonly allowed: boolean | null;
}

/** Asks a database how the wall stands in it. */
export async function readWall(session: Session): Promise<WallFacts> {
  const rows = await session.query<WallRow>(
    `select me.rolname as login, me.rolcreaterole or me.rolsuper as may_create, wanted.role, r.oid is not null as exists, pg_has_role(session_user, r.oid, case
      when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) as allowed
    from unnest($1::text[]) as wanted (role) join pg_roles me on me.rolname = session_user
    left join pg_roles r on r.rolname = wanted.role`,
    [roles],
  );
  const [raised] = await session.query<{ there: boolean }>("select to_regclass('bifrost_wall') is not null as there");
  const missingRoles = rows.filter(({ exists }) => !exists).map(({ role }) => role);
  const refusedRoles = rows.filter(({ exists, allowed }) => exists && !allowed).map(({ role }) => role);
  const whole = raised?.there === true && (await isWhole(session));
  return {
    login: rows[0]?.login ?? "",
    mayCreateRoles: rows[0]?.may_create ?? false,
    missingRoles,
    refusedRoles,
    isWhole: whole,
    stands: missingRoles.length === 0 && refusedRoles.length === 0 && whole,
  };
}

/**
 * Raises the wall inside an open transaction, as the owner of the tables. Without the right to create roles it stays down
 * where nobody else has created them, and everything works without it: `readWall` tells. Roles are of the whole server, and
 * other databases in it may be doing the same.
 */
export async function raiseWall(session: Session): Promise<void> {
  await session.query(createRoles);
  const { missingRoles } = await readWall(session);
  if (missingRoles.length > 0 || (await isWhole(session))) return;
  await session.query(letIn);
  for (const statement of wallSql()) await session.query(statement);
  await session.query("delete from bifrost_wall");
  await session.query(`insert into bifrost_wall (wanted, raised) select $2, raised from (${raisedSql}) now`, [
    tableNames,
    wanted(),
    roles,
  ]);
}

const tableNames = Object.keys(wallTables);

/** Stands for the statements that raise the wall. */
function wanted(): string {
  return createHash("sha256").update(wallSql().join("\n")).digest("hex");
}

/** Whether what was raised last is what is wanted, and is all there still: roles are lost when a dump moves to another server. */
async function isWhole(session: Session): Promise<boolean> {
  const rows = await session.query(
    `select from bifrost_wall w join (${raisedSql}) now using (raised) where w.wanted = $2`,
    [tableNames, wanted(), roles],
  );
  return rows.length > 0;
}

// The wall as the catalogue has it, of the tables in `$1` and the roles in `$3`.
const raisedSql = `select md5(string_agg(line, e'\\n' order by line)) as raised from (
  select concat_ws(' ', tablename, policyname, permissive, roles::text, cmd, qual, with_check) as line
  from pg_policies where schemaname = current_schema() and tablename = any($1::text[])
  union all
  select concat_ws(' ', c.relname, c.relrowsecurity, a.attname, acl.grantee::regrole, acl.privilege_type)
  from pg_class c
  left join lateral (
    select null::name as attname, c.relacl as acl
    union all select attname, attacl from pg_attribute where attrelid = c.oid and attacl is not null) a on true
  left join lateral (select * from aclexplode(a.acl) x
    where x.grantee in (select oid from pg_roles where rolname = any($3::text[]))) acl on true
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname = any($1::text[])) as lines`;

// Whoever loses a race to create a role, or to be let into it, finds it done.
const createRoles = `do $$
  declare
    role text;
    options text := case when current_setting('server_version_num')::int < 160000 then '' else ' with inherit false, set true' end;
    way text := case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end;
  begin
    foreach role in array array['${roles.join("', '")}'] loop
      begin
        if not exists (select from pg_roles where rolname = role) then
          execute format('create role %I nologin', role);
        end if;
      exception when duplicate_object or unique_violation or insufficient_privilege then null;
      end;
      begin
        if exists (select from pg_roles where rolname = role) and not pg_has_role(session_user, role, way) then
          execute format('grant %I to %I%s', role, session_user, options);
        end if;
      exception when others then null;
      end;
    end loop;
  end $$`;

// The folder of tables itself, which some servers keep closed.
const letIn = `do $$ begin
    execute format('grant usage on schema %I to ${roles.join(", ")}', current_schema());
  end $$`;
