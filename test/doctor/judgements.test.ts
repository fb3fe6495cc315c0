// What cannot be arranged with real servers in a test: old versions, other Nodes, times gone by.
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { proveArrival } from "../../src/doctor/arrival.ts";
import { answerOf, remedyOf } from "../../src/doctor/attempt-words.ts";
import { examineOne } from "../../src/doctor/examination.ts";
import { judgeClock, judgeDeliveries } from "../../src/doctor/github-app.ts";
import { judgeNode, judgeWalls, trySandbox } from "../../src/doctor/process.ts";
import { judgeSignIn } from "../../src/doctor/sign-in.ts";
import { judgeDatabase, judgeRedis } from "../../src/doctor/stores.ts";
import { Fault } from "../../src/errors.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { missingPermissions, neededEvents, neededPermissions } from "../../src/workspace/app-needs.ts";

const redisServer = {
  address: "10.0.0.1:6379",
  version: "7.4.1",
  majorVersion: 7,
  memoryBytesMax: 0,
  evictionPolicy: "noeviction",
};

test("app.yml asks GitHub for what an examination expects, and for no more", () => {
  const manifest = parse(readFileSync(new URL("../../app.yml", import.meta.url), "utf8"));
  expect(manifest.default_permissions).toEqual(neededPermissions);
  expect(manifest.default_events).toEqual(neededEvents);
});

test("missingPermissions() takes a higher level for a lower one", () => {
  const given = { ...neededPermissions, contents: "write", checks: "read", metadata: "none" };
  expect(missingPermissions(given)).toEqual(["metadata: read", "checks: write"]);
});

test.each([
  ["26.10.0", "ok"],
  ["24.1.0", "wrong"],
  ["27.0.0", "wrong"],
])("judgeNode() of %s is %s", (version, state) => {
  expect(judgeNode(version).state).toBe(state);
});

const wall = {
  login: "bifrost",
  mayCreateRoles: true,
  missingRoles: [],
  refusedRoles: [],
  isWhole: true,
  stands: true,
};

test.each([
  [14, "wrong"],
  [15, "ok"],
])("judgeDatabase() of Postgres %d is %s", (majorVersion, state) => {
  const facts = { version: `${majorVersion}.1`, majorVersion, pendingMigrations: [], otherProcesses: [], wall };
  expect(judgeDatabase(facts, false).state).toBe(state);
});

test("judgeDatabase() expects an embedded one to bring itself up to date", () => {
  const facts = { version: "17.5", majorVersion: 17, pendingMigrations: ["one"], otherProcesses: [], wall };
  expect(judgeDatabase(facts, true).state).toBe("ok");
  expect(judgeDatabase(facts, false).findings).toMatchObject([{ remedy: 'Run "bifrost migrate"' }]);
});

test.each([
  ["5.0.14", 0, "noeviction", "wrong"],
  ["6.2.0", 0, "allkeys-lru", "ok"],
  ["7.4.1", 1_000_000, "volatile-lru", "ok"],
  ["7.4.1", 1_000_000, "allkeys-lfu", "wrong"],
])("judgeRedis() of version %s with %d bytes and %s is %s", (version, memoryBytesMax, evictionPolicy, state) => {
  const server = {
    ...redisServer,
    version,
    majorVersion: Number.parseInt(version, 10),
    memoryBytesMax,
    evictionPolicy,
  };
  expect(judgeRedis({ servers: [server], cluster: undefined }).state).toBe(state);
});

test("judgeRedis() of a cluster names the master that is wrong, and says when slots are not served", () => {
  const evicting = { ...redisServer, address: "10.0.0.2:6379", memoryBytesMax: 1, evictionPolicy: "allkeys-lru" };
  const judged = judgeRedis({ servers: [redisServer, evicting], cluster: { unservedSlots: 5461 } });
  expect(judged.findings.map(({ what }) => what)).toEqual([
    expect.stringContaining("5,461 slots"),
    expect.stringContaining("10.0.0.2:6379"),
  ]);
  expect(judgeRedis({ servers: [redisServer, redisServer], cluster: { unservedSlots: 0 } })).toMatchObject({
    state: "ok",
    summary: "Redis Cluster of 2 masters, 7.4.1, maxmemory-policy noeviction",
  });
});

test.each([
  [59_000, "ok"],
  [-59_000, "ok"],
  [61_000, "wrong"],
  [-61_000, "wrong"],
])("judgeClock() of a difference of %d ms is %s", (differenceMs, state) => {
  expect(judgeClock(differenceMs).state).toBe(state);
});

test("judgeDeliveries() passes over what a redelivery brought home and what failed days ago", () => {
  const now = new Date("2030-01-03T00:00:00Z");
  const at = (time: string, guid: string, statusCode: number) => ({
    guid,
    event: "push",
    id: undefined,
    deliveredAt: new Date(time),
    statusCode,
    status: "",
  });
  const home = [at("2030-01-02T23:00:00Z", "one", 202), at("2030-01-02T22:00:00Z", "one", 502)];
  const old = at("2030-01-01T22:00:00Z", "two", 502);
  expect(judgeDeliveries([...home, old], now)).toMatchObject({ state: "ok" });
  expect(judgeDeliveries([old], now)).toMatchObject({ state: "ok", summary: "None in the last day" });
  const lost = judgeDeliveries([...home, at("2030-01-02T21:00:00Z", "three", 502)], now);
  expect(lost).toMatchObject({ state: "wrong", summary: "1 of 2 deliveries failed" });
  expect(lost.findings[0]?.what).toContain("answered with status 502");
});

