// MikroORM as this folder uses it: one pool, plain SQL beside mapped rows, and faults that name the server but never the
// password.
import { hostname } from "node:os";
import { Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { type BreakableConnection, returnWhenBroken } from "./broken-connection.ts";
import { entities } from "./entities.ts";
import { migrations } from "./migrations/list.ts";
import { WalledClient } from "./walled-client.ts";

/** Where migrations that have run are recorded. */
export const migrationsTable = "bifrost_migrations";

/** What this process is called in Postgres' list of connections, which holds 63 bytes of it. */
export const processName = `bifrost ${process.pid} on ${hostname()}`.slice(0, 63);

/**
 * Makes the mapper without connecting. `url` is a Postgres URL; `connectionsMax` bounds the pool. Every statement is put
 * under its reach, except where what is done is the owner's: `asOwner`, for the schema itself.
 */
export function createOrm(
  url: string,
  connectionsMax: number,
  { asOwner = false }: { readonly asOwner?: boolean } = {},
): MikroORM {
  return new MikroORM({
    entities,
    // Only for MikroORM's own use: the driver reads the whole URL, with its query, below.
    dbName: decodeURIComponent(new URL(url).pathname.slice(1)) || "postgres",
    driverOptions: {
      connectionString: url,
      max: connectionsMax,
      connectionTimeoutMillis: 10_000,
      application_name: processName,
      keepAlive: true,
      ...(!asOwner && { Client: WalledClient }),
    },
    onCreateConnection: async (connection) => returnWhenBroken(connection as BreakableConnection),
    extensions: [Migrator],
    migrations: { tableName: migrationsTable, migrationsList: [...migrations], snapshot: false, silent: true },
    // A log line of MikroORM's may hold parameters, and parameters hold people's code.
    logger: () => {},
    forceUtcTimezone: true,
  });
}
