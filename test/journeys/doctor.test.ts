// `bifrost doctor` on a whole deployment: silent while all is well, and each trouble named where it is.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { examineDeployment } from "../../src/cli/examine.ts";
import type { Examination } from "../../src/doctor/examination.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { startThrowawayRedis } from "../support/redis-server.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let variables: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
  await world.boundRepository("acme-inc", await world.organization("acme"), { "shared/a.ts": "export {};" });
});
afterAll(() => world.close());
beforeEach(() => {
  variables = {
    APP_ID: `${world.registered.id}`,
    PRIVATE_KEY: world.registered.privateKey,
    WEBHOOK_SECRET: world.registered.webhookSecret,
    GITHUB_API_URL: world.github.apiUrl,
    GITHUB_SERVER_URL: world.github.serverUrl,
    BIFROST_DATABASE_URL: world.database.url,
    BIFROST_REDIS_URL: world.redis.url,
  };
});

async function examined(changes: Record<string, string> = {}): Promise<Record<string, Examination>> {
  const examinations = await examineDeployment({ ...variables, ...changes });
  return Object.fromEntries(examinations.map((examination) => [examination.check, examination]));
}

function statesOf(examinations: Record<string, Examination>, state: Examination["state"]): string[] {
  return Object.values(examinations)
    .filter((examination) => examination.state === state)
    .map(({ check }) => check);
}

