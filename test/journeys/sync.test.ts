// A repository's life: asked for, granted, pushed to, refused. What is stored is compared with the tree each time.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, type Scope, scopeKey } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
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

/** What Postgres and Redis hold of a scope, each as path to content. */
async function stored(scope: Scope) {
  const files = await world.app.store.filesAt(grantOperator(scope), await revision(scope));
  const index = await world.redis.redis.hgetall(`bifrost:index:{${scopeKey(scope)}}`);
  const redis: Record<string, string> = {};
  for (const [path, hash] of Object.entries(index)) {
    const module = JSON.parse((await world.redis.redis.get(`bifrost:module:${scopeKey(scope)}:${path}`)) ?? "null");
    expect(module).toMatchObject({ path, hash });
    redis[path] = module.content;
  }
  const rows = await world.database.query(
    "select path, content from workspace_files where organization_id is not distinct from $1",
    [scope.kind === "global" ? null : scope.id],
  );
  return {
    history: Object.fromEntries(files.map(({ path, content }) => [path, content])),
    postgres: Object.fromEntries(rows.map(({ path, content }) => [path, content])),
    redis,
    keys: (await world.redis.redis.keys(`bifrost:module:${scopeKey(scope)}:*`)).length,
  };
}

async function revision(scope: Scope): Promise<number> {
  return Number(await world.redis.redis.get(`bifrost:revision:{${scopeKey(scope)}}`));
}

async function expectStored(scope: Scope, files: Record<string, string>) {
  const found = await stored(scope);
  expect(found.postgres).toEqual(files);
  expect(found.history).toEqual(files);
  expect(found.redis).toEqual(files);
  expect(found.keys).toBe(Object.keys(files).length);
}

async function push(repository: Repository, options: Parameters<Repository["push"]>[0]) {
  const { sha } = await repository.push(options);
  await world.settled();
  return checkRun(repository, sha, "bifrost/sync");
}

describe("a push", () => {
  let acme: Scope;
  let repository: Repository;
  beforeAll(async () => {
    acme = await world.organization("acme");
    repository = await world.boundRepository("acme-inc", acme, {
      "shared/a.ts": "export const a = 1;",
      "shared/b.ts": "export const b = 1;",
      "README.md": "# Modules",
    });
  });

  test("of the first commit makes revision 1 and says what was skipped", async () => {
    await expectStored(acme, { "shared/a.ts": "export const a = 1;", "shared/b.ts": "export const b = 1;" });
    const run = checkRun(repository, await repository.head(), "bifrost/sync");
    expect(run).toMatchObject({ conclusion: "success", title: "acme is at revision 1: 2 files written" });
    expect(run.summary).toContain("`README.md`: Neither code nor a form nor part of an app");
  });

  test("that adds, changes, renames and deletes leaves Postgres and Redis equal to the tree", async () => {
    const run = await push(repository, {
      message: "Add, change, rename and delete",
      files: {
        "shared/a.ts": "export const a = 2;",
        "shared/b.ts": null,
        "shared/renamed.ts": "export const b = 1;",
        "workflows/new.ts": "export default () => 1;",
      },
    });
    expect(run).toMatchObject({ conclusion: "success", title: "acme is at revision 2: 3 files written, 1 deleted" });
    await expectStored(acme, {
      "shared/a.ts": "export const a = 2;",
      "shared/renamed.ts": "export const b = 1;",
      "workflows/new.ts": "export default () => 1;",
    });
  });

  test("by force that loses commits leaves what the new head holds", async () => {
    const run = await push(repository, {
      message: "Start over",
      parent: null,
      force: true,
      files: { ".github/bifrost.yml": "scope: acme\n", "shared/only.ts": "export const only = 1;" },
    });
    expect(run.title).toBe("acme is at revision 3: 1 file written, 3 deleted");
    await expectStored(acme, { "shared/only.ts": "export const only = 1;" });
  });

  test("that comes twice, late and out of order changes nothing but the first time", async () => {
    world.github.deliveries.hold();
    await repository.push({ message: "one", files: { "shared/only.ts": "export const only = 2;" } });
    await repository.push({ message: "two", files: { "shared/only.ts": "export const only = 3;" } });
    const released = await world.github.deliveries.release((held) => held.toReversed());
    await world.settled();
    for (const { guid } of released) await world.github.deliveries.redeliver(guid);
    await world.settled();
    await expectStored(acme, { "shared/only.ts": "export const only = 3;" });
    expect(await revision(acme)).toBe(4);
  });

  test("of what cannot be stored as text is skipped with the reason", async () => {
    const run = await push(repository, {
      message: "Odd files",
      files: {
        "shared/latin1.ts": Buffer.from([0x65, 0xe9]),
        "shared/binary.ts": Buffer.from([0x00, 0x01]),
        "shared/large.ts": "x".repeat(1024 * 1024 + 1),
        "shared/lfs.ts": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "shared/link.ts": { mode: "120000", content: "only.ts" },
      },
    });
    expect(run.conclusion).toBe("success");
    expect(run.summary).toContain("| skipped | 5 |");
    for (const words of ["not valid UTF-8", "NUL byte", "over the limit", "Git LFS", "Symbolic links"]) {
      expect(run.summary).toContain(words);
    }
    await expectStored(acme, { "shared/only.ts": "export const only = 3;" });
  });

  test("to another branch syncs nothing", async () => {
    const before = await revision(acme);
    await repository.push({ branch: "topic", message: "topic", files: { "shared/topic.ts": "export {};" } });
    await world.settled();
    expect(await revision(acme)).toBe(before);
  });

  test("after Redis was emptied brings back everything", async () => {
    await world.redis.redis.flushdb();
    await push(repository, { message: "again", files: { "shared/more.ts": "export {};" } });
    await expectStored(acme, { "shared/only.ts": "export const only = 3;", "shared/more.ts": "export {};" });
  });

  test("is synced by the app that is started after Redis was emptied", async () => {
    await world.redis.redis.flushdb();
    await world.restart();
    await expectStored(acme, { "shared/only.ts": "export const only = 3;", "shared/more.ts": "export {};" });
  });
});

