// Nothing that is secret, and nothing of anybody's code, is in a line of the log, a metric, a trace, a check run or an answer
// where it does not belong: whole journeys, the failures among them, with a mark in every place that holds such a thing.
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { beforeAll, expect, test, vi } from "vitest";
import { createLog } from "../../src/log.ts";
import { startTelemetry } from "../../src/telemetry/telemetry.ts";
import type { Repository } from "../github/repository.ts";
import { Tokens } from "../github/tokens.ts";
import { startThrowawayRedis } from "../support/redis-server.ts";
import { signIn, startWorld, type World } from "./world.ts";

/** In sources, what they say and what they are called with. */
const code = "MarkOfTheCode";
/** In what strangers send. */
const foreign = "MarkOfAStranger";
const redisPassword = "MarkOfTheRedisPassword";

const spans = new InMemorySpanExporter();
const lines: string[] = [];
const answers: string[] = [];
let world: World;
let repository: Repository;
/** By what they are, so that a failure need not show them. */
const secrets = new Map<string, string>();
let metrics = "";
const commits = new Set<string>();
/** What each token of an installation was asked for. */
let minted: { readonly permissions: object; readonly repositories: number | undefined }[] = [];

beforeAll(async () => {
  const issued = vi.spyOn(Tokens.prototype, "issue");
  const spanProcessor = new SimpleSpanProcessor({ exporter: spans });
  const telemetry = startTelemetry({ role: "all", version: "0.0.0", spanProcessor });
  const redis = await startThrowawayRedis({ password: redisPassword });
  // No value is named to it, as `bifrost serve` names some: here they have to be kept out by whoever holds them.
  const log = createLog("trace", { to: { write: (line) => lines.push(line) } });
  world = await startWorld({ log, telemetry, redisUrl: redis.url });
  await journeys();
  metrics = await (await fetch(`${world.app.url}/metrics`)).text();
  // A last run of everything with Redis gone, whose password is in its address.
  await redis.stop();
  await repository.push({ message: "Without Redis", files: { "shared/late.ts": "export const late = 1;\n" } });
  await world.github.deliveries.settled();
  await vi.waitUntil(() => lines.some((line) => line.includes("cache-unavailable")), { timeout: 30_000 });

  minted = issued.mock.calls.map(([, permissions, repositories]) => ({
    permissions,
    repositories: repositories?.length,
  }));
  for (const [at, { value }] of issued.mock.results.entries()) secrets.set(`installation token ${at}`, value.token);
  secrets.set("Redis's password", redisPassword);
  secrets.set("the app's client secret", world.registered.clientSecret);
  const key = world.registered.privateKey.split("\n");
  secrets.set("the private key", key[Math.floor(key.length / 2)] ?? "");
  secrets.set("the webhook secret", "the secret of the journeys");
  const { password } = new URL(world.database.url);
  // Short ones stand in other words.
  if (password.length > 8) secrets.set("Postgres's password", password);
  return async () => {
    await world.close();
    await telemetry.close();
  };
}, 240_000);

/** What people and strangers do, with marks in all that they bring. */
async function journeys(): Promise<void> {
  const mona = world.github.createAccount("mona", { type: "User" });
  repository = await world.boundRepository("acme-inc", await world.organization("acme"), {
    "workflows/greet.ts": `import { word } from "shared/words";\nexport default () => word; // ${code}\n`,
    "shared/words.ts": `export const word = "${code}";\n`,
    "shared/broken.ts": `export const ${code} = ;\n`,
  });
  repository.setRole(mona, "read");
  await world.boundRepository("globex-corp", await world.organization("globex"), { "shared/a.ts": "export {};\n" });
  // A row that Postgres refuses: its error tells the values of it.
  await world.database.query(
    "alter table workspace_files add constraint refused check (path <> 'shared/refused.ts') not valid",
  );
  await repository.push({ message: "Refused", files: { "shared/refused.ts": `export const a = "${code}";\n` } });
  await vi.waitUntil(() => lines.some((line) => line.includes("refused")), { timeout: 30_000 });
  await world.database.query("alter table workspace_files drop constraint refused");
  await world.settled();

  // Checks that fail in every way: link, run, input, output. One of them while GitHub fails.
  world.github.faults.next({
    path: /check-runs/,
    times: 1,
    respond: { status: 500, body: { message: "Server Error" } },
  });
  const pull = await repository.openPullRequest({
    branch: "failing",
    files: {
      "workflows/throws.ts": `const quiet = "${code}"; export default (input) => { null.x; };\n`,
      "workflows/throws.example.json": `{ "secret": "${code}" }\n`,
      "workflows/links.ts": `import { nothing } from "shared/words"; // ${code}\n`,
      "workflows/loops.ts": `export default () => { for (;;) {} /* ${code} */ };\n`,
    },
  });
  await world.settled();
  commits.add(pull.headSha);

  const cookie = await signIn(world, "mona");
  secrets.set("a session's cookie", cookie.slice(cookie.indexOf("=") + 1));
  for (const [at, { token, refreshToken }] of world.github.userTokens.grants.entries()) {
    secrets.set(`user token ${at}`, token);
    if (refreshToken) secrets.set(`refresh token ${at}`, refreshToken);
  }
  await strangers(cookie);
}

