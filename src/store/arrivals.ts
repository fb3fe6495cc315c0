// How often a webhook's delivery arrived, for whoever has one sent again and waits for it here.
import { storeFault } from "./faults.ts";
import { createOrm } from "./orm.ts";
import { registrySession } from "./session.ts";

/** Gives how often a delivery of this GUID arrived; 0 where it never did, or could not be taken in when it last did. */
export type CountArrivals = (guid: string) => Promise<number>;

/**
 * Opens a database for one piece of work and closes it, however that ends. `url` is a Postgres URL. Throws `Fault`
 * `store-unavailable` where the database does not answer.
 */
export async function withArrivals<T>(url: string, work: (countArrivals: CountArrivals) => Promise<T>): Promise<T> {
  const orm = createOrm(url, 1);
  try {
    return await work(async (guid) => {
      try {
        const [row] = await registrySession(orm.em).query<{ attempts: number }>(
          "select attempts from deliveries where guid = $1 and outcome not like 'failed: %'",
          [guid],
        );
        return row?.attempts ?? 0;
      } catch (error) {
        throw storeFault(error, url);
      }
    });
  } finally {
    await orm.close(true);
  }
}
