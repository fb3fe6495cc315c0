// Everything that happens to an account, an installation or a repository on GitHub besides pushes, and what becomes of
// what is stored: it keeps serving whatever happens, and only ever changes by a sync or by an operator.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { Installation } from "../github/installation.ts";
import type { Repository } from "../github/repository.ts";
import { operate, shown } from "./operate.ts";
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

/** The paths that executors read of a scope, which are those of the database. */
async function serving(scope: Scope): Promise<string[]> {
  const stored = [...(await world.app.store.snapshot(grantOperator(scope))).files.keys()].sort();
  expect((await world.redis.redis.hkeys(`bifrost:index:{${scopeKey(scope)}}`)).sort()).toEqual(stored);
  return stored;
}

function installationOf(repository: Repository): Installation {
  const found = world.registered.installations.find(({ account }) => account === repository.owner);
  if (found === undefined) throw new Error(`The app is not installed on ${repository.owner.login}`);
  return found;
}

async function push(repository: Repository, path: string, branch?: string): Promise<string> {
  const files = { [path]: "export {};" };
  const { sha } = await repository.push({ message: path, files, ...(branch !== undefined && { branch }) });
  await world.settled();
  return sha;
}

/** A scope and the repository that feeds it, both of this name, with `shared/a.ts`. */
async function bound(slug: string) {
  const scope = await world.organization(slug);
  const repository = await world.boundRepository(`${slug}-inc`, scope, { "shared/a.ts": "export {};" });
  return { scope, repository, name: repository.fullName };
}

describe("an installation", () => {
  test("that is suspended stops all work and says so, and catches up when it is back", async () => {
    const { scope, repository, name } = await bound("suspended");
    await installationOf(repository).suspend();
    await push(repository, "shared/meanwhile.ts");
    await operate(world, "repo", "sync", name);
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({
      status: "suspended",
      state: "bound",
      suspended: true,
      serves: [{ scope: "suspended", files: 1 }],
    });

    await installationOf(repository).unsuspend();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/meanwhile.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "well", suspended: false, lastError: null });
  });

  test("that is deleted detaches its repositories, whose files keep serving, marked", async () => {
    const { scope, repository, name } = await bound("uninstalled");
    await installationOf(repository).uninstall();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    const document = await shown(world, name);
    expect(document).toMatchObject({ status: "detached", scope: "uninstalled" });
    expect(document.serves).toMatchObject([{ scope: "uninstalled", files: 1 }]);
    expect(document.remedy).toContain(`bifrost repo purge ${name}`);

    await push(repository, "shared/meanwhile.ts");
    await world.registered.install(repository.owner);
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/meanwhile.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "well", state: "bound" });
  });

  test("that loses a repository detaches it, and binds it again when it is added again", async () => {
    const { scope, repository, name } = await bound("removed");
    await installationOf(repository).removeRepositories([repository]);
    await push(repository, "shared/meanwhile.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "detached", serves: [{ scope: "removed", files: 1 }] });

    await installationOf(repository).addRepositories([repository]);
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/meanwhile.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "well", state: "bound" });
  });

  test("that comes back without the grant of its repository feeds nothing", async () => {
    const { scope, repository, name } = await bound("ungranted");
    await installationOf(repository).removeRepositories([repository]);
    await operate(world, "revoke", "ungranted", name);
    await installationOf(repository).addRepositories([repository]);
    await push(repository, "shared/b.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "pending", scope: "ungranted" });
  });

  test("whose account accepts a permission has its parked repositories tried again", async () => {
    const { scope, repository, name } = await bound("permissions");
    const { permissions } = world.registered;
    const { contents: _, ...less } = permissions;
    installationOf(repository).permissions = less;
    await push(repository, "shared/b.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    const parked = await shown(world, name);
    expect(parked).toMatchObject({ status: "failed", nextTryAt: null, lastError: { code: "github-rejected" } });
    expect(parked.remedy).toMatch(/permission/);

    await installationOf(repository).acceptPermissions();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "well", lastError: null });
  });
});

