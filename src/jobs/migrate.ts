// Brings the queue's own tables up to date. Any number of processes may do so at once.
import { createBoss, jobsFault, startBoss } from "./boss.ts";

/** Creates or updates the queue's tables at a Postgres URL. Throws `Fault` `store-unavailable`. */
export async function migrateJobs(url: string): Promise<void> {
  const boss = createBoss(url, undefined, { max: 1, supervise: false });
  try {
    await startBoss(boss);
  } catch (error) {
    throw jobsFault(error);
  } finally {
    await boss.stop({ graceful: false });
  }
}
