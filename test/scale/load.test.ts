// Two processes of each role on one Postgres and one Redis, some of them killed under load: every delivery is taken in, and
// every scope ends as what its tree is. `npm run load` does the same at length.
import { expect, test } from "vitest";
import { runLoad } from "../../bench/load.ts";
import { isLongForm } from "../faults/long-form.ts";

test("processes of each role are killed under load, and nothing is lost", { timeout: 600_000 }, async () => {
  const size = isLongForm ? { repositories: 300, rate: 60, seconds: 60 } : { repositories: 12, rate: 25, seconds: 8 };
  const report = await runLoad({ ...size, files: 8, webs: 2, workers: 2, killEverySeconds: 2, noticeDead: true });
  expect(report.differences).toEqual([]);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.deliveries).toBe(size.rate * size.seconds);
  // Nobody answered while the process that was asked died; whatever was answered was taken in.
  expect(Object.keys(report.answers).filter((status) => !["0", "202"].includes(status))).toEqual([]);
});
