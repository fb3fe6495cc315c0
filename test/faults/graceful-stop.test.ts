// `bifrost serve` asked to stop while it is busy: every request that was sent gets its answer, every job ends or is handed
// back, and the process ends with 0. A second signal does not wait.
import { createHmac, randomUUID } from "node:crypto";
import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from "node:http";
import { text } from "node:stream/consumers";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import type { Repository } from "../github/repository.ts";
import { signIn } from "../journeys/world.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { claimRedis } from "../support/redis.ts";
import { patienceMs } from "./long-form.ts";
import {
  bind,
  concluded,
  type Serving,
  type Stage,
  serve,
  setStage,
  spawnServe,
  webhookSecret,
} from "./serve-stage.ts";
import { sampleTree } from "./trees.ts";

interface Setting extends Stage {
  readonly database: TestDatabase;
}

async function setting(): Promise<Setting> {
  const [database, redis] = await Promise.all([createTestDatabase(), claimRedis()]);
  onTestFinished(() => database.drop());
  onTestFinished(() => redis.close());
  const stage = await setStage({ BIFROST_DATABASE_URL: database.url, BIFROST_REDIS_URL: redis.url });
  return { ...stage, database };
}

/** Locks a table, so that whoever needs it waits, until it is let go. */
async function lock(
  { database }: Setting,
  table: string,
): Promise<{ waiting(): Promise<number>; letGo(): Promise<void> }> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("begin");
  await client.query(`lock table ${table} in access exclusive mode`);
  return {
    waiting: async () => {
      const { rows } = await client.query("select count(*)::int as count from pg_locks where not granted");
      return rows[0].count;
    },
    letGo: async () => {
      await client.query("commit");
    },
  };
}

const pingBody = JSON.stringify({ zen: "Keep it logically awesome.", hook_id: 1 });

function webhookHeaders(guid: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "content-length": `${pingBody.length}`,
    "x-github-event": "ping",
    "x-github-delivery": guid,
    "x-hub-signature-256": `sha256=${createHmac("sha256", webhookSecret).update(pingBody).digest("hex")}`,
  };
}

interface Sent {
  readonly guid: string;
  readonly sentAt: number;
  /** What was answered, or the code of the error of the connection. */
  readonly outcome: Promise<number | string>;
  readonly outgoing: ClientRequest;
}

function send(url: string, options: RequestOptions, guid = ""): Sent {
  const outgoing = request(url, options);
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on("response", resolve).on("error", reject),
  );
  const outcome = answered.then(
    async (response) => {
      await text(response).catch(() => "");
      return response.statusCode ?? 0;
    },
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  return { guid, sentAt: performance.now(), outcome, outgoing };
}

/** A webhook; with `bytes`, as much of its body as that and no end. */
function sendWebhook(url: string, agent: Agent | undefined, bytes = pingBody.length): Sent {
  const guid = randomUUID();
  const sent = send(`${url}/api/github/webhooks`, { method: "POST", headers: webhookHeaders(guid), agent }, guid);
  sent.outgoing.write(pingBody.slice(0, bytes));
  if (bytes === pingBody.length) sent.outgoing.end();
  return sent;
}

/** Sends one request after the other on a connection that is kept, until nobody answers. */
async function keepSending(url: string, log: Sent[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  for (let turn = 0; ; turn += 1) {
    const sent = turn % 2 === 0 ? sendWebhook(url, agent) : send(`${url}/healthz`, { agent });
    if (turn % 2 === 1) sent.outgoing.end();
    log.push(sent);
    if (typeof (await sent.outcome) === "string") return;
  }
}

const readiness = async (url: string) => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, connection: answer.headers.get("connection"), body: await answer.json() };
};

