// What webhooks did not tell: pushes whose delivery was lost, deliveries that failed, lifecycle events that never came, and
// GitHub that makes the app wait. Each time the store ends where GitHub is.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { type Scope, scopeKey } from "../../src/workspace/scope.ts";
import { octokitOf } from "../github/octokit.ts";
import { clearRedis } from "../support/redis.ts";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

/** Paths and contents of a scope, as stored. */
async function stored(scope: Scope): Promise<Record<string, string>> {
  const granted = grantOperator(scope);
  const { revision } = await world.app.store.snapshot(granted);
  const files = await world.app.store.filesAt(granted, revision);
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

/** As if everything had last been looked at this many minutes ago. */
async function letMinutesPass(minutes: number): Promise<void> {
  await world.database.query("update repository_heads set polled_at = polled_at - make_interval(mins => $1)", [
    minutes,
  ]);
}

/** Does something of which GitHub tells nobody. */
async function untold(work: () => Promise<unknown>): Promise<void> {
  const { deliveries } = world.github;
  deliveries.hold();
  await work();
  for (const delivery of deliveries.held) delivery.state = "lost";
  await deliveries.release();
}

async function bound(slug: string) {
  const scope = await world.organization(slug);
  const repository = await world.boundRepository(`${slug}-inc`, scope, { "shared/a.ts": "1" });
  return { scope, repository, account: repository.owner };
}

function installationOn(login: string) {
  const found = world.registered.installations.find(({ account }) => account.login === login);
  if (found === undefined) throw new Error(`The app is not installed on ${login}`);
  return found;
}

describe("a push whose delivery was lost", () => {
  test("is synced by the look at the heads, which costs nothing where nothing has moved", async () => {
    const { scope, repository } = await bound("lost");
    await world.swept("heads");
    await untold(() => repository.push({ message: "lost", files: { "shared/a.ts": "2" } }));
    await letMinutesPass(11);
    await world.swept("heads");
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });

    await letMinutesPass(11);
    await world.swept("heads");
    await letMinutesPass(11);
    const asked = world.github.requests.length;
    const { remaining } = world.github.rateLimits.of(`installation ${installationOn("lost-inc").id}`);
    await world.swept("heads");
    expect(world.github.requests.slice(asked)).toMatchObject([{ status: 304, operationId: "git/get-ref" }]);
    const after = world.github.rateLimits.of(`installation ${installationOn("lost-inc").id}`);
    expect(after.remaining).toBe(remaining);
  });

  test("that renamed the default branch is synced from the new one", async () => {
    const { scope, repository } = await bound("trunk");
    await world.swept("heads");
    await untold(async () => {
      await repository.createBranch("trunk");
      await repository.setDefaultBranch("trunk");
      await repository.deleteBranch("main");
      await repository.push({ branch: "trunk", message: "there", files: { "shared/a.ts": "3" } });
    });
    await letMinutesPass(11);
    await world.swept("heads");
    expect(await stored(scope)).toEqual({ "shared/a.ts": "3" });
  });
});

describe("a delivery that failed", () => {
  test("is asked for again and taken in, and not a second time", async () => {
    const { scope, repository } = await bound("failed");
    const url = world.registered.webhookUrl ?? "";
    world.registered.webhookUrl = "http://127.0.0.1:1/nobody";
    const { sha } = await repository.push({ message: "failed", files: { "shared/a.ts": "2" } });
    await world.settled();
    world.registered.webhookUrl = url;
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1" });
    await world.swept("deliveries");
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
    expect(checkRun(repository, sha, "bifrost/sync").conclusion).toBe("success");

    const sent = world.github.deliveries.log.length;
    await world.swept("deliveries");
    expect(world.github.deliveries.log).toHaveLength(sent);
  });

  test("that was taken in, although GitHub never heard so, is not asked for again", async () => {
    const { repository } = await bound("heard");
    await repository.push({ message: "heard", files: { "shared/a.ts": "2" } });
    await world.settled();
    const delivery = world.github.deliveries.log.at(-1);
    if (delivery === undefined) throw new Error("Nothing was delivered");
    delivery.statusCode = 0;
    const sent = world.github.deliveries.log.length;
    await world.swept("deliveries");
    expect(world.github.deliveries.log).toHaveLength(sent);
  });
});