// The words of GitHub's documentation, and two of its Enterprise Server.
test.each([
  ["timed out", "nobody answered in time", "firewall"],
  ["failed to connect to host", "cannot be reached", "public DNS"],
  ["failed to connect to network", "refused", "port"],
  ["peer certificate cannot be authenticated with given CA certificates", "certificate", "whole chain"],
  ["x509: certificate signed by unknown authority", "certificate", "whole chain"],
  ["dial tcp: lookup bifrost.example: no such host", "not found", "public DNS"],
  ["something new", "nobody answered", "can reach"],
])('what GitHub calls "%s" is said in plain words', (status, saw, remedy) => {
  expect(answerOf({ statusCode: 0, status })).toContain(saw);
  expect(remedyOf({ statusCode: 0, status })).toContain(remedy);
});

test.each([
  [401, "WEBHOOK_SECRET"],
  [404, "/api/github/webhooks"],
  [413, "25 MB"],
  [415, "application/json"],
  [502, "proxy"],
  [503, "settings"],
  [500, "Advanced"],
])("an answer of status %d has its remedy", (statusCode, remedy) => {
  expect(remedyOf({ statusCode, status: "Invalid HTTP Response" })).toContain(remedy);
});

const sent = {
  id: 7,
  guid: "one",
  event: "ping",
  deliveredAt: new Date("2030-01-01T00:00:00Z"),
  statusCode: 202,
  status: "OK",
};
const arrivalEdges = {
  app: {
    webhook: async () => ({
      url: "https://b.example",
      contentType: "json",
      hasSecret: true,
      verifiesCertificate: true,
    }),
    deliveries: async () => [sent],
    redeliver: async () => true,
    signingSecret: async () => "unknown" as const,
  },
  countArrivals: async () => 1,
  webhookSecrets: ["secret"],
  publicUrl: "https://elsewhere.example",
  patienceMs: 0,
};

test.each([
  ["nothing was ever sent", { deliveries: async () => [] }],
  ["the newest is too old", { redeliver: async () => false }],
])("where %s, an examination says how to make a delivery", async (_why, app) => {
  const result = await proveArrival({ ...arrivalEdges, app: { ...arrivalEdges.app, ...app } });
  expect(result).toMatchObject({ state: "skipped", summary: expect.stringContaining("push a commit") });
});

test("a delivery of which neither end tells yet is no proof", async () => {
  const result = await proveArrival(arrivalEdges);
  expect(result).toMatchObject({ state: "wrong", summary: "Not proven" });
  expect(result.findings[0]?.remedy).toContain("in some minutes");
});

test.each([
  [202, "ok"],
  // What GitHub takes for a success, of a page or a redirect that is somebody else's.
  [200, "wrong"],
  [302, "wrong"],
])("without a database GitHub's word of an answer with %d is the proof: %s", async (statusCode, state) => {
  const logs = [[sent], [{ ...sent, id: 8, statusCode }, sent]];
  const app = { ...arrivalEdges.app, deliveries: async () => logs.shift() ?? [] };
  expect(await proveArrival({ ...arrivalEdges, app, countArrivals: undefined })).toMatchObject({ state });
});

test.each([
  ["https://bifrost.example/api/github/webhooks", false, "wrong"],
  ["https://bifrost.example/api/github/webhooks", true, "ok"],
  // A forwarder on the way to this machine.
  ["https://smee.io/abcdef", false, "ok"],
  ["http://localhost:3000/api/github/webhooks", false, "ok"],
])("signing in, with webhooks at %s and BIFROST_URL set: %s, is %s", async (url, isBaseUrlSet, state) => {
  const facts = { clientId: "Iv1", baseUrl: "http://localhost:3000", isBaseUrlSet };
  expect(await judgeSignIn(facts, { clientId: "Iv1" }, { url }, async () => true)).toMatchObject({ state });
});

test.each([
  [{ files: true, network: true, processes: true }, "ok", []],
  [
    { files: true, network: false, processes: false },
    "wrong",
    ["The kernel does not keep workflows from network, processes"],
  ],
])("judgeWalls() of %j is %s", (walls, state, found) => {
  const { findings, ...result } = judgeWalls("A workflow ran", walls);
  expect(result.state).toBe(state);
  expect(findings.map(({ what }) => what)).toEqual(found);
});

test("a sandbox that cannot run is a finding with its remedy", async () => {
  const sandbox = createSandbox();
  await sandbox.close();
  const examination = await examineOne("sandbox", "Checks fail", () => trySandbox(sandbox));
  expect(examination).toMatchObject({
    state: "wrong",
    findings: [{ what: "The sandbox was closed", why: "Checks fail" }],
  });
});

test("a workflow that does not run within its limits is a finding", async () => {
  const sandbox = createSandbox({ limits: { resultBytes: 1 } });
  onTestFinished(() => sandbox.close());
  expect(await trySandbox(sandbox)).toMatchObject({ state: "wrong" });
});

test("a fault's own remedy is the finding's, and no secret is part of it", async () => {
  const examination = await examineOne("app", "Nothing works", async () => {
    throw new Fault("github-rejected", "GitHub refused ghs_1_abcdefghijklmnopqrstuvwxyz0123456789.x.y", {
      remedy: "Do this",
    });
  });
  expect(examination.findings).toMatchObject([{ why: "Nothing works", remedy: "Do this" }]);
  expect(JSON.stringify(examination)).not.toContain("abcdefghijklmnop");
});
