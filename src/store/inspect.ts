// What there is to know of a database before anything is done with it: which server answers, whether its schema is the
// one that this code expects, and who else uses it. Changes nothing.
import { storeFault } from "./faults.ts";
import { migrations } from "./migrations/list.ts";
import { createOrm, migrationsTable, processName } from "./orm.ts";
import { everyScopeSession } from "./session.ts";
import { readWall, type WallFacts } from "./wall.ts";

export interface DatabaseFacts {
  /** As the server writes it, such as `17.2`. */
  readonly version: string;
  readonly majorVersion: number;
  /** Names of the migrations that have not run. */
  readonly pendingMigrations: readonly string[];
  /** Processes of the product that are connected now, without this one. */
  readonly otherProcesses: readonly string[];
  /** What the database itself does to hold scopes apart. */
  readonly wall: WallFacts;
}

/** Asks a database about itself. `url` is a Postgres URL. Throws `Fault` `store-unavailable` where it does not answer. */
export async function inspectDatabase(url: string): Promise<DatabaseFacts> {
  const orm = createOrm(url, 1, { asOwner: true });
  try {
    const session = everyScopeSession(orm.em, "the schema");
    const [server] = await session.query<{ version: string; number: number; schema: string | null }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
        to_regclass($1)::text as schema`,
      [migrationsTable],
    );
    const applied = server?.schema ? await session.query<{ name: string }>(`select name from ${migrationsTable}`) : [];
    const names = new Set(applied.map(({ name }) => name));
    const processes = await session.query<{ name: string }>(
      `select distinct application_name as name from pg_stat_activity
        where datname = current_database() and application_name like 'bifrost %' and application_name <> $1 order by 1`,
      [processName],
    );
    return {
      // Distributions add their own name after the number.
      version: server?.version.split(" ")[0] ?? "",
      majorVersion: Math.floor((server?.number ?? 0) / 10_000),
      pendingMigrations: migrations.map(({ name }) => name).filter((name) => !names.has(name)),
      otherProcesses: processes.map(({ name }) => name.slice("bifrost ".length)),
      wall: await readWall(session),
    };
  } catch (error) {
    throw storeFault(error, url);
  } finally {
    await orm.close(true);
  }
}