describe("a delivery that comes again", () => {
  const states = async (guid: string) =>
    world.database.query("select state, attempts from deliveries where guid = $1", [guid]);

  test("is taken in where the first could not be", async () => {
    const { scope, repository } = await bound("broken");
    await world.database.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create trigger refuse before update on repositories for each row execute function refuse()`);
    await repository.push({ message: "broken", files: { "shared/a.ts": "2" } });
    await world.settled();
    await world.database.query("drop function refuse cascade");
    const delivery = world.github.deliveries.log.findLast(({ event }) => event === "push");
    expect(delivery?.statusCode).toBe(500);
    expect(await states(delivery?.guid ?? "")).toEqual([{ state: "received", attempts: 1 }]);
    await world.swept("deliveries");
    expect(await states(delivery?.guid ?? "")).toEqual([{ state: "queued", attempts: 2 }]);
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
  });

  test("and says how an installation was is not believed again: GitHub is asked", async () => {
    const { repository } = await bound("again");
    const installation = installationOn("again-inc");
    await installation.removeRepositories([repository]);
    const removed = world.github.deliveries.log.at(-1);
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "detached" });
    await installation.addRepositories([repository]);
    await world.settled();
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "bound" });
    await world.github.deliveries.redeliver(removed?.guid ?? "");
    await world.settled();
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "bound" });
  });

  test("and was taken in changes nothing and writes no other check run", async () => {
    const { scope, repository } = await bound("twice");
    const { sha } = await repository.push({ message: "twice", files: { "shared/a.ts": "2" } });
    await world.settled();
    const delivery = world.github.deliveries.log.findLast(({ event }) => event === "push");
    const revision = (await world.app.store.snapshot(grantOperator(scope))).revision;
    const runs = repository.checkRuns(sha).length;
    for (let time = 0; time < 3; time += 1) await world.github.deliveries.redeliver(delivery?.guid ?? "");
    await world.settled();
    expect((await world.app.store.snapshot(grantOperator(scope))).revision).toBe(revision);
    expect(repository.checkRuns(sha)).toHaveLength(runs);
    expect(await states(delivery?.guid ?? "")).toEqual([{ state: "queued", attempts: 4 }]);
  });
});

describe("a lifecycle event that was lost", () => {
  test("of a new installation, a new repository and one that was taken away is found by the comparison", async () => {
    const { scope, repository, account } = await bound("came");
    const other = await world.organization("fresh");
    const fresh = world.github.createAccount("fresh-inc");
    const first = await fresh.createRepository("modules", {
      files: { ".github/bifrost.yml": "scope: fresh\n", "shared/f.ts": "1" },
    });
    await world.app.store.addGrant({ scope: other, kind: "repository", repositoryId: first.id }, "journey");
    await world.app.store.addGrant({ scope, kind: "account", accountId: account.id }, "journey");
    await untold(async () => {
      await world.registered.install(fresh);
      await account.createRepository("second", {
        files: { ".github/bifrost.yml": "scope: came\n", "shared/b.ts": "1" },
      });
    });
    await world.swept("difference");
    expect(await stored(other)).toEqual({ "shared/f.ts": "1" });
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1", "shared/b.ts": "1" });

    await untold(() => installationOn("came-inc").removeRepositories([repository]));
    await world.swept("difference");
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "detached" });
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1", "shared/b.ts": "1" });
  });

  test("of a suspension is seen in GitHub's answer, and its end by the comparison", async () => {
    const { scope, repository } = await bound("asleep");
    const installation = installationOn("asleep-inc");
    await untold(() => installation.suspend());
    await world.app.jobs.enqueue({ kind: "sync", repositoryId: repository.id });
    await world.settled();
    expect(await world.app.store.repository(repository.id)).toMatchObject({ installationSuspended: true });

    await untold(async () => {
      await repository.push({ message: "meanwhile", files: { "shared/a.ts": "2" } });
      await installation.unsuspend();
    });
    await world.swept("difference");
    expect(await world.app.store.repository(repository.id)).toMatchObject({ installationSuspended: false });
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
  });

  test("of a way back is found by an operator's sync", async () => {
    const [asleep, away] = [await bound("woken"), await bound("returned")];
    await installationOn("woken-inc").suspend();
    await installationOn("returned-inc").removeRepositories([away.repository]);
    await world.settled();
    await untold(async () => {
      await installationOn("woken-inc").unsuspend();
      await installationOn("returned-inc").uninstall();
      await world.registered.install(away.account);
      for (const { repository } of [asleep, away]) {
        await repository.push({ message: "meanwhile", files: { "shared/a.ts": "2" } });
      }
    });
    for (const { scope, repository } of [asleep, away]) {
      const { code, stdout } = await operate(world, "repo", "sync", repository.fullName);
      expect(code).toBe(0);
      expect(stdout).toContain("is out of reach, as far as is known: The app ");
      await world.settled();
      expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
      expect((await operate(world, "repo", "sync", repository.fullName)).stdout).toContain("is queued");
      await world.settled();
    }
  });

  test("of an uninstallation is seen in GitHub's answer, and what is stored keeps serving", async () => {
    const { scope, repository } = await bound("gone");
    const installation = installationOn("gone-inc");
    await untold(() => installation.uninstall());
    await world.app.jobs.enqueue({ kind: "check", repositoryId: repository.id, pullNumber: 1, force: false });
    await world.settled();
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "detached" });
    expect((await world.app.store.installations()).map(({ id }) => id)).not.toContain(installation.id);
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1" });
  });
});

describe("a limit", () => {
  test.each(["primary", "secondary", "retry-after"])(
    "of the kind %s makes one installation wait, and no other",
    async (kind) => {
      const limited = await bound(`limited-${kind}`);
      const other = await bound(`free-${kind}`);
      const path = `/repos/limited-${kind}-inc/`;
      if (kind === "primary") world.github.faults.rateLimited(path, new Date(Date.now() + 1000));
      if (kind === "secondary") world.github.faults.secondaryRateLimited(path, 2);
      if (kind === "retry-after") {
        world.github.faults.next({ path, respond: { status: 429, headers: { "retry-after": "2" } } });
      }
      await limited.repository.push({ message: "limited", files: { "shared/a.ts": "2" } });
      await expect.poll(() => world.github.faults.left).toBe(0);
      await other.repository.push({ message: "free", files: { "shared/a.ts": "2" } });
      await expect.poll(() => stored(other.scope)).toEqual({ "shared/a.ts": "2" });
      const [waiting] = await world.app.jobs.unfinished("sync", `${limited.repository.id}`);
      expect(waiting).toMatchObject({ state: "waiting", failedTries: 0 });
      expect(await stored(limited.scope)).toEqual({ "shared/a.ts": "1" });
      await world.settled();
      expect(await stored(limited.scope)).toEqual({ "shared/a.ts": "2" });
    },
  );
});

describe("a head that the API does not serve yet", () => {
  test("is tried again with a pause", async () => {
    const { scope, repository } = await bound("behind");
    world.github.faults.next({ path: "behind-inc/bifrost-modules/branches/main", respond: { status: 404 } });
    await repository.push({ message: "ahead", files: { "shared/a.ts": "2" } });
    await expect
      .poll(() => world.app.jobs.unfinished("sync", `${repository.id}`))
      .toMatchObject([{ state: "waiting" }]);
    expect(await world.app.store.repository(repository.id)).toMatchObject({
      troubles: { sync: { code: "github-behind" } },
    });
    await world.settled();
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
  });

  test("is found by the next look at the heads where the API still showed the former one", async () => {
    const { scope, repository } = await bound("stale");
    await world.swept("heads");
    const { rest } = octokitOf(installationOn("stale-inc"));
    const { data: former } = await rest.repos.getBranch({ owner: "stale-inc", repo: repository.name, branch: "main" });
    world.github.faults.next({
      path: "stale-inc/bifrost-modules/branches/main",
      respond: { status: 200, body: former },
    });
    await repository.push({ message: "ahead", files: { "shared/a.ts": "2" } });
    await world.settled();
    expect(world.github.faults.left).toBe(0);
    expect(await stored(scope)).toEqual({ "shared/a.ts": "1" });
    await world.swept("heads");
    expect(await stored(scope)).toEqual({ "shared/a.ts": "2" });
  });
});

describe("what executors read", () => {
  const revisionOf = (scope: Scope) => world.redis.redis.get(`bifrost:revision:{${scopeKey(scope)}}`);
  const pathsOf = (scope: Scope) => world.redis.redis.hkeys(`bifrost:index:{${scopeKey(scope)}}`);

  test("is filled again where Redis was emptied, and brought up to date where it is behind", async () => {
    const { scope, repository } = await bound("emptied");
    await clearRedis(world.redis.redis);
    await world.swept("caches");
    expect(await pathsOf(scope)).toEqual(["shared/a.ts"]);

    // A revision of which the cache never heard, as if all tries of its sync had met Redis away.
    const granted = grantOperator(scope);
    const { revision } = await world.app.store.transaction((inside) =>
      inside.purgeRepository(granted, repository.id, "journey"),
    );
    expect(await pathsOf(scope)).toEqual(["shared/a.ts"]);
    await world.swept("caches");
    expect(await pathsOf(scope)).toEqual([]);
    expect(await revisionOf(scope)).toBe(`${revision}`);
  });

  test("of a scope that cannot be brought up to date keeps no other waiting", async () => {
    const [ahead, empty] = [await bound("ahead"), await bound("unfilled")];
    await world.redis.redis.set(`bifrost:revision:{${scopeKey(ahead.scope)}}`, "99");
    await world.redis.redis.del(`bifrost:revision:{${scopeKey(empty.scope)}}`);
    await world.swept("caches");
    expect(await revisionOf(ahead.scope)).toBe("99");
    expect(await revisionOf(empty.scope)).toBe("1");
  });
});

test("sweeps happen by themselves, and go on after a restart", async () => {
  const own = await startWorld({ sweeps: { heads: 1 } });
  onTestFinished(() => own.close());
  const scope = await own.organization("own");
  const repository = await own.boundRepository("own-inc", scope, { "shared/a.ts": "1" });
  const looks = () => own.database.query("select etag from repository_heads");
  await expect.poll(looks, { timeout: 10_000 }).toEqual([{ etag: expect.any(String) }]);
  await own.restart();
  own.github.deliveries.hold();
  await repository.push({ message: "lost", files: { "shared/a.ts": "2" } });
  await own.database.query("update repository_heads set polled_at = now() - interval '11 minutes'");
  const files = async () => own.app.store.filesAt(grantOperator(scope), 2).catch(() => []);
  await expect.poll(files, { timeout: 10_000 }).toMatchObject([{ path: "shared/a.ts", content: "2" }]);
});
