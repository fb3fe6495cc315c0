// An operator takes a scope back to a past revision: everyone sees it at once, what is pushed meanwhile waits, and released
// the scope is what its repositories hold. And the record of all of it.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
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

let count = 0;
let org: Scope;
let slug: string;
let first: Repository;
let second: Repository;

/** An organisation that two repositories feed, at revision 2. */
beforeEach(async () => {
  count += 1;
  slug = `org${count}`;
  org = await world.organization(slug);
  first = await world.boundRepository(`${slug}-inc`, org, { "shared/a.ts": "1", "shared/b.ts": "1" });
  second = await world.boundRepository(`${slug}-inc`, org, { "shared/c.ts": "1" });
});

async function push(repository: Repository, files: TreeChanges) {
  const { sha } = await repository.push({ message: "Change", files });
  await world.settled();
  return checkRun(repository, sha, "bifrost/sync");
}

/** Path to content, and who brought it, as Postgres has it; Redis has to have the same. */
async function live() {
  const rows = await world.database.query(
    "select path, content, repository_id::float8 as by from workspace_files where organization_id = $1 order by path",
    [scopeKey(org)],
  );
  const index = await world.redis.redis.hgetall(`bifrost:index:{${scopeKey(org)}}`);
  expect(Object.keys(index).sort()).toEqual(rows.map(({ path }) => path));
  return Object.fromEntries(rows.map(({ path, content, by }) => [path, [content, by]]));
}

async function run(...args: string[]) {
  const { code, stdout, stderr } = await operate(world, ...args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  await world.settled();
  return stdout;
}

test("a rollback is seen at once, holds what is pushed, and says so everywhere; released, the heads are stored", async () => {
  await push(first, { "shared/a.ts": "2", "shared/b.ts": null, "shared/d.ts": "2" });
  await push(second, { "shared/c.ts": "2" });
  const out = await run("rollback", slug, "2");
  expect(out).toContain(`${slug} is at revision 5, which equals revision 2: 3 files brought back, 1 deleted`);
  const rolledBack = {
    "shared/a.ts": ["1", first.id],
    "shared/b.ts": ["1", first.id],
    "shared/c.ts": ["1", second.id],
  };
  expect(await live()).toEqual(rolledBack);

  const held = await push(first, { "shared/a.ts": "3" });
  expect(held).toMatchObject({ conclusion: "failure", title: `Not synced: ${slug} is rolled back` });
  expect(held.summary).toContain(`bifrost rollback ${slug} --release`);
  expect(checkRun(second, await second.head(), "bifrost/sync").title).toBe(`Not synced: ${slug} is rolled back`);
  expect(await live()).toEqual(rolledBack);
  expect(await shown(world, first.fullName)).toMatchObject({ state: "rolled-back", status: "rolled-back" });
  expect((await operate(world, "repo", "list")).stdout).toContain(`Its scope ${slug} is rolled back`);
  expect((await operate(world, "log", slug)).stderr).toContain(`bifrost rollback ${slug} --release`);
  expect((await operate(world, "pins")).stdout).toContain(`"${slug}" is rolled back to revision 2, by cli:`);
  const pull = await second.openPullRequest({ title: "More", branch: "more", files: { "shared/e.ts": "1" } });
  await world.settled();
  expect(checkRun(second, pull.headSha, "bifrost").summary).toContain("is rolled back to revision 2");

  await run("rollback", slug, "--release");
  expect(await live()).toEqual({
    "shared/a.ts": ["3", first.id],
    "shared/c.ts": ["2", second.id],
    "shared/d.ts": ["2", first.id],
  });
  expect(checkRun(first, await first.head(), "bifrost/sync").conclusion).toBe("success");
  expect(await shown(world, second.fullName)).toMatchObject({ state: "bound", status: "well" });
  const nothing = await operate(world, "rollback", slug, "--release");
  expect(nothing.code).not.toBe(0);
  expect(nothing.stderr).toContain("is not rolled back");
});

test("what a repository that left had brought is after the release what it was before the rollback", async () => {
  await run("revoke", slug, second.fullName);
  await run("repo", "purge", second.fullName);
  await run("rollback", slug, "2");
  expect(Object.keys(await live())).toContain("shared/c.ts");
  await second.delete();
  await world.settled();
  await run("rollback", slug, "--release");
  expect(Object.keys(await live())).toEqual(["shared/a.ts", "shared/b.ts"]);
});

test("a rollback to what does not exist changes nothing", async () => {
  const { code, stderr } = await operate(world, "rollback", slug, "9");
  expect(code).not.toBe(0);
  expect(stderr).toContain(`Revision 9 of "${slug}" does not exist`);
  expect((await world.app.store.snapshot(grantOperator(org))).revision).toBe(2);
});

test("a push that is being synced while its scope is rolled back writes nothing and is not lost", async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m/${index}.ts`, `${count}`]));
  const pushed = first.push({ message: "Many", files: { ...files, "shared/a.ts": "2" } });
  await run("rollback", slug, "1");
  await pushed;
  await world.settled();
  const { store } = world.app;
  const [latest] = await store.revisions(grantOperator(org), 1);
  const rollback = await store.rollbackOf(grantOperator(org));
  expect(rollback).toMatchObject({ target: 1 });
  // Whichever came first: a sync before the rollback was taken back with everything else.
  expect(latest).toMatchObject({ kind: "rollback", copyOf: 1 });
  expect(await live()).toEqual({ "shared/a.ts": ["1", first.id], "shared/b.ts": ["1", first.id] });
  await run("rollback", slug, "--release");
  expect(Object.keys(await live())).toHaveLength(43);
});

test("every act is in the record, with who did it and from where, and nobody can change it", async () => {
  await run("org", "create", `${slug}-new`);
  await run("rollback", slug, "1");
  await run("rollback", slug, "--release");
  await run("revoke", slug, second.fullName);
  const { audit } = JSON.parse(await run("audit", "--scope", slug, "--json"));
  const acts = audit.map(({ act }: { act: string }) => act);
  expect(acts).toEqual([
    ...["revoked", "rollback-ended", "rolled-back", "bound", "granted", "bound", "granted", "organization-created"],
  ]);
  expect(audit[0]).toMatchObject({
    scope: slug,
    repository: second.fullName,
    by: expect.stringMatching(/^cli:.+@.+/),
    source: { from: "command-line" },
  });
  expect(audit[2]).toMatchObject({ details: { target: 1, revision: 3 } });
  expect((await operate(world, "audit")).stdout).toContain(`${slug}-new`);
  for (const statement of ["update audit set by = 'nobody'", "delete from audit", "truncate audit"]) {
    await expect(world.database.query(statement)).rejects.toThrow("only ever added to");
  }
});

test("a pin and a binding that came by a push are recorded with the delivery that told of them", async () => {
  await world.boundRepository("platform", { kind: "global" }, { "shared/g.ts": "1" });
  await push(first, { ".github/bifrost.yml": `scope: ${slug}\nglobal: 1\n` });
  const { audit } = JSON.parse(await run("audit", "--scope", slug, "--json"));
  expect(audit[0]).toMatchObject({
    act: "pinned",
    repository: first.fullName,
    source: { from: "webhook", delivery: expect.any(String), sender: expect.any(String) },
    details: { revision: 1, from: null },
  });
  await run("rollback", slug, "1");
  expect(await world.app.store.pinOf(grantOperator(org))).toBeNull();
  await run("rollback", slug, "--release");
  expect(await world.app.store.pinOf(grantOperator(org))).toMatchObject({ revision: 1 });
});
