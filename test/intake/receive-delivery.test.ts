// Deliveries that arrive together: all of them durable with their jobs, none lost to another that cannot be taken in.
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createIntake } from "../../src/intake/receive-delivery.ts";
import { connectJobs } from "../../src/jobs/connect.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import type { Delivery } from "../../src/workspace/delivery.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function open(): Promise<{ readonly store: Store; readonly jobs: Jobs }> {
  const store = await connectStore({ url: database.url });
  onTestFinished(() => store.close());
  const jobs = await connectJobs({ url: database.url });
  onTestFinished(() => jobs.close());
  return { store, jobs };
}

function push(id: number, guid: string): Delivery {
  const repository = {
    id,
    installationId: 1,
    accountId: 1,
    owner: "acme",
    name: `modules-${id}`,
    defaultBranch: "main",
    private: true,
    archived: false,
  };
  const after = id.toString(16).padStart(40, "0");
  const payload = { kind: "push", repository, ref: "refs/heads/main", after, deleted: false } as const;
  return { guid, event: "push", action: null, installationId: 1, repositoryId: id, sender: "ada", payload };
}

const waiting = async (jobs: Jobs) => (await jobs.unfinished("sync")).map(({ key }) => Number(key)).sort();

test("deliveries that arrive together leave a job for each repository, the repositories and the wanted commits", async () => {
  const edges = await open();
  const takeIn = createIntake(edges);
  const ids = [101, 102, 103];
  const outcomes = await Promise.all([...ids, 103].map((id, index) => takeIn(push(id, `together-${index}`))));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([...ids, 103].map((id) => `queued sync of repository ${id}`));
  expect(await waiting(edges.jobs)).toEqual(ids);
  expect((await edges.store.repository(102))?.wantedSha).toBe((102).toString(16).padStart(40, "0"));
  expect(await Promise.all([0, 1, 2, 3].map((index) => edges.store.wasTakenIn(`together-${index}`)))).not.toContain(
    false,
  );

  // Once more, while their jobs wait: merged into them.
  await Promise.all(ids.map((id) => takeIn(push(id, `again-${id}`))));
  expect(await waiting(edges.jobs)).toEqual(ids);
});

test("a delivery that cannot be taken in takes no other with it and is recorded as received", async () => {
  const edges = await open();
  const takeIn = createIntake(edges);
  // Postgres has no such text, so the statement that holds it fails.
  const broken = { ...push(201, "broken"), action: "\u0000" };
  const [good, bad] = await Promise.allSettled([takeIn(push(202, "good")), takeIn(broken)]);
  expect(good).toMatchObject({ status: "fulfilled", value: { outcome: "queued sync of repository 202" } });
  expect(bad.status).toBe("rejected");
  expect(await edges.store.wasTakenIn("good")).toBe(true);
  expect(await edges.store.wasTakenIn("broken")).toBe(false);
  expect(await waiting(edges.jobs)).not.toContain(201);
});