/** Requests that are refused, and of which each would like its words to be repeated. */
async function strangers(cookie: string): Promise<void> {
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${world.app.url}${path}`, { redirect: "manual", ...init });
    answers.push(`${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`);
  };
  const delivery = { "content-type": "application/json", "x-github-event": "push", "x-github-delivery": foreign };
  const signature = `sha256=${"0".repeat(64)}`;
  await ask("/api/github/webhooks", { method: "POST", headers: delivery, body: `{"a":"${foreign}"}` });
  await ask("/api/github/webhooks", {
    method: "POST",
    headers: { ...delivery, "x-hub-signature-256": signature },
    body: `{"a":"${foreign}"}`,
  });
  await ask(`/login/callback?code=${foreign}&state=${foreign}`);
  await ask(`/api/v1/scopes/${foreign}`, { headers: { cookie: `bifrost_session=${foreign}` } });
  await ask("/api/v1/scopes/globex/modules", { headers: { cookie } });
  await ask("/scopes/acme/rollback", { method: "POST", headers: { cookie }, body: `form-token=${foreign}` });
  // GitHub fails in the middle of a page.
  await world.restart();
  world.github.faults.next({ path: /^\/user/, times: 3, respond: { status: 503, body: { message: "Server Error" } } });
  await ask("/scopes", { headers: { cookie } });
}

/** Which of the marks a text holds. */
function found(text: string, marks: readonly (readonly [string, string])[]): string[] {
  return marks.flatMap(([name, mark]) =>
    text.includes(mark) || text.includes(JSON.stringify(mark).slice(1, -1)) ? [name] : [],
  );
}

test("no secret is in a line of the log, a metric, a span, a check run or an answer to a request that was refused", () => {
  expect(secrets.size).toBeGreaterThan(8);
  expect(lines.length).toBeGreaterThan(50);
  const told = {
    log: lines.join(""),
    metrics,
    spans: spansText(),
    checks: checkRuns(),
    answers: answers.join("\n"),
  };
  for (const [where, text] of Object.entries(told)) {
    // A page sets its own cookies, and no other is among the refused.
    expect([where, found(text, [...secrets])]).toEqual([where, []]);
  }
});

test("every token is for one purpose, and those that read or write are for one repository", () => {
  const purposes = [
    { metadata: "read" },
    { metadata: "read", contents: "read" },
    { metadata: "read", contents: "read", pull_requests: "read" },
    { metadata: "read", checks: "write" },
  ];
  expect(minted.length).toBeGreaterThan(3);
  for (const { permissions, repositories } of minted) {
    expect(purposes).toContainEqual(permissions);
    if (Object.keys(permissions).length > 1) expect(repositories).toBe(1);
  }
  expect(new Set(minted.map(({ permissions }) => JSON.stringify(permissions))).size).toBe(purposes.length);
});

test("nobody's code is in a line of the log, a metric, a span or an answer to somebody else", () => {
  const marks = [["code", code]] as const;
  const logged = lines.filter((line) => line.includes(code)).map((line) => line.slice(0, 2_000));
  expect(logged).toEqual([]);
  for (const text of [metrics, spansText(), ...answers]) expect(found(text, marks)).toEqual([]);
});

test("a check run repeats what an author's code says, and nothing of how it is written or of what it is called with", () => {
  expect(checkRuns()).toContain("Cannot read properties of null");
  expect(found(checkRuns(), [["code", code]])).toEqual([]);
});

test("what strangers send is in no answer, metric or span, and in the log only as what they asked for", () => {
  for (const text of [metrics, spansText(), ...answers]) expect(found(text, [["theirs", foreign]])).toEqual([]);
  const logged = lines.filter((line) => line.includes(foreign)).map((line) => JSON.parse(line));
  expect(logged.filter(({ msg, path }) => !(msg === "answered" && `${path}`.includes(foreign)))).toEqual([]);
});

function spansText(): string {
  const all = spans.getFinishedSpans();
  expect(all.length).toBeGreaterThan(20);
  return JSON.stringify(all.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })));
}

function checkRuns(): string {
  const runs = [...commits].flatMap((sha) => repository.checkRuns(sha));
  return JSON.stringify(runs.map(({ title, summary, text, annotations }) => ({ title, summary, text, annotations })));
}
