// A Postgres and a Redis for one bench, started for it and ended with it.

import { migrateJobs } from "../src/jobs/migrate.ts";
import { connectStore } from "../src/store/connect.ts";
import { migrateStore } from "../src/store/migrate.ts";
import type { Store } from "../src/store/store.ts";
import { startThrowawayPostgres } from "../test/support/postgres-server.ts";
import { startThrowawayRedis } from "../test/support/redis-server.ts";

export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly store: Store;
  close(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const [postgres, redis] = await Promise.all([startThrowawayPostgres(), startThrowawayRedis()]);
  await migrateStore(postgres.url);
  await migrateJobs(postgres.url);
  const store = await connectStore({ url: postgres.url });
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    store,
    close: async () => {
      await store.close();
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}