/** Runs the command as a process in a folder of its own. */
async function doctor(...args: string[]): Promise<{ code: number; stdout: string }> {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const cwd = await mkdtemp(join(tmpdir(), "bifrost-doctor-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, ...variables };
  return await new Promise((resolve) => {
    execFile(process.execPath, [main, "doctor", ...args], { env, cwd }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

describe("while all is well", () => {
  test("every check passes, and the exit code is 0", async () => {
    const { code, stdout } = await doctor("--json");
    const { ok, checks } = JSON.parse(stdout);
    expect(checks.filter(({ state }: Examination) => state !== "ok")).toEqual([]);
    expect(checks).toHaveLength(14);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(world.github.violations).toEqual([]);
  });
});

describe("a person", () => {
  test("sees a line for each check, and below a failing one what, why and what to do", async () => {
    variables.PORT = "80000";
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ database +Postgres \d/m);
    expect(stdout).toMatch(/^✗ configuration +1 wrong\n {4}PORT .+\n {6}why: .+\n {6}to do: Correct PORT/m);
    expect(stdout).toContain("1 of 14 checks found something");
  });
});

describe("the settings", () => {
  test("are named one by one where they are wrong, and the rest is examined all the same", async () => {
    const found = await examined({ LOG_LEVEL: "loud", BIFROST_REDIS_URL: "http://x", APP_ID: "seven" });
    expect(found.configuration?.findings.map(({ what }) => what.split(" ", 1)[0])).toEqual([
      "APP_ID",
      "LOG_LEVEL",
      "BIFROST_REDIS_URL",
    ]);
    expect(found.redis).toMatchObject({ state: "skipped", summary: "BIFROST_REDIS_URL is wrong" });
    expect(found.app?.state).toBe("skipped");
    expect(found.database?.state).toBe("ok");
  });

  test("of an app that is not set up are a finding", async () => {
    const found = await examined({ APP_ID: "", PRIVATE_KEY: "", WEBHOOK_SECRET: "" });
    expect(found.configuration?.findings).toMatchObject([{ what: expect.stringContaining("APP_ID") }]);
  });
});

describe("the database", () => {
  test("is a finding where it cannot be reached", async () => {
    const found = await examined({ BIFROST_DATABASE_URL: "postgres://somebody:hidden@127.0.0.1:1/bifrost" });
    expect(found.database).toMatchObject({ state: "wrong", summary: expect.stringContaining("127.0.0.1:1/bifrost") });
    expect(found.repositories?.state).toBe("skipped");
    expect(JSON.stringify(found)).not.toContain("hidden");
  });

  test("is a finding where it was not migrated", async () => {
    const empty = await createTestDatabase({ empty: true });
    onTestFinished(() => empty.drop());
    const found = await examined({ BIFROST_DATABASE_URL: empty.url });
    expect(found.database?.findings).toMatchObject([{ remedy: 'Run "bifrost migrate"' }]);
    expect(await empty.query("select 1 from pg_tables where schemaname = 'public'")).toEqual([]);
  });

  test("is a finding where several processes use it without a shared cache", async () => {
    const other = new Client({ connectionString: world.database.url, application_name: "bifrost 7 on elsewhere" });
    await other.connect();
    onTestFinished(() => other.end());
    // The world's own app is another process only to a process of its own.
    const third = new Client({ connectionString: world.database.url, application_name: "bifrost 8 on elsewhere" });
    await third.connect();
    onTestFinished(() => third.end());
    const found = await examined({ BIFROST_REDIS_URL: "" });
    expect(found.processes?.findings[0]?.what).toContain("7 on elsewhere, 8 on elsewhere");
    expect((await examined()).processes?.state).toBe("ok");
  });
});

describe("Redis", () => {
  test("is a finding where it cannot be reached", async () => {
    const found = await examined({ BIFROST_REDIS_URL: "redis://:hidden@127.0.0.1:1" });
    expect(found.redis).toMatchObject({ state: "wrong", summary: expect.stringContaining("127.0.0.1:1") });
    expect(JSON.stringify(found)).not.toContain("hidden");
  });

  test("is a finding where it may throw away what nobody deleted", async () => {
    const settings = { maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" };
    const server = await startThrowawayRedis({ settings });
    onTestFinished(() => server.stop());
    const found = await examined({ BIFROST_REDIS_URL: server.url });
    expect(found.redis?.findings).toMatchObject([{ remedy: expect.stringContaining("noeviction") }]);
  });
});

describe("the GitHub App", () => {
  test("is a finding where GitHub cannot be reached", async () => {
    const found = await examined({ GITHUB_API_URL: "http://127.0.0.1:1" });
    expect(statesOf(found, "wrong")).toEqual(["clock", "app"]);
  });

  test("is a finding where this machine's clock is wrong", async () => {
    const date = new Date(Date.now() + 300_000).toUTCString();
    world.github.faults.next({ path: /^\/$/, respond: { status: 200, headers: { date } } });
    const found = await examined();
    expect(found.clock?.findings[0]?.what).toMatch(/clock is (299|300) s behind GitHub's/);
  });

  test("is a finding where id and key do not belong to each other", async () => {
    const found = await examined({ APP_ID: "999999" });
    expect(statesOf(found, "wrong")).toEqual(["app"]);
    expect(found.app?.findings[0]?.remedy).toContain("APP_ID and PRIVATE_KEY");
    expect(found.webhook?.state).toBe("skipped");
  });

  test("is a finding for each permission and event that app.yml lists and it lacks", async () => {
    const { registered } = world;
    const { permissions, events } = registered;
    onTestFinished(() => {
      Object.assign(registered, { permissions, events });
    });
    registered.permissions = { metadata: "read", contents: "read", checks: "read", merge_queues: "read" };
    registered.events = ["push", "check_run", "check_suite"];
    const found = await examined();
    expect(found.permissions?.findings.map(({ what }) => what)).toEqual([
      'The app lacks the permission "pull_requests: read"',
      'The app lacks the permission "checks: write"',
    ]);
    expect(found.events?.findings.map(({ what }) => what)).toEqual(
      ["pull_request", "merge_group", "repository"].map((event) => `The app is not subscribed to the event "${event}"`),
    );
  });

  test("is a finding for an account that has not accepted what it needs, and for one that is suspended", async () => {
    const behind = await world.registered.install(world.github.createAccount("behind-inc"));
    const asleep = await world.registered.install(world.github.createAccount("asleep-inc"));
    onTestFinished(async () => {
      await behind.uninstall();
      await asleep.uninstall();
    });
    Object.assign(behind, { permissions: { metadata: "read", contents: "read" } });
    await asleep.suspend();
    await world.settled();
    const found = await examined();
    expect(found.installations?.summary).toBe("2 of 3 accounts");
    expect(found.installations?.findings.map(({ what }) => what)).toEqual([
      'behind-inc has not accepted "pull_requests: read", "merge_queues: read", "checks: write"',
      "The installation on asleep-inc is suspended",
    ]);
  });

  test("is a finding for everything that is wrong with its webhook", async () => {
    const { registered } = world;
    const { webhookUrl, webhookSecret } = registered;
    onTestFinished(() => {
      Object.assign(registered, {
        webhookUrl,
        webhookSecret,
        webhookContentType: "json",
        webhookVerifiesCertificate: true,
      });
    });
    Object.assign(registered, {
      webhookUrl: "https://bifrost.example.com/",
      webhookSecret: "",
      webhookContentType: "form",
      webhookVerifiesCertificate: false,
    });
    const words = (await examined()).webhook?.findings.map(({ what }) => what).join("\n");
    for (const part of ["/api/github/webhooks", "no secret", '"form"', "certificate"]) expect(words).toContain(part);
    registered.webhookUrl = undefined;
    expect((await examined()).webhook?.findings).toMatchObject([{ what: "The app has no webhook URL" }]);
  });

  test("is a finding for deliveries that did not arrive, by what became of them", async () => {
    const { registered, github } = world;
    const { webhookUrl, webhookSecret } = registered;
    const repository = github.repositoryNamed("acme-inc", "bifrost-modules");
    registered.webhookSecret = "another secret";
    await repository?.push({ branch: "one", message: "not signed by us", files: { "a.ts": "" } });
    registered.webhookSecret = webhookSecret;
    registered.webhookUrl = "http://127.0.0.1:1/api/github/webhooks";
    await repository?.push({ branch: "two", message: "nobody listens", files: { "a.ts": "" } });
    registered.webhookUrl = webhookUrl;
    const { deliveries } = await examined();
    expect(deliveries?.state).toBe("wrong");
    expect(deliveries?.findings.map(({ what }) => what.split(": ")[1]).sort()).toEqual([
      "answered with status 401",
      "nobody answered",
    ]);
    const failed = new Set(
      github.deliveries.log.filter(({ statusCode }) => statusCode !== 202).map(({ guid }) => guid),
    );
    for (const guid of failed) await github.deliveries.redeliver(guid);
    await world.settled();
    expect((await examined()).deliveries?.state).toBe("ok");
  });
});

describe("repositories", () => {
  test("that wait for a grant are named with the command that gives it", async () => {
    await world.repository("waiting-inc", { ".github/bifrost.yml": "scope: acme\n" });
    const found = await examined();
    expect(found.repositories?.findings).toMatchObject([
      { remedy: expect.stringContaining("bifrost grant acme waiting-inc/bifrost-modules") },
    ]);
  });
});