describe("a repository", () => {
  test("that is transferred needs a new grant, and what it brought keeps serving meanwhile, marked", async () => {
    const { scope, repository } = await bound("transferred");
    const buyer = world.github.createAccount("buyer-inc");
    await world.registered.install(buyer);
    await repository.transfer(buyer);
    const sha = await push(repository, "shared/b.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    const document = await shown(world, "buyer-inc/bifrost-modules");
    expect(document).toMatchObject({ id: repository.id, status: "pending", scope: "transferred" });
    expect(document.serves).toMatchObject([{ scope: "transferred", files: 1 }]);
    expect(document.remedy).toContain("bifrost grant transferred buyer-inc/bifrost-modules");
    expect(checkRun(repository, sha, "bifrost/sync").conclusion).toBe("action_required");

    await operate(world, "grant", "transferred", "buyer-inc/bifrost-modules");
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
    expect(await shown(world, "buyer-inc/bifrost-modules")).toMatchObject({ status: "well" });
  });

  test("that is transferred to an account without the app is detached when it is looked at", async () => {
    const { scope, repository, name } = await bound("sold");
    await repository.transfer(world.github.createAccount("stranger-inc"));
    await operate(world, "repo", "sync", name);
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "detached", serves: [{ scope: "sold", files: 1 }] });
  });

  test("that is renamed, or whose account is, changes its name and nothing else", async () => {
    const { scope, repository } = await bound("renaming");
    const before = await world.app.store.repository(repository.id);
    await repository.rename("modules");
    await world.settled();
    expect(await shown(world, "renaming-inc/modules")).toMatchObject({ id: repository.id, status: "well" });
    await repository.owner.rename("renamed-inc");
    await world.settled();
    expect(await shown(world, "renamed-inc/modules")).toMatchObject({ id: repository.id, status: "well" });
    expect(await world.app.store.repository(repository.id)).toMatchObject({
      scope,
      syncedSha: before?.syncedSha,
      syncedAt: before?.syncedAt,
    });
    await push(repository, "shared/b.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
  });

  test("that is archived is frozen, and goes on when it is unarchived", async () => {
    const { scope, repository, name } = await bound("archived");
    world.github.deliveries.hold(({ event }) => event === "push");
    await repository.push({ message: "late", files: { "shared/b.ts": "export {};" } });
    await repository.archive();
    await world.github.deliveries.release();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "archived", archived: true });
    await repository.unarchive();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
  });

  test("that is unarchived before it is heard that it was archived goes on", async () => {
    const { scope, repository, name } = await bound("late");
    world.github.deliveries.hold(({ action }) => action === "archived");
    await repository.archive();
    await repository.unarchive();
    await world.settled();
    await world.github.deliveries.release();
    await world.settled();
    expect(await shown(world, name)).toMatchObject({ status: "well", archived: false });
    await push(repository, "shared/b.ts");
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
  });

  test("that is deleted is detached, and what it brought keeps serving", async () => {
    const { scope, repository, name } = await bound("deleted");
    await repository.delete();
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "detached", serves: [{ scope: "deleted", files: 1 }] });
  });

  test("that becomes public or private says so and goes on as before", async () => {
    const { scope, repository, name } = await bound("seen");
    await repository.makePublic();
    await world.settled();
    expect(await shown(world, name)).toMatchObject({ private: false, status: "well" });
    await repository.makePrivate();
    await world.settled();
    expect(await shown(world, name)).toMatchObject({ private: true, status: "well" });
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
  });

  test("whose default branch changes holds what the new one does", async () => {
    const { scope, repository, name } = await bound("branches");
    await repository.createBranch("trunk");
    await push(repository, "shared/trunk.ts", "trunk");
    expect(await serving(scope)).toEqual(["shared/a.ts"]);
    await repository.setDefaultBranch("trunk");
    await world.settled();
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/trunk.ts"]);
    expect(await shown(world, name)).toMatchObject({ defaultBranch: "trunk", status: "well" });
  });

  test("whose default branch is renamed is followed, and the old name means nothing any more", async () => {
    const { scope, repository, name } = await bound("renamed-branch");
    await repository.createBranch("trunk");
    await repository.setDefaultBranch("trunk");
    await repository.deleteBranch("main");
    await push(repository, "shared/b.ts", "trunk");
    expect(await serving(scope)).toEqual(["shared/a.ts", "shared/b.ts"]);
    expect(await shown(world, name)).toMatchObject({ status: "well", wantedCommit: await repository.head() });
  });
});
