// Jobs that recur: one in each interval, in whichever process, also on the embedded Postgres.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connectJobs } from "../../src/jobs/connect.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { idleHandlers } from "./handlers.ts";

const sweep = { kind: "sweep", name: "heads" } as const;
// Longer than any test, so that the interval ends in none of them but by its beginning at a round hour.
const everySeconds = 3600;

async function connect(url: string, seen: string[], options: { readonly embedded?: boolean } = {}) {
  const jobs = await connectJobs({ url, ...options });
  onTestFinished(() => jobs.close());
  await jobs.work({
    ...idleHandlers,
    sweep: async ({ name }) => {
      seen.push(name);
    },
  });
  return jobs;
}

test("schedule() makes one job in an interval, however many processes ask and however often they start", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const seen: string[] = [];
  const processes = await Promise.all(Array.from({ length: 3 }, () => connect(database.url, seen)));
  for (const jobs of processes) jobs.schedule(sweep, everySeconds);
  await expect.poll(() => seen).toEqual(["heads"]);
  await Promise.all(processes.map((jobs) => jobs.close()));

  const again = await connect(database.url, seen);
  again.schedule(sweep, everySeconds);
  // What is asked for by hand comes whatever the schedule says, and after all that was scheduled before it.
  await again.enqueue({ ...sweep, name: "deliveries" });
  await expect.poll(() => seen).toContain("deliveries");
  await again.idle();
  expect(seen).toEqual(["heads", "deliveries"]);
});

test("schedule() makes the next job in the next interval", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const seen: string[] = [];
  (await connect(database.url, seen)).schedule(sweep, 1);
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(2);
});

test("schedule() works on the embedded Postgres", async () => {
  const folder = await mkdtemp(join(tmpdir(), "schedule-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const embedded = await startEmbeddedPostgres(join(folder, "postgres"));
  onTestFinished(() => embedded.close());
  const seen: string[] = [];
  (await connect(embedded.url, seen, { embedded: true })).schedule(sweep, everySeconds);
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["heads"]);
});
