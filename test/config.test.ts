import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { Fault } from "../src/errors.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});
const folder = mkdtempSync(join(tmpdir(), "bifrost-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const app = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "a long random string" };

function problemsOf(variables: Readonly<Record<string, string>>): string {
  try {
    readConfig(variables as NodeJS.ProcessEnv);
  } catch (error) {
    if (error instanceof Fault && error.code === "config-invalid") return error.message;
    throw error;
  }
  return "";
}

describe("readConfig()", () => {
  test("starts without an app, on the embedded default", () => {
    const config = readConfig({});
    expect(config).toMatchObject({ app: undefined, databaseUrl: undefined, redisUrls: undefined, port: 3000 });
    expect(config.githubApiUrl).toBe("https://api.github.com");
  });

  test("takes an empty variable as one that is not set", () => {
    expect(readConfig({ BIFROST_DATABASE_URL: "", PORT: "" })).toMatchObject({ databaseUrl: undefined, port: 3000 });
  });

  test("reads the URLs of several nodes of a Redis Cluster", () => {
    const urls = ["rediss://app:a,b@redis-1:6379", "rediss://redis-2:6379"];
    expect(readConfig({ BIFROST_REDIS_URL: urls.join(", ") }).redisUrls).toEqual(urls);
    expect(problemsOf({ BIFROST_REDIS_URL: "redis://one:6379,redis://" })).toContain("BIFROST_REDIS_URL must be a URL");
  });

  test("reads several webhook secrets, so that one can be rotated", () => {
    expect(readConfig({ ...app, WEBHOOK_SECRET: "the new one, the old one" }).app?.webhookSecrets).toEqual([
      "the new one",
      "the old one",
    ]);
  });

  test.each([
    ["as it is", { PRIVATE_KEY: privateKey }],
    ["with its line breaks written as \\n", { PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") }],
    ["in base64", { PRIVATE_KEY: Buffer.from(privateKey).toString("base64") }],
  ])("takes a private key %s", (_, key) => {
    expect(readConfig({ ...app, ...key }).app?.privateKey).toBe(privateKey.trim());
  });

  test("reads a private key from a file", () => {
    const path = join(folder, "app.pem");
    writeFileSync(path, privateKey);
    const { PRIVATE_KEY: _, ...rest } = app;
    expect(readConfig({ ...rest, PRIVATE_KEY_PATH: path }).app?.privateKey).toBe(privateKey.trim());
  });

  test("names every wrong variable at once, each with what would be right", () => {
    const problems = problemsOf({
      APP_ID: "acme",
      PRIVATE_KEY: "no key",
      PORT: "http",
      LOG_LEVEL: "loud",
      GITHUB_API_URL: "api.github.com",
      BIFROST_DATABASE_URL: "mysql://localhost/bifrost",
      BIFROST_REDIS_URL: "localhost:6379",
    });
    for (const name of [
      "APP_ID must be",
      "PRIVATE_KEY must hold",
      "WEBHOOK_SECRET must be set",
      "PORT must be a port number",
      "LOG_LEVEL must be one of",
      "GITHUB_API_URL must be a URL",
      "BIFROST_DATABASE_URL must be a URL that begins with postgres://",
      "BIFROST_REDIS_URL must be a URL that begins with redis://",
    ]) {
      expect(problems).toContain(name);
    }
  });

  test.each([
    ["without a webhook secret", { APP_ID: "7", PRIVATE_KEY: privateKey }, "WEBHOOK_SECRET must be set"],
    ["with Probot's default secret", { ...app, WEBHOOK_SECRET: "development" }, "must not be Probot's default"],
    ["with it among others", { ...app, WEBHOOK_SECRET: "another one,development" }, "must not be Probot's default"],
    ["without the app's id", { ...app, APP_ID: "" }, "APP_ID must be set"],
    ["without a private key", { ...app, PRIVATE_KEY: "" }, "PRIVATE_KEY or PRIVATE_KEY_PATH must be set"],
    [
      "with a key file that is not there",
      { ...app, PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere.pem" },
      "/nowhere.pem",
    ],
  ])("refuses to start %s", (_, variables, problem) => {
    expect(problemsOf(variables)).toContain(problem);
  });

  test.each([
    ["PORT", "80 "],
    ["PORT", "65536"],
    ["HOST", " "],
    ["BIFROST_DATABASE_URL", "postgres://"],
    ["GITHUB_API_URL", "https://user:password@ghe.example/api/v3"],
    ["GITHUB_SERVER_URL", "https://ghe.example/?tab=apps"],
    ["GITHUB_CLIENT_ID", "a b"],
    ["WEBHOOK_PROXY_URL", "not a url"],
    ["BIFROST_OPERATORS", "%%%"],
    ["BIFROST_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["BIFROST_TRUSTED_PROXIES", "0.0.0.0/0"],
    ["BIFROST_TRUSTED_PROXIES", "10.0.0.1,proxy.internal"],
  ])("refuses %s=%j", (name, value) => {
    expect(problemsOf({ [name]: value })).toContain(`${name} must be`);
  });

  test.each(["octocat", "octocat, 583231", "some-one,other_corp,"])("takes BIFROST_OPERATORS=%j", (operators) => {
    expect(problemsOf({ BIFROST_OPERATORS: operators })).toBe("");
  });

  test("takes addresses and networks of proxies", () => {
    const { trustedProxies } = readConfig({ BIFROST_TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1,2001:db8::/32" });
    expect(trustedProxies).toEqual(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
    expect(readConfig({}).trustedProxies).toEqual([]);
  });

  test("refuses a key that only looks like one", () => {
    const problems = problemsOf({ ...app, PRIVATE_KEY: privateKey.replace(/[A-Z]{4}/, "AAAA").slice(0, 400) });
    expect(problems).toContain("PRIVATE_KEY must hold");
  });

  test("never repeats a secret in its message", () => {
    const problems = problemsOf({ ...app, PRIVATE_KEY: "hunter2", BIFROST_DATABASE_URL: "pg://me:hunter3@localhost" });
    expect(problems).toContain("PRIVATE_KEY");
    expect(problems).not.toMatch(/hunter/);
  });
});
