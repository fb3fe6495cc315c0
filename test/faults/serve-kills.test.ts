// `bifrost serve` itself, killed with SIGKILL in the middle of a sync and started again: the queue gives the job to
// whoever is alive, on the embedded Postgres as on a server.
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { Pool } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import type { Repository } from "../github/repository.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { claimRedis } from "../support/redis.ts";
import { isLongForm, patienceMs } from "./long-form.ts";
import { bind, concluded, end, type Stage, serve, setStage } from "./serve-stage.ts";
import { expectHistory, expectPostgres, expectRedis, expectWhole } from "./stored.ts";
import { sampleTree } from "./trees.ts";

/** Pushes, and kills when the sync has come to a request that is never answered. */
async function killAt(stage: Stage, repository: Repository, version: number, path: string, child: ChildProcess) {
  const { faults } = stage.github;
  faults.next({ path, respond: "hang" });
  await stage.trees.push(repository, sampleTree(version));
  await expect.poll(() => faults.left, { timeout: 20_000, interval: 10 }).toBe(0);
  await end(child, "SIGKILL");
}

// Each start takes seconds, and the queue looks for the dead every quarter of a minute only.
const longTest = test.runIf(isLongForm);

longTest(
  "a killed app on the embedded Postgres starts again and ends what it had begun",
  {
    timeout: patienceMs,
  },
  async () => {
    const stage = await setStage();
    let { child } = await serve(stage, "all");
    const repository = await bind(stage);
    let version = 1;
    // Before the commit, and after it.
    for (const path of ["/git/blobs/", "/check-runs"]) {
      version += 1;
      await killAt(stage, repository, version, path, child);
      ({ child } = await serve(stage, "all"));
      await concluded(repository, "success");
    }
    await end(child, "SIGKILL");

    const embedded = await startEmbeddedPostgres(join(stage.folder, ".bifrost", "postgres"));
    const store = await connectStore({ url: embedded.url, connectionsMax: 1 });
    const database = new Pool({ connectionString: embedded.url, max: 1 });
    onTestFinished(() => embedded.close());
    onTestFinished(() => store.close());
    onTestFinished(() => database.end());
    const scope = await store.findScope("acme");
    if (scope === undefined) throw new Error("The organisation is gone");
    await expectWhole(database, scope, stage.trees);
    await expectPostgres({ database, store }, grantOperator(scope), sampleTree(version));
    await expectHistory({ database, store }, grantOperator(scope), stage.trees);
  },
);

test("a check whose worker was killed and whose job is gone is answered in the run that it left in progress", {
  timeout: patienceMs,
}, async () => {
  const [database, redis] = await Promise.all([createTestDatabase(), claimRedis()]);
  onTestFinished(() => database.drop());
  onTestFinished(() => redis.close());
  const stage = await setStage({ BIFROST_DATABASE_URL: database.url, BIFROST_REDIS_URL: redis.url });
  const { child } = await serve(stage, "all");
  const repository = await bind(stage);
  stage.github.faults.next({ path: "/git/trees/", respond: "hang" });
  const pull = await repository.openPullRequest({ branch: "left", files: { "shared/left.ts": "export {};\n" } });
  await expect.poll(() => stage.github.faults.left, { timeout: 50_000, interval: 10 }).toBe(0);
  const runs = () => repository.checkRuns(pull.headSha).filter(({ name }) => name === "bifrost");
  expect(runs()).toMatchObject([{ status: "in_progress" }]);
  await end(child, "SIGKILL");

  // What is left is the record of the check, and its lease is over.
  await database.query("delete from bifrost_jobs.job");
  await database.query("update checks set lease_until = now() - interval '1 second'");
  await serve(stage, "all");
  const answered = () => runs().map(({ conclusion }) => conclusion);
  await expect.poll(answered, { timeout: 50_000, interval: 50 }).toEqual(["success"]);
});

longTest("a killed worker's job goes to another worker", { timeout: patienceMs }, async () => {
  const [testDatabase, redis] = await Promise.all([createTestDatabase(), claimRedis()]);
  onTestFinished(() => testDatabase.drop());
  onTestFinished(() => redis.close());
  const stage = await setStage({ BIFROST_DATABASE_URL: testDatabase.url, BIFROST_REDIS_URL: redis.url });
  await serve(stage, "web");
  const { child } = await serve(stage, "worker");
  const repository = await bind(stage);
  await killAt(stage, repository, 2, "/check-runs", child);
  // Half a minute goes by: the heartbeat of the dead falls behind, and the queue may look at once.
  await testDatabase.query(
    "update bifrost_jobs.job set heartbeat_on = now() - interval '1 hour' where state = 'active'",
  );
  await testDatabase.query("update bifrost_jobs.queue set monitor_claim_on = null, monitor_on = null");
  await serve(stage, "worker");
  await concluded(repository, "success");

  const store = await connectStore({ url: testDatabase.url });
  const database = new Pool({ connectionString: testDatabase.url, max: 1 });
  onTestFinished(() => store.close());
  onTestFinished(() => database.end());
  const scope = await store.findScope("acme");
  if (scope === undefined) throw new Error("The organisation is gone");
  const revision = await expectWhole(database, scope, stage.trees);
  await expectPostgres({ database, store }, grantOperator(scope), sampleTree(2));
  await expectRedis(redis.redis, scope, sampleTree(2), revision);
});
