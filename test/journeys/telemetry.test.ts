// What is seen of the app while it works: metrics, traces from the webhook to the check run, and log lines that say whose.
import { readFile } from "node:fs/promises";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { createLog } from "../../src/log.ts";
import { startTelemetry, type Telemetry } from "../../src/telemetry/telemetry.ts";
import type { Repository } from "../github/repository.ts";
import { startWorld, type World } from "./world.ts";

const spans = new InMemorySpanExporter();
const lines: string[] = [];
let telemetry: Telemetry;
let world: World;
let repository: Repository;

beforeAll(async () => {
  telemetry = startTelemetry({
    role: "all",
    version: "0.0.0",
    spanProcessor: new SimpleSpanProcessor({ exporter: spans }),
  });
  const log = createLog("debug", { to: { write: (line) => lines.push(line) } });
  world = await startWorld({ log, telemetry });
  const acme = await world.organization("acme");
  repository = await world.boundRepository("acme-inc", acme, {
    "workflows/greet.ts": 'import { word } from "shared/words";\nexport default () => word;\n',
    "shared/words.ts": 'export const word = "hello";\n',
  });
  await repository.push({ message: "Greet", files: { "shared/words.ts": 'export const word = "good day";\n' } });
  await world.settled();
});
afterAll(async () => {
  await world.close();
  await telemetry.close();
});

async function metrics(): Promise<string> {
  const answer = await fetch(`${world.app.url}/metrics`);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return await answer.text();
}

test("/metrics tells of requests, jobs, syncs, the queue, GitHub, the sandbox and what is depended on", async () => {
  const text = await metrics();
  for (const line of [
    /^http_server_request_duration_seconds_count\{.*http_route="\/api\/github\/webhooks",http_response_status_code="202".*\} [1-9]/m,
    /^bifrost_job_duration_seconds_count\{kind="sync",outcome="completed"\} [1-9]/m,
    /^bifrost_job_wait_seconds_count\{kind="sync"\} [1-9]/m,
    /^bifrost_syncs_total\{state="bound"\} [1-9]/m,
    /^bifrost_queue_jobs\{kind="sync",state="due"\} 0$/m,
    /^bifrost_queue_age_seconds\{kind="sync"\} 0$/m,
    /^bifrost_github_request_duration_seconds_count\{.*http_response_status_code="201".*\} [1-9]/m,
    /^bifrost_github_quota_remaining\{installation="\d+"\} \d+/m,
    /^bifrost_sandbox_processes\{state="busy"\} 0$/m,
    /^bifrost_dependency_up\{dependency="postgres"\} 1$/m,
    /^bifrost_dependency_up\{dependency="redis"\} 1$/m,
    /^process_memory_resident_bytes \d+/m,
  ]) {
    expect(text).toMatch(line);
  }
});

test("/metrics names no organisation, no repository and no path of either", async () => {
  expect(await metrics()).not.toMatch(/acme|greet|words/);
});

test("every metric that an alert is about is there", async () => {
  const { groups } = parse(await readFile(new URL("../../deploy/alerts.yaml", import.meta.url), "utf8"));
  const expressions: string = groups
    .flatMap(({ rules }: never) => rules as { expr: string }[])
    .map(({ expr }: { expr: string }) => expr)
    .join("\n");
  const named = new Set(expressions.match(/\b(?:bifrost|http|process)_\w+/g));
  const text = await metrics();
  // A run is measured when there was one.
  const missing = [...named].filter(
    (name) =>
      !text.includes(`\n${name}{`) && !text.includes(`\n${name} `) && !/^http_|sandbox_run|sandbox_walls/.test(name),
  );
  expect(missing).toEqual([]);
  expect(named.size).toBeGreaterThan(8);
});

test("a push is one trace, from the webhook to the check run", async () => {
  const finished = spans.getFinishedSpans();
  const webhook = finished.findLast(
    (span) => span.name === "POST /api/github/webhooks" && childrenOf(finished, span).length > 0,
  );
  const trace = finished.filter((span) => span.spanContext().traceId === webhook?.spanContext().traceId);
  const names = trace.map(({ name }) => name);
  expect(names).toContain("process sync");
  expect(names).toContain("POST /repos/{owner}/{repo}/check-runs");
  expect(names.find((name) => /acme|words/.test(name))).toBeUndefined();
  const work = trace.find(({ name }) => name === "process sync");
  expect(work?.attributes).toMatchObject({ "bifrost.job.key": `${repository.id}`, "bifrost.job.outcome": "completed" });
});

test("every line about a repository's job says which scope it concerns, and which trace it is part of", () => {
  const logged = lines.map((line) => JSON.parse(line));
  const ofJobs = logged.filter(({ repositoryId, msg }) => repositoryId === repository.id && msg !== "answered");
  expect(ofJobs.length).toBeGreaterThan(3);
  // The first sync found the scope; until then there was none.
  const last = ofJobs.slice(ofJobs.findIndex(({ msg }) => msg === "A repository was synced") + 1);
  expect(last.length).toBeGreaterThan(3);
  expect(last.filter(({ scope }) => JSON.stringify(scope ?? null) === "null")).toEqual([]);
  expect(last.every(({ traceId }) => /^[0-9a-f]{32}$/.test(traceId))).toBe(true);
});

function childrenOf(all: readonly ReadableSpan[], span: ReadableSpan): ReadableSpan[] {
  return all.filter((other) => other.parentSpanContext?.spanId === span.spanContext().spanId);
}
