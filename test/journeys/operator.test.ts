// The operator's commands as processes, beside an app that runs: they share its database and its queue.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operate } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Runs a command line and gives its exit code and output. */
function bifrost(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const env = { PATH: process.env.PATH, BIFROST_DATABASE_URL: world.database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const storedFiles = "select slug, path from workspace_files join organizations on organizations.id = organization_id";

describe("an operator", () => {
  test("creates an organisation once, and sees it in the list", async () => {
    const created = await bifrost("org", "create", "acme", "--name", "Acme", "--json");
    expect(created.code).toBe(0);
    const { organization } = JSON.parse(created.stdout);
    expect(organization).toMatchObject({ slug: "acme", name: "Acme" });
    expect(JSON.parse((await bifrost("org", "list", "--json")).stdout).organizations).toEqual([organization]);

    const again = await bifrost("org", "create", "acme");
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("acme");
    expect((await bifrost("org", "create", "Not A Slug")).code).toBe(2);
  });

  test("grants a scope to a repository that waits for it, which is synced without another push", async () => {
    const repository = await world.repository("acme-inc", {
      ".github/bifrost.yml": "scope: acme\n",
      "shared/a.ts": "export {};",
    });
    const listed = await bifrost("repo", "list");
    expect(listed.stdout).toMatch(/acme-inc\/bifrost-modules +\(acme\) +pending/);
    expect(listed.stdout).toContain("bifrost grant acme acme-inc/bifrost-modules");

    const granted = await bifrost("grant", "acme", "acme-inc/bifrost-modules", "--json");
    expect(JSON.parse(granted.stdout)).toMatchObject({ ok: true, isNew: true, queued: ["acme-inc/bifrost-modules"] });
    await world.settled();
    const { repositories } = JSON.parse((await bifrost("repo", "list", "--json")).stdout);
    expect(repositories).toMatchObject([
      { repository: "acme-inc/bifrost-modules", state: "bound", scope: "acme", revision: 1 },
    ]);
    expect(checkRun(repository, await repository.head(), "bifrost/sync").conclusion).toBe("success");
  });

  test("grants a scope that a pull request waits for, which is answered anew", async () => {
    await bifrost("org", "create", "waiting");
    const repository = await world.repository("waiting-inc", { "shared/a.ts": "export {};" });
    const pull = await repository.openPullRequest({
      branch: "bind",
      files: { ".github/bifrost.yml": "scope: waiting\n" },
    });
    await world.settled();
    expect(checkRun(repository, pull.headSha, "bifrost").conclusion).toBe("action_required");
    await bifrost("grant", "waiting", "waiting-inc/bifrost-modules");
    await world.settled();
    expect(checkRun(repository, pull.headSha, "bifrost").conclusion).toBe("success");
  });

  test("lists who may feed which scope, and gives an organisation another name without moving anything of it", {
    timeout: 90_000,
  }, async () => {
    await operate(world, "org", "create", "taken");
    const { organization } = JSON.parse((await operate(world, "org", "create", "former", "--json")).stdout);
    const repository = await world.repository("former-inc", {
      ".github/bifrost.yml": "scope: former\n",
      "shared/a.ts": "export {};",
    });
    await operate(world, "grant", "former", "former-inc/bifrost-modules");
    await operate(world, "grant", "global", "former-inc/*");
    await world.settled();
    const { grants } = JSON.parse((await operate(world, "grants", "--json")).stdout);
    const by = expect.stringMatching(/^cli:.+@.+$/);
    expect(grants).toContainEqual(
      expect.objectContaining({ scope: "global", kind: "account", target: "former-inc/*", by }),
    );
    const listed = await operate(world, "grants", "former");
    expect(listed.stdout).toMatch(
      /^scope +granted to +by +since\nformer +former-inc\/bifrost-modules +cli:\S+ +\d{4}-/,
    );
    expect(listed.stdout.trimEnd().split("\n")).toHaveLength(2);
    await operate(world, "revoke", "global", "former-inc/*");

    expect(await operate(world, "org", "rename", "former", "taken")).toMatchObject({ code: 2, stdout: "" });
    const renamed = await operate(world, "org", "rename", "former", "latter");
    expect(renamed.stdout).toContain("Renamed former to latter\nformer-inc/bifrost-modules names former in");
    await world.settled();
    expect((await operate(world, "repo", "list")).stdout).toMatch(/former-inc\/bifrost-modules +latter +refused/);
    expect((await operate(world, "grants", "former")).code).toBe(2);

    const { sha } = await repository.push({ files: { ".github/bifrost.yml": "scope: latter\n" } });
    await world.settled();
    expect(checkRun(repository, sha, "bifrost/sync").conclusion).toBe("success");
    const resolved = JSON.parse(
      (await operate(world, "resolve", "shared/a", "--org", organization.id, "--json")).stdout,
    );
    expect(resolved).toMatchObject({ found: true, scope: "latter", path: "shared/a.ts" });
    const { audit } = JSON.parse((await operate(world, "audit", "--scope", "latter", "--json")).stdout);
    expect(audit).toContainEqual(
      expect.objectContaining({ act: "organization-renamed", details: { from: "former", to: "latter" } }),
    );
  });

  test("refuses a scope, which the check runs say, until the file changes or the scope is granted after all", async () => {
    await bifrost("org", "create", "wary");
    const repository = await world.repository("stranger-inc", { ".github/bifrost.yml": "scope: wary\n" });
    const pull = await repository.openPullRequest({ branch: "more", files: { "shared/a.ts": "export {};" } });
    await world.settled();
    const name = "stranger-inc/bifrost-modules";
    expect((await bifrost("refuse", "acme", name)).code).toBe(2);
    expect((await bifrost("refuse", "wary", name)).stdout).toContain("Refused wary to stranger-inc/bifrost-modules");
    await world.settled();
    const head = await repository.head();
    const synced = checkRun(repository, head, "bifrost/sync");
    expect(synced).toMatchObject({ conclusion: "failure", title: "Refused: nothing is synced" });
    expect(synced.summary).toMatch(/cli:\S+ refused the scope "wary" to stranger-inc\/bifrost-modules on 20/);
    expect(synced.summary).toContain("asks again");
    expect(checkRun(repository, pull.headSha, "bifrost")).toMatchObject({
      conclusion: "action_required",
      title: "The binding is refused: nothing was checked",
    });
    expect((await bifrost("repo", "list")).stdout).toMatch(/stranger-inc\/bifrost-modules +\(wary\) +refused/);
    expect((await bifrost("refuse", "wary", name)).stderr).toContain("does not wait for wary: it is refused");

    await repository.push({ files: { ".github/bifrost.yml": "# Please?\nscope: wary\n" }, message: "Ask again" });
    await world.settled();
    const asked = checkRun(repository, await repository.head(), "bifrost/sync");
    expect(asked).toMatchObject({ conclusion: "action_required", title: "Waits for a grant: nothing is synced" });
    await bifrost("refuse", "wary", name);
    await world.settled();
    await bifrost("grant", "wary", name);
    await world.settled();
    expect(checkRun(repository, await repository.head(), "bifrost/sync").conclusion).toBe("success");
    expect(checkRun(repository, pull.headSha, "bifrost").conclusion).toBe("success");
  });

  test("asks for a sync, and its check run is written anew", async () => {
    const repository = world.github.repositoryNamed("acme-inc", "bifrost-modules");
    const sha = (await repository?.head()) ?? "";
    const before = repository?.checkRuns(sha).length ?? 0;
    expect((await bifrost("repo", "sync", "acme-inc/bifrost-modules")).code).toBe(0);
    await world.settled();
    expect(repository?.checkRuns(sha)).toHaveLength(before + 1);
  });

  test("revokes a grant: what is stored stays, and the next push is not synced", async () => {
    const repository = world.github.repositoryNamed("acme-inc", "bifrost-modules");
    expect((await bifrost("revoke", "acme", "acme-inc/bifrost-modules")).code).toBe(0);
    expect((await bifrost("revoke", "acme", "acme-inc/bifrost-modules")).code).toBe(1);
    const pushed = await repository?.push({ message: "later", files: { "shared/b.ts": "export {};" } });
    await world.settled();
    expect(repository && checkRun(repository, pushed?.sha ?? "", "bifrost/sync").conclusion).toBe("action_required");
    expect(await world.database.query(`${storedFiles} where slug = 'acme'`)).toEqual([
      { slug: "acme", path: "shared/a.ts" },
    ]);
  });

  test("rebinds a repository, which then feeds the other scope", async () => {
    await bifrost("org", "create", "globex");
    const repository = world.github.repositoryNamed("acme-inc", "bifrost-modules");
    await bifrost("grant", "globex", "acme-inc/*");
    expect((await bifrost("repo", "rebind", "acme-inc/bifrost-modules", "globex")).code).toBe(0);
    await repository?.push({ message: "move", files: { ".github/bifrost.yml": "scope: globex\n" } });
    await world.settled();
    const rows = await world.database.query(`${storedFiles} where slug in ('acme', 'globex') order by slug, path`);
    expect(rows).toEqual([
      { slug: "acme", path: "shared/a.ts" },
      { slug: "globex", path: "shared/a.ts" },
      { slug: "globex", path: "shared/b.ts" },
    ]);
  });

  test.each([
    [["grant", "nobody", "acme-inc/bifrost-modules"], 'no organisation "nobody"'],
    [["grant", "acme", "acme-inc/nothing"], "not installed"],
    [["grant", "acme", "acme-inc"], "neither OWNER/REPO nor OWNER/*"],
    [["grant", "acme", "strangers/*"], "not installed"],
    [["repo", "sync", "acme-inc"], "not OWNER/REPO"],
  ])("is told what is wrong with %j", async (args, words) => {
    const { code, stdout, stderr } = await bifrost(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
    expect(stderr).toContain("to do:");
  });
});