test("a web process answers every request that was sent before it was asked to stop", {
  timeout: patienceMs,
}, async () => {
  const stage = await setting();
  const { github } = stage;
  const web = await serve(stage, "web", { BIFROST_DRAIN_SECONDS: "1" });
  const worker = await serve(stage, "worker");
  const repository = await bind(stage);
  github.createAccount("operator", { type: "User" });
  github.createAccount("slow", { type: "User" });

  // A page that shows a sync under way, which goes on for as long as GitHub does not answer.
  const cookie = await signIn({ app: web }, "operator");
  github.faults.next({ path: "/git/trees/", respond: "hang" });
  await stage.trees.push(repository, sampleTree(2));
  await expect.poll(() => github.faults.left, { timeout: 20_000 }).toBe(0);
  const stream = await fetch(`${web.url}/scopes/acme/repositories/${repository.id}/events`, { headers: { cookie } });
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  const streamed = stream.text().then(
    () => "ended",
    () => "ended",
  );

  // Connections that are kept and busy, a webhook half of whose body is there, webhooks that the database keeps waiting, and a
  // page that GitHub keeps waiting.
  const log: Sent[] = [];
  const clients = Array.from({ length: 8 }, () => keepSending(web.url, log));
  await expect.poll(() => log.length).toBeGreaterThan(100);
  const half = sendWebhook(web.url, undefined, 10);
  const held = await lock(stage, "deliveries");
  log.push(sendWebhook(web.url, undefined));
  await expect.poll(held.waiting).toBeGreaterThan(0);
  github.faults.next({ path: "/login/oauth/access_token", respond: { delayMs: 1_500 } });
  const slowPage = signIn({ app: web }, "slow");
  await expect.poll(() => github.faults.left).toBe(0);

  web.child.kill("SIGTERM");
  const stoppedAt = performance.now();
  await expect.poll(async () => (await readiness(web.url)).status, { interval: 5 }).toBe(503);
  // Not ready, and still there for whoever has not heard of it.
  expect(await readiness(web.url)).toMatchObject({ connection: "close", body: { ready: false, stopping: true } });
  expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
  half.outgoing.end(pingBody.slice(10));
  await held.letGo();

  expect(await web.ended).toEqual([0, null]);
  expect(await half.outcome).toBe(202);
  expect(await slowPage).not.toBe("");
  expect(await streamed).toBe("ended");
  await Promise.all(clients);
  const outcomes = await Promise.all(log.map(async (sent) => ({ ...sent, outcome: await sent.outcome })));
  const lost = outcomes.filter(({ sentAt, outcome }) => sentAt < stoppedAt && ![200, 202].includes(Number(outcome)));
  expect(lost.map(({ outcome }) => outcome)).toEqual([]);
  // Whoever came later was answered as well, or found nobody; nobody was told of an error.
  expect(outcomes.filter(({ outcome }) => typeof outcome === "number" && outcome >= 400)).toEqual([]);
  const taken = outcomes.filter(({ outcome }) => outcome === 202).map(({ guid }) => guid);
  const stored = await stage.database.query("select guid from deliveries where event = 'ping'");
  const guids = new Set(stored.map(({ guid }) => guid));
  expect([...taken, half.guid].filter((guid) => !guids.has(guid))).toEqual([]);
  await expect(fetch(`${web.url}/healthz`)).rejects.toThrow();
  expect(web.said.at(-1)).toContain('"Stopped"');
  worker.child.kill("SIGKILL");
});

/** Resolves when the worker's sandbox is at work. */
async function running({ url }: Serving): Promise<void> {
  const busy = async () =>
    (await (await fetch(`${url}/metrics`)).text()).match(/processes\{[^}]*busy[^}]*\} (\d+)/)?.[1];
  await expect.poll(busy, { timeout: 50_000, interval: 50 }).toBe("1");
}

const slowWorkflow = "await new Promise((done) => setTimeout(done, 4_000));\nexport default () => 1;\n";

test("a worker ends the sync that it is at, and hands back the check whose workflow goes on", {
  timeout: patienceMs,
}, async () => {
  const stage = await setting();
  const { github, database } = stage;
  await serve(stage, "web");
  const worker = await serve(stage, "worker");
  const repository = await bind(stage);
  const pull = await repository.openPullRequest({ branch: "slow", files: { "workflows/slow.ts": slowWorkflow } });
  await running(worker);
  github.faults.next({ path: "/git/trees/", respond: { delayMs: 1_000 } });
  await stage.trees.push(repository, sampleTree(2));
  await expect.poll(() => github.faults.left, { timeout: 20_000 }).toBe(0);

  worker.child.kill("SIGTERM");
  expect(await worker.ended).toEqual([0, null]);
  await concluded(repository, "success");
  expect(checkOf(repository, pull.headSha)).toMatchObject({ status: "in_progress" });
  // Given back, and to be had at once: no heartbeat has to be missed, and no try is used up.
  const jobs = await database.query(
    `select state::text, output->>'code' as code, retry_count, start_after <= now() as is_due from bifrost_jobs.job
      where name = 'check' order by created_on`,
  );
  expect(jobs).toEqual([
    { state: "completed", code: "handed-back", retry_count: 0, is_due: true },
    { state: "created", code: null, retry_count: 0, is_due: true },
  ]);
  await serve(stage, "worker");
  await expect
    .poll(() => checkOf(repository, pull.headSha)?.conclusion, { timeout: 50_000, interval: 50 })
    .toBe("success");
});

function checkOf(repository: Repository, sha: string) {
  return repository.checkRuns(sha).findLast(({ name }) => name === "bifrost");
}

test("a second signal ends a process that waits for what is under way", { timeout: patienceMs }, async () => {
  const stage = await setting();
  const web = await serve(stage, "web");
  const held = await lock(stage, "deliveries");
  const cut = sendWebhook(web.url, undefined);
  await expect.poll(held.waiting).toBeGreaterThan(0);
  web.child.kill("SIGTERM");
  await expect.poll(() => web.said.some((line) => line.includes("Stopping"))).toBe(true);
  web.child.kill("SIGINT");
  expect(await web.ended).toEqual([130, null]);
  expect(typeof (await cut.outcome)).toBe("string");
});

test("a process that is asked to stop while it starts does not start", { timeout: patienceMs }, async () => {
  const stage = await setting();
  const held = await lock(stage, "bifrost_migrations");
  const web = await spawnServe(stage, "web", "Starting");
  await expect.poll(held.waiting, { timeout: 20_000 }).toBeGreaterThan(0);
  web.child.kill("SIGTERM");
  await held.letGo();
  expect(await web.ended).toEqual([0, null]);
  expect(web.said.at(-1)).toContain("Stopped before it had started");
});
