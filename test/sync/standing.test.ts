// "Why is it stuck?": `bifrost repo show --json` in each state in which a repository is not at its head.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { octokitOf } from "../github/octokit.ts";
import { operate, operateAsProcess, shown } from "../journeys/operate.ts";
import { startWorld, type World } from "../journeys/world.ts";
import { startThrowawayRedis, type ThrowawayRedis } from "../support/redis-server.ts";

let redis: ThrowawayRedis;
let world: World;
beforeAll(async () => {
  redis = await startThrowawayRedis();
  world = await startWorld({ redisUrl: redis.url });
});
afterAll(async () => {
  await world.close();
  await redis.stop();
});

/** A repository that feeds a scope, both of this name. */
async function bound(slug: string) {
  const scope = await world.organization(slug);
  return world.boundRepository(`${slug}-inc`, scope, { "shared/a.ts": "export {};" });
}

const change = { message: "A change", files: { "shared/a.ts": "export const a = 1;" } };

describe("a repository that is well", () => {
  test("says what it feeds, at which commit, and what is left of the hour's requests", async () => {
    const repository = await bound("well");
    const sha = await repository.head();
    const document = await shown(world, "well-inc/bifrost-modules");
    expect(document).toMatchObject({
      id: repository.id,
      repository: "well-inc/bifrost-modules",
      state: "bound",
      status: "well",
      message: "It feeds well at revision 1",
      remedy: null,
      scope: "well",
      wantedCommit: sha,
      syncedCommit: sha,
      revision: 1,
      runningSince: null,
      nextTryAt: null,
      lastError: null,
      lastCheckError: null,
      hold: null,
      quota: { limit: 5000 },
      serves: [{ scope: "well", files: 1 }],
    });
    expect(document.quota.remaining).toBeLessThan(5000);
    expect(Date.parse(document.quota.resetAt)).toBeGreaterThan(Date.now());

    const { stdout } = await operate(world, "repo", "show", "well-inc/bifrost-modules");
    expect(stdout).toMatch(new RegExp(`synced commit +${sha}, .+Z, revision 1`));
    expect(stdout).toMatch(/next try +none is queued/);
  });
});

describe("a repository that is not synced because of its file", () => {
  test.each([
    ["asks for what nobody granted", "scope: asked\n", "pending", "bifrost grant asked"],
    ["asks for a scope that does not exist", "scope: nowhere\n", "refused", "bifrost org create nowhere"],
    ["cannot be read", "scope: [\n", "refused", "Write for example: scope: acme"],
    ["is not there", null, "unbound", ".github/bifrost.yml"],
  ])("which %s says so", async (how, manifest, status, remedy) => {
    if ((await world.app.store.findScope("asked")) === undefined) await world.organization("asked");
    const owner = `${how.replaceAll(" ", "-")}-inc`;
    const files = { "shared/a.ts": "export {};", ...(manifest !== null && { ".github/bifrost.yml": manifest }) };
    const repository = await world.repository(owner, files);
    const document = await shown(world, `${owner}/bifrost-modules`);
    expect(document).toMatchObject({
      status,
      state: status,
      syncedCommit: null,
      wantedCommit: await repository.head(),
    });
    expect(document.remedy).toContain(remedy);
  });

  test.each([
    ["names-another-scope", "scope: global\n", "is bound to"],
    ["turns-invalid", "scope: 7\n", "scope"],
    ["disappears", null, "is missing"],
    ["names-no-folder", "scope: names-no-folder\nroot: nowhere\n", "holds no files"],
  ])("once bound, which %s, says so and keeps serving", async (slug, manifest, words) => {
    const repository = await bound(slug);
    const before = await repository.head();
    const { sha } = await repository.push({ message: slug, files: { ".github/bifrost.yml": manifest } });
    await world.settled();
    const document = await shown(world, `${slug}-inc/bifrost-modules`);
    expect(document).toMatchObject({ status: "refused", wantedCommit: sha, syncedCommit: before });
    expect(document.message).toContain(words);
    expect(document.serves).toMatchObject([{ scope: slug, files: 1 }]);
  });

  test("and has no commit yet says that", async () => {
    await world.repository("empty-inc", {});
    expect(await shown(world, "empty-inc/bifrost-modules")).toMatchObject({
      status: "unbound",
      wantedCommit: null,
      message: 'It has no commit on its default branch "main" yet',
    });
  });
});

test("a repository that is held says how much would go, and how to let it", async () => {
  const scope = await world.organization("held");
  const files = Array.from({ length: 30 }, (_, index) => [`shared/${index}.ts`, "export {};"] as const);
  const repository = await world.boundRepository("held-inc", scope, Object.fromEntries(files));
  const { sha } = await repository.push({
    message: "gone",
    files: Object.fromEntries(files.map(([path]) => [path, null])),
  });
  await world.settled();
  const document = await shown(world, "held-inc/bifrost-modules");
  expect(document).toMatchObject({ status: "held", hold: { commit: sha, deletes: 30, live: 30, approvedBy: null } });
  expect(document.remedy).toContain("bifrost repo approve held-inc/bifrost-modules");
  const { stdout } = await operate(world, "repo", "list");
  expect(stdout).toMatch(/held-inc\/bifrost-modules +held +held/);
});

