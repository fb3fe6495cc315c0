import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import { asked, setScene } from "./scene.ts";

async function thrownBy(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("nothing was thrown");
}

test("a used-up rate limit ends the request at once and says when it is over", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  const resetAt = new Date(Date.now() + 1_800_000);
  emulator.faults.rateLimited("/branches/", resetAt);
  const fault = await thrownBy(client.head(address, "main"));
  expect(Date.now()).toBeLessThan(resetAt.getTime());
  expect(fault.code).toBe("github-limited");
  const late = (fault.retryAt as Date).getTime() - resetAt.getTime();
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThanOrEqual(2_000);
});

test("nothing more is asked for an installation while its limit is used up, and other installations go on", async () => {
  const scene = await setScene({ "a.ts": "" });
  const { emulator, app, address, client } = scene;
  const other = emulator.createAccount("other");
  const repository = await other.createRepository("modules", { files: { "a.ts": "" } });
  const installation = await app.install(other);
  emulator.faults.secondaryRateLimited("/branches/", 120);
  await thrownBy(client.head(address, "main"));
  const before = asked(scene).length;
  const fault = await thrownBy(client.head(address, "main"));
  expect(asked(scene)).toHaveLength(before);
  expect(fault).toMatchObject({ code: "github-limited", retryAt: expect.any(Date) });
  const elsewhere = { id: repository.id, installationId: installation.id, owner: "other", name: "modules" };
  expect(await client.head(elsewhere, "main")).toBeDefined();
});

test("requests go on once the limit is over", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  emulator.faults.secondaryRateLimited("/branches/", 0);
  await thrownBy(client.head(address, "main"));
  expect(await client.head(address, "main")).toBeDefined();
});

test("a secondary limit without a time asks for a minute", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  const body = { message: "You have exceeded a secondary rate limit. Please wait." };
  emulator.faults.next({ path: "/branches/", respond: { status: 403, body } });
  const fault = await thrownBy(client.head(address, "main"));
  expect(fault.code).toBe("github-limited");
  expect((fault.retryAt as Date).getTime() - Date.now()).toBeGreaterThan(55_000);
});

test("a limit that claims to last for days parks nothing for longer than an hour", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  emulator.faults.secondaryRateLimited("/branches/", 864_000);
  const fault = await thrownBy(client.head(address, "main"));
  expect((fault.retryAt as Date).getTime() - Date.now()).toBeLessThan(2 * 3_600_000);
});

test("a read is repeated over a short outage, and a longer one is said", async () => {
  const scene = await setScene({ "a.ts": "" });
  const { emulator, address, client } = scene;
  emulator.faults.next({ path: "/branches/", respond: { status: 502, body: "<html>Unicorn!</html>" } });
  expect(await client.head(address, "main")).toBeDefined();
  emulator.faults.next({ path: "/branches/", times: 3, respond: "reset" });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({ code: "github-unavailable" });
  expect(emulator.faults.left).toBe(0);
});

test("a token is asked for again over a short outage, and a refusal of one is not repeated", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  emulator.faults.next({ path: "/access_tokens", times: 2, respond: { status: 503 } });
  expect(await client.head(address, "main")).toBeDefined();
  emulator.tokens.expireAll();
  emulator.faults.next({ path: "/access_tokens", times: 2, respond: { status: 403, body: { message: "No" } } });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({ code: "github-rejected" });
  expect(emulator.faults.left).toBe(1);
  emulator.faults.clear();
});

test("a write is never repeated by itself", async () => {
  const scene = await setScene({ "a.ts": "" });
  scene.emulator.faults.next({ method: "POST", path: "/check-runs", respond: { status: 502 } });
  const draft = {
    name: "bifrost" as const,
    headSha: await scene.repository.head(),
    externalId: "",
    status: "in_progress" as const,
    title: "",
    summary: "",
    annotations: [],
    startedAt: new Date(),
  };
  expect(await thrownBy(scene.client.createCheckRun(scene.address, draft))).toMatchObject({
    code: "github-unavailable",
  });
  expect(asked(scene).filter((line) => line.startsWith("POST"))).toHaveLength(1);
});

test("a request that gets no answer ends in time", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" }, { timeoutMs: 300 });
  await client.head(address, "main");
  emulator.faults.next({ path: "/branches/", respond: "hang" });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({ code: "github-unavailable" });
});

test("a server that cannot be reached is unavailable", async () => {
  const { app, address, emulator } = await setScene();
  const nobody = createServer().listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const apiUrl = `http://127.0.0.1:${(nobody.address() as AddressInfo).port}`;
  nobody.close();
  await once(nobody, "close");
  const client = connectGitHub({ appId: app.id, privateKey: app.privateKey, apiUrl, serverUrl: emulator.serverUrl });
  expect(await thrownBy(client.repository(address))).toMatchObject({
    code: "github-unavailable",
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

test("a token that is void before its time is replaced once", async () => {
  const scene = await setScene({ "a.ts": "" });
  await scene.client.head(scene.address, "main");
  scene.emulator.tokens.expireAll();
  expect(await scene.client.head(scene.address, "main")).toBeDefined();
  const minted = scene.emulator.requests.filter((request) => request.path.endsWith("/access_tokens"));
  expect(minted).toHaveLength(2);
});

test("a key that is not the app's is named as such", async () => {
  const { emulator, app, address } = await setScene();
  const client = connectGitHub({ appId: app.id + 1, privateKey: app.privateKey, apiUrl: emulator.apiUrl });
  expect(await thrownBy(client.installations())).toMatchObject({ code: "github-rejected" });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({ code: "github-rejected" });
});

test("an answer that is not what GitHub describes is a fault that names the place", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  emulator.faults.next({ path: "/branches/", respond: { status: 200, body: { commit: { commit: {} } } } });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({
    code: "github-unavailable",
    message: expect.stringContaining("commit.sha"),
  });
});

test("no token, key or signature appears in the log or in a fault", async () => {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line) => lines.push(line) });
  const { emulator, app, address, client } = await setScene({ "a.ts": "" }, { log });
  await client.head(address, "main");
  // A careless proxy that repeats what it was sent.
  const secret = `ghs_${app.id}_${"x".repeat(40)}.${"y".repeat(40)}`;
  const message = `Bad token ${secret} and ${app.privateKey}`;
  emulator.faults.next({ path: "/branches/", respond: { status: 403, body: { message } } });
  const fault = await thrownBy(client.head(address, "main"));
  expect(lines.join()).toContain("/branches/");
  const everything = `${lines.join()}${fault.message}${fault.stack}${JSON.stringify(fault)}`;
  expect(everything).not.toMatch(/ghs_|eyJ|BEGIN RSA|bearer/);
  expect(everything).toContain("[token]");
});

test("a redirect to another host is refused, and nothing is sent there", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "" });
  let visits = 0;
  const elsewhere = createServer((_, response) => {
    visits += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  onTestFinished(() => {
    elsewhere.close();
  });
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  emulator.faults.next({ path: "/branches/", respond: { status: 301, headers: { location } } });
  expect(await thrownBy(client.head(address, "main"))).toMatchObject({ code: "github-rejected" });
  expect(visits).toBe(0);
});

test("redirects that never end are given up", async () => {
  const scene = await setScene({ "a.ts": "" });
  const location = "/repos/acme/modules/branches/main";
  scene.emulator.faults.next({ path: "/branches/", times: 10, respond: { status: 301, headers: { location } } });
  expect(await thrownBy(scene.client.head(scene.address, "main"))).toMatchObject({ code: "github-rejected" });
  expect(asked(scene)).toHaveLength(4);
  scene.emulator.faults.clear();
});