describe("a binding", () => {
  test("that nobody granted writes nothing and says who can grant it, and with what command", async () => {
    const pending = await world.organization("pending");
    const repository = await world.repository("pending-inc", {
      ".github/bifrost.yml": "# ours\nscope: pending\n",
      "shared/a.ts": "export {};",
    });
    const sha = await repository.head();
    const run = checkRun(repository, sha, "bifrost/sync");
    expect(run.conclusion).toBe("action_required");
    expect(run.summary?.replaceAll("\\", "")).toContain("bifrost grant pending pending-inc/bifrost-modules");
    expect(run.annotations).toMatchObject([{ path: ".github/bifrost.yml", start_line: 2, title: "scope-refused" }]);
    await expectStored(pending, {});

    const known = await world.app.store.repository(repository.id);
    expect(known).toMatchObject({ state: "pending", requestedScope: "pending", scope: null });
  });

  test("of a whole account lets each of its repositories in", async () => {
    const whole = await world.organization("whole");
    const account = world.github.createAccount("whole-inc");
    await world.app.store.addGrant({ scope: whole, kind: "account", accountId: account.id }, "journey");
    await world.repository("whole-inc", { ".github/bifrost.yml": "scope: whole\n", "shared/a.ts": "export {};" });
    await expectStored(whole, { "shared/a.ts": "export {};" });
  });

  test("to a scope that does not exist is refused at its line", async () => {
    const repository = await world.repository("typo-inc", { ".github/bifrost.yml": "scope: acmee\n" });
    const run = checkRun(repository, await repository.head(), "bifrost/sync");
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run.annotations[0]?.message).toContain('There is no scope "acmee"');
  });

  test("without the file is neutral and says what to add", async () => {
    const repository = await world.repository("unbound-inc", { "shared/a.ts": "export {};" });
    const run = checkRun(repository, await repository.head(), "bifrost/sync");
    expect(run.conclusion).toBe("neutral");
    expect(run.summary).toContain(".github/bifrost.yml");
    const misnamed = await push(repository, { message: "bind", files: { ".github/bifrost.yaml": "scope: acme\n" } });
    expect(misnamed.conclusion).toBe("neutral");
    expect(misnamed.annotations).toMatchObject([{ path: ".github/bifrost.yaml", annotation_level: "warning" }]);
    const pull = await repository.openPullRequest({ branch: "more", files: { "shared/b.ts": "export {};" } });
    await world.settled();
    expect(checkRun(repository, pull.headSha, "bifrost").summary).toContain("Rename it to");
  });

  test.each([
    ["names another scope", "scope: global\n", "is bound to"],
    ["turns invalid", "scope: [stays\n", ""],
    ["disappears", null, "is missing"],
    [
      "names a root that is not there",
      "scope: stays-names-a-root-that-is-not-there\nroot: nowhere\n",
      "holds no files",
    ],
  ])("keeps what is stored when its file %s", async (how, manifest, words) => {
    const slug = `stays-${how.replaceAll(" ", "-")}`;
    const scope = await world.organization(slug);
    const repository = await world.boundRepository(`${slug}-inc`, scope, { "shared/a.ts": "export {};" });
    const run = await push(repository, {
      message: how,
      files: { ".github/bifrost.yml": manifest, "shared/a.ts": null },
    });
    expect(run.conclusion).toBe("failure");
    expect(run.summary).toContain(words);
    await expectStored(scope, { "shared/a.ts": "export {};" });
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "refused" });

    await push(repository, { message: "mend", files: { ".github/bifrost.yml": `scope: ${slug}\n` } });
    await expectStored(scope, {});
  });

  test("ends with the installation, and what was stored keeps serving", async () => {
    const scope = await world.organization("leaving");
    const repository = await world.boundRepository("leaving-inc", scope, { "shared/a.ts": "export {};" });
    const installation = world.registered.installations.find(({ account }) => account === repository.owner);
    await installation?.uninstall();
    await world.settled();
    expect(await world.app.store.repository(repository.id)).toMatchObject({ state: "detached" });
    await expectStored(scope, { "shared/a.ts": "export {};" });
  });

  test("follows a renamed repository", async () => {
    const scope = await world.organization("renamed");
    const repository = await world.boundRepository("renamed-inc", scope, { "shared/a.ts": "export {};" });
    world.github.deliveries.drop();
    await repository.rename("modules");
    await push(repository, { message: "after", files: { "shared/a.ts": "export const a = 1;" } });
    await expectStored(scope, { "shared/a.ts": "export const a = 1;" });
    expect(await world.app.store.repositoryByName("renamed-inc", "modules")).toMatchObject({ id: repository.id });
  });
});

