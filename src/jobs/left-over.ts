// Jobs that a process took and did not live to settle. Elsewhere the heartbeat finds them; where one process works alone,
// whoever starts knows at once that nobody works on them any more.
import type { PgBoss } from "pg-boss";
import { jobKinds } from "../workspace/job.ts";
import { listRunning } from "./boss.ts";

/** Puts every job that runs by the books back to be tried again, within seconds in place of the heartbeat's half minute. */
export async function returnLeftOver(boss: PgBoss): Promise<void> {
  for (const kind of jobKinds) {
    const ids = await listRunning(boss, kind);
    if (ids.length > 0) await boss.fail(kind, ids, { code: "process-ended" });
  }
}
