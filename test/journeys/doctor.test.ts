// `bifrost doctor` on a whole deployment: silent while all is well, and each trouble named where it is.
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { examineDeployment } from "../../src/cli/examine.ts";
import type { Examination } from "../../src/doctor/examination.ts";
import { declaredDocument } from "../cli/documents.ts";
import { startWebhookReceiver } from "../github/webhook-receiver.ts";
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
    GITHUB_CLIENT_ID: world.registered.clientId,
    GITHUB_CLIENT_SECRET: world.registered.clientSecret,
    BIFROST_URL: world.app.url ?? "",
    GITHUB_API_URL: world.github.apiUrl,
    GITHUB_SERVER_URL: world.github.serverUrl,
    BIFROST_DATABASE_URL: world.database.url,
    BIFROST_REDIS_URL: world.redis.url,
  };
});

async function examined(changes: Record<string, string> = {}): Promise<Record<string, Examination>> {
  const examinations = await examineDeployment({ redeliver: true }, { ...variables, ...changes });
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
    const { ok, checks } = declaredDocument(["doctor"], stdout);
    expect(checks.filter(({ state }: Examination) => state !== "ok")).toEqual([]);
    expect(checks).toHaveLength(17);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    const [first, ...others] = world.github.deliveries.log.filter(({ redelivery }) => redelivery);
    expect({ ...first, others }).toMatchObject({ statusCode: 202, others: [] });
    const arrival = checks.find(({ check }: Examination) => check === "arrival");
    expect(arrival.summary).toBe(`GitHub sent its newest delivery ("${first?.event}") again, and it arrived`);
    expect(world.github.violations).toEqual([]);
  });
});

describe("the arrival of a webhook", () => {
  /** What is found of it where the app is registered like this. */
  async function found(registration: Partial<World["registered"]>, changes: Record<string, string> = {}) {
    const { webhookUrl, webhookSecret } = world.registered;
    onTestFinished(() => {
      Object.assign(world.registered, { webhookUrl, webhookSecret });
    });
    Object.assign(world.registered, registration);
    const { arrival } = await examined(changes);
    return { state: arrival?.state, summary: arrival?.summary, ...arrival?.findings[0] };
  }

  test("is proven by one that GitHub sends again, and says with which of several secrets", async () => {
    const secrets = { WEBHOOK_SECRET: `the next secret,${world.registered.webhookSecret}` };
    expect(await found({}, secrets)).toMatchObject({
      state: "ok",
      summary: expect.stringContaining("it arrived, signed with secret 2 of the 2"),
    });
  });

  test("is not looked for where nobody wants a webhook sent again", async () => {
    const before = world.github.deliveries.log.length;
    const { code, stdout } = await doctor("--no-redeliver");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^- arrival +GitHub was not asked/m);
    expect(world.github.deliveries.log).toHaveLength(before);
  });

  test.each([
    [{ webhookSecret: "another" }, "status 401", "Set WEBHOOK_SECRET to the secret in the app's settings"],
    [{ webhookSecret: "" }, "status 401", "Set a secret in the app's settings"],
    [{ webhookUrl: "http://127.0.0.1:2/api/github/webhooks" }, "connection was refused", "that the server runs"],
    [{ webhookUrl: "http://bifrost.invalid/api/github/webhooks" }, "host was not found", "public DNS"],
  ])("is a finding where the app is registered with %o", async (registration, what, remedy) => {
    expect(await found(registration)).toMatchObject({
      state: "wrong",
      what: expect.stringContaining(what),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("is a finding where the URL has another path", async () => {
    const webhookUrl = `${world.app.url}/webhooks`;
    const { what, remedy } = await found({ webhookUrl });
    expect(what).toContain("answered with status 405");
    expect(remedy).toContain("/api/github/webhooks");
  });

  test("is a finding where the server was started before its secret was changed", async () => {
    const { remedy } = await found({ webhookSecret: "the next one" }, { WEBHOOK_SECRET: "the next one" });
    expect(remedy).toContain("Start the server again");
  });

  test("is a finding where another deployment takes it", async () => {
    const other = await createTestDatabase();
    onTestFinished(() => other.drop());
    const { what, why } = await found({}, { BIFROST_DATABASE_URL: other.url });
    expect(what).toContain("status 202, and it is not in the database of this deployment");
    expect(why).toContain("Another deployment");
  });

  test("is a finding where something else answers, which is told from a server of another address", async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.close());
    receiver.status = 200;
    const { what } = await found({ webhookUrl: receiver.url }, { BIFROST_URL: "https://bifrost.example" });
    expect(what).toContain("(BIFROST_URL is https://bifrost.example): answered with status 200 by something else");
  });

  test.skipIf(spawnSync("openssl", ["version"]).error)("is a finding where GitHub trusts no certificate", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bifrost-certificate-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
      ...["-keyout", key, "-out", cert, ...subject],
    ]);
    expect(made.status, `${made.stderr}`).toBe(0);
    const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_request, response) => {
      response.writeHead(202).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const { what, remedy } = await found({ webhookUrl: `https://127.0.0.1:${port}/api/github/webhooks` });
    expect(what).toContain("certificate is not one that GitHub trusts");
    expect(remedy).toContain("openssl s_client");
  });
});

describe("signing in", () => {
  test("is a finding where the client is another app's, or its secret is not its own", async () => {
    const other = await examined({ GITHUB_CLIENT_ID: "Iv1.another" });
    expect(other["sign-in"]?.findings).toMatchObject([{ what: expect.stringContaining("of another app") }]);
    const wrong = await examined({ GITHUB_CLIENT_SECRET: "another-secret" });
    expect(wrong["sign-in"]?.findings).toMatchObject([{ what: expect.stringContaining("GITHUB_CLIENT_SECRET") }]);
    expect(JSON.stringify(wrong)).not.toContain("another-secret");
  });

  test("is passed over where it is not set up", async () => {
    const found = await examined({ GITHUB_CLIENT_ID: "", GITHUB_CLIENT_SECRET: "" });
    expect(found["sign-in"]?.state).toBe("skipped");
  });
});

describe("a person", () => {
  test("sees a line for each check, and below a failing one what, why and what to do", async () => {
    variables.PORT = "80000";
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ database +Postgres \d/m);
    expect(stdout).toMatch(/^✗ configuration +1 wrong\n {4}PORT .+\n {6}why: .+\n {6}to do: Correct PORT/m);
    expect(stdout).toContain("1 of 17 checks found something");
  });
});

describe("the settings", () => {
  test("are named one by one where they are wrong, and the rest is examined all the same", async () => {
    const found = await examined({ LOG_LEVEL: "loud", BIFROST_REDIS_URL: "http://x", APP_ID: "seven" });
    expect(found.configuration?.findings.map(({ what }) => what.split(" ", 1)[0])).toEqual([
      "APP_ID",
      "BIFROST_REDIS_URL",
      "LOG_LEVEL",
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
    registered.webhookUrl = "http://127.0.0.1:2/api/github/webhooks";
    await repository?.push({ branch: "two", message: "nobody listens", files: { "a.ts": "" } });
    registered.webhookUrl = webhookUrl;
    const { deliveries } = await examined();
    expect(deliveries?.state).toBe("wrong");
    expect(deliveries?.findings.map(({ what }) => what.split(": ")[1]).sort()).toEqual([
      "answered with status 401",
      "the connection was refused",
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
