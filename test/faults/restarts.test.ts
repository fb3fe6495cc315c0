// Postgres that crashes and comes back in the middle of a sync: at each place where a sync asks GitHub, so that it has
// connections, and before and after its commit.
import { afterAll, beforeAll, expect, test } from "vitest";
import { isWorthRetrying } from "../../src/errors.ts";
import type { GitHub } from "../../src/github/github.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import type { Repository } from "../github/repository.ts";
import { startThrowawayPostgres, type ThrowawayPostgres } from "../support/postgres-server.ts";
import { type FaultWorld, startFaultWorld } from "./fault-world.ts";
import { expectHistory } from "./stored.ts";
import { sampleTree } from "./trees.ts";

let postgres: ThrowawayPostgres;
let world: FaultWorld;
let repository: Repository;
let version = 1;

beforeAll(async () => {
  postgres = await startThrowawayPostgres({ outlivesCrash: true });
  await migrateStore(postgres.url);
  world = await startFaultWorld(postgres.url);
  repository = await world.repository("modules", sampleTree(version));
  await world.sync(repository);
});

afterAll(async () => {
  await world.close();
  await postgres.stop();
});

/** A client before whose first answer of one kind Postgres crashes and comes back. */
function crashingAt(method: "repository" | "tree" | "createCheckRun"): GitHub {
  const github = world.client();
  const crash = async () => {
    await postgres.restart();
  };
  return {
    ...github,
    ...(method === "repository" && { repository: (address) => crash().then(() => github.repository(address)) }),
    ...(method === "tree" && { tree: (...asked) => crash().then(() => github.tree(...asked)) }),
    ...(method === "createCheckRun" && {
      createCheckRun: (...asked) => crash().then(() => github.createCheckRun(...asked)),
    }),
  } satisfies GitHub;
}

test.each(["repository", "tree", "createCheckRun"] as const)(
  "Postgres that crashes before the answer of %s() leaves a whole revision, and the next sync ends equal",
  async (method) => {
    version += 1;
    await world.push(repository, sampleTree(version));
    const error = await world.sync(repository, { github: crashingAt(method) }).catch((reason: unknown) => reason);
    if (error !== undefined) expect(isWorthRetrying(error), `${error}`).toBe(true);
    await expect.poll(() => world.store.ready().then(() => "ready", String)).toBe("ready");
    await world.expectUnharmed();
    await world.sync(repository);
    await world.expectStored(sampleTree(version));
    await expectHistory(world, world.granted, world.trees);
  },
);
