// Starts Postgres and Redis once for the whole run, unless the environment names servers to use. A server that is named
// is never stopped, and nothing of it is emptied.
import { startThrowawayPostgres } from "./postgres-server.ts";
import { startThrowawayRedis } from "./redis-server.ts";

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

const servers: Readonly<Record<string, () => Promise<TestServer>>> = {
  BIFROST_TEST_DATABASE_URL: startThrowawayPostgres,
  BIFROST_TEST_REDIS_URL: startThrowawayRedis,
};

/** Leaves each server's URL in the environment, where the test files' processes find it. Gives what undoes it all. */
export async function setup(): Promise<() => Promise<void>> {
  const missing = Object.entries(servers).filter(([variable]) => !process.env[variable]);
  const starts = await Promise.allSettled(
    missing.map(async ([variable, start]) => {
      const server = await start();
      process.env[variable] = server.url;
      return server;
    }),
  );
  const stopAll = async () => {
    await Promise.all(starts.map((start) => (start.status === "fulfilled" ? start.value.stop() : undefined)));
  };
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) {
    await stopAll();
    throw failed.reason;
  }
  return stopAll;
}