describe("two repositories of one scope", () => {
  test("share it, and the second is refused the path that the first brought", async () => {
    const scope = await world.organization("two");
    await world.boundRepository("two-inc", scope, { "shared/a.ts": "export const a = 1;" });
    const second = await world.boundRepository("two-inc", scope, {
      "shared/a.ts": "export const a = 2;",
      "shared/b.ts": "export const b = 2;",
    });
    await expectStored(scope, { "shared/a.ts": "export const a = 1;", "shared/b.ts": "export const b = 2;" });
    const run = checkRun(second, await second.head(), "bifrost/sync");
    expect(run).toMatchObject({ conclusion: "failure", title: "two is at revision 2: 1 file written, 1 path refused" });
    expect(run.annotations).toMatchObject([{ path: "shared/a.ts", title: "path-conflict" }]);
    expect(run.annotations[0]?.message).toContain("two-inc/bifrost-modules");
  });
});

describe("organisations", () => {
  test("hold the same path each for themselves, and a third has neither", async () => {
    const [one, other, third] = [
      await world.organization("one"),
      await world.organization("other"),
      await world.organization("third"),
    ];
    await world.boundRepository("global-inc", globalScope, { "shared/who.ts": "export const who = 'global';" });
    await world.boundRepository("one-inc", one, { "shared/who.ts": "export const who = 'one';" });
    await world.boundRepository("other-inc", other, { "shared/who.ts": "export const who = 'other';" });
    await expectStored(one, { "shared/who.ts": "export const who = 'one';" });
    await expectStored(other, { "shared/who.ts": "export const who = 'other';" });
    await expectStored(third, {});
    await expectStored(globalScope, { "shared/who.ts": "export const who = 'global';" });
  });
});