describe("a repository whose sync is on its way", () => {
  test("is in progress while it runs, and says that another one comes after it", async () => {
    const repository = await bound("running");
    world.github.faults.next({ path: "/git/trees/", respond: { delayMs: 1500 } });
    const pushed = repository.push(change);
    await expect.poll(() => shown(world, "running-inc/bifrost-modules")).toMatchObject({ status: "in-progress" });
    await operate(world, "repo", "sync", "running-inc/bifrost-modules");
    expect(await shown(world, "running-inc/bifrost-modules")).toMatchObject({
      status: "in-progress",
      runningSince: expect.any(String),
      nextTryAt: expect.any(String),
    });
    await pushed;
    await world.settled();
    expect(await shown(world, "running-inc/bifrost-modules")).toMatchObject({ status: "well", runningSince: null });
  });

  test("waits while nobody works, and is done when somebody does", async () => {
    await bound("waiting");
    await world.app.close();
    const name = "waiting-inc/bifrost-modules";
    expect((await operateAsProcess(world, "repo", "sync", name)).code).toBe(0);
    const { stdout } = await operateAsProcess(world, "repo", "show", name, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ status: "waiting", lastError: null, nextTryAt: expect.any(String) });
    await world.restart();
    await world.settled();
    expect(await shown(world, name)).toMatchObject({ status: "well", nextTryAt: null });
  });
});

describe("a repository whose last try failed", () => {
  test("because GitHub still serves the head before the announced one is not taken for synced", async () => {
    const repository = await bound("older");
    const installation = world.registered.installations.find(({ account }) => account === repository.owner);
    if (installation === undefined) throw new Error("The app is not installed");
    const { data: older } = await octokitOf(installation).rest.repos.getBranch({
      owner: "older-inc",
      repo: "bifrost-modules",
      branch: "main",
    });
    world.github.deliveries.hold();
    const { sha } = await repository.push(change);
    world.github.faults.next({ path: /older-inc.+\/branches\//, respond: { status: 200, body: older } });
    world.github.faults.replicationLag(sha);
    await world.github.deliveries.release();
    await expect
      .poll(() => shown(world, "older-inc/bifrost-modules"))
      .toMatchObject({
        status: "head-unknown",
        wantedCommit: sha,
        syncedCommit: older.commit.sha,
        lastError: { code: "github-behind" },
      });
    await world.settled();
    expect(await shown(world, "older-inc/bifrost-modules")).toMatchObject({ status: "well", syncedCommit: sha });
  });

  test("because of a rate limit waits until it ends", async () => {
    const repository = await bound("limited");
    const resetAt = new Date(Date.now() + 2000);
    world.github.faults.rateLimited(/limited-inc.+\/branches\//, resetAt);
    await repository.push(change);
    await expect.poll(() => shown(world, "limited-inc/bifrost-modules")).toMatchObject({ status: "rate-limited" });
    const document = await shown(world, "limited-inc/bifrost-modules");
    expect(document).toMatchObject({
      wantedCommit: await repository.head(),
      lastError: { code: "github-limited" },
      quota: { remaining: 0 },
    });
    expect(document.nextTryAt).toBe(document.lastError.waitUntil);
    await world.settled();
    expect(await shown(world, "limited-inc/bifrost-modules")).toMatchObject({ status: "well", lastError: null });
  });

  test("because GitHub does not serve its head, is away, or Redis is, says which, and gets over it by itself", async () => {
    const [behind, outage, uncached] = [await bound("behind"), await bound("outage"), await bound("uncached")];
    world.github.faults.next({
      path: /behind-inc.+\/branches\//,
      respond: { status: 404, body: { message: "Not Found" } },
    });
    // A read is repeated twice over a short outage.
    world.github.faults.next({ path: /outage-inc.+\/branches\//, times: 3, respond: { status: 502 } });
    await behind.push(change);
    await outage.push(change);
    await expect
      .poll(() => shown(world, "behind-inc/bifrost-modules"))
      .toMatchObject({
        status: "head-unknown",
        wantedCommit: await behind.head(),
        nextTryAt: expect.any(String),
        failedTries: expect.any(Number),
        lastError: { code: "github-behind" },
      });
    await expect
      .poll(() => shown(world, "outage-inc/bifrost-modules"), { timeout: 5000 })
      .toMatchObject({
        status: "failing",
        lastError: { code: "github-unavailable" },
      });

    await redis.stop();
    await uncached.push(change);
    await expect
      .poll(() => shown(world, "uncached-inc/bifrost-modules"), { timeout: 10_000 })
      .toMatchObject({
        status: "failing",
        // What is stored is at the head already: only what executors read is not.
        syncedCommit: await uncached.head(),
        lastError: { code: "cache-unavailable", remedy: expect.stringContaining("BIFROST_REDIS_URL") },
      });
    redis = await startThrowawayRedis({ port: redis.port });
    await world.settled();
    for (const name of ["behind", "outage", "uncached"]) {
      expect(await shown(world, `${name}-inc/bifrost-modules`)).toMatchObject({ status: "well", lastError: null });
    }
  });
});

test("whoever asks while Postgres is away is told that", async () => {
  const away = { database: { ...world.database, url: "postgres://127.0.0.1:1/nobody" } };
  const { code, stdout } = await operateAsProcess(away, "repo", "show", "well-inc/bifrost-modules", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "store-unavailable",
    remedy: expect.stringContaining("BIFROST_DATABASE_URL"),
  });
});
