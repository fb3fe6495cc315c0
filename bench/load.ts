// A deployment under load: several web and worker processes on one Postgres and one Redis, deliveries about many repositories
// at a steady rate, some processes killed meanwhile where that is asked for; and in the end every scope is what its tree is.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { Client } from "pg";
import { contentHash } from "../src/digest.ts";
import { scopeKey } from "../src/workspace/scope.ts";
import { deliveryHeaders, eventBody, pushBody, webhookSecret } from "./deliveries.ts";
import { type GitHubServer, startGitHubServer } from "./github-server.ts";
import { type BoundRepository, createBoundRepository } from "./repository.ts";
import { type Servers, startServers } from "./servers.ts";

export interface LoadOptions {
  readonly repositories: number;
  /** Files of each repository. */
  readonly files: number;
  /** Deliveries a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly webs: number;
  readonly workers: number;
  /** Kills one process of each role in turn, this often, and starts another in its place; 0: none. */
  readonly killEverySeconds: number;
  /** Lets the queue notice the dead at once, and not by their heartbeat half a minute later; some of the living with them. */
  readonly noticeDead?: boolean;
  /** Told of each step. */
  readonly progress?: (step: string) => void;
}

export interface LoadReport {
  readonly deliveries: number;
  /** By the status of their answer; 0: nobody answered, and they were sent again. */
  readonly answers: Readonly<Record<number, number>>;
  /** Milliseconds from sending to the answer. */
  readonly acknowledged: { readonly median: number; readonly p99: number; readonly max: number };
  readonly commits: number;
  readonly kills: number;
  /** Seconds from the last delivery to the end of the last job. */
  readonly drainedSeconds: number;
  /** What differs in the end from the trees: nothing, if all is well. */
  readonly differences: readonly string[];
}

type Role = "web" | "worker";

interface Process {
  readonly role: Role;
  readonly child: ChildProcess;
  readonly url: string | undefined;
}

/** A repository with what its tree holds by now. */
interface Tree {
  readonly bound: BoundRepository;
  readonly files: Map<string, string>;
}

const bifrost = join(import.meta.dirname, "..", "bin", "bifrost");
// A dead process's jobs are noticed by their heartbeat, half a minute old; then they are done.
const drainSecondsMax = 600;

/** Runs the load and gives what came of it. Whatever it started is gone in the end. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { progress = () => {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "bifrost-load-"));
  const [servers, github] = await Promise.all([startServers(), startGitHubServer()]);
  const processes: Process[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  try {
    progress(`making ${options.repositories} repositories`);
    const trees = await makeTrees(options, servers, github);
    const start = (role: Role) => startProcess(role, folder, servers, github);
    const roles = [...Array<Role>(options.webs).fill("web"), ...Array<Role>(options.workers).fill("worker")];
    processes.push(...(await Promise.all(roles.map(start))));
    progress("first syncs");
    for (const tree of trees) await post(agent, webOf(processes, 0), "push", pushOf(tree));
    await drained(servers);

    progress(`${options.rate} deliveries a second for ${options.seconds} s`);
    const killer = kill(options, processes, start);
    const sent = await sendAll(options, trees, github, processes, agent);
    const kills = await killer();
    if (options.noticeDead) await noticeDead(servers);
    progress("waiting for the last job");
    const drainedSeconds = await drained(servers);
    progress("comparing every scope with its tree");
    return { ...sent, kills, drainedSeconds, differences: await differences(servers, trees) };
  } finally {
    agent.destroy();
    for (const { child } of processes) child.kill("SIGKILL");
    await Promise.all([servers.close(), github.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeTrees(
  { repositories, files }: LoadOptions,
  servers: Servers,
  github: GitHubServer,
): Promise<Tree[]> {
  const trees: Tree[] = [];
  for (let index = 0; index < repositories; index += 1) {
    const bound = await createBoundRepository(servers.store);
    const tree = new Map([[".github/bifrost.yml", `scope: ${bound.slug}\n`]]);
    for (let file = 1; file < files; file += 1) tree.set(`shared/module${file}.ts`, `export const value = ${file};\n`);
    tree.set("workflows/sum.ts", 'import { value } from "shared/module1";\nexport default () => value;\n');
    await github.commit(bound.facts, tree, true);
    trees.push({ bound, files: tree });
  }
  return trees;
}

async function startProcess(role: Role, folder: string, servers: Servers, github: GitHubServer): Promise<Process> {
  const child = spawn(process.execPath, [bifrost, "serve", "--role", role], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      APP_ID: "1",
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: webhookSecret,
      GITHUB_API_URL: github.apiUrl,
      BIFROST_DATABASE_URL: servers.databaseUrl,
      BIFROST_REDIS_URL: servers.redisUrl,
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "info",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (!line.includes("is running")) continue;
    child.stderr.resume();
    return { role, child, url: JSON.parse(line).url };
  }
  throw new Error(`A ${role} process did not start:\n${said.join("\n")}`);
}

/** Kills in turn until it is called, which gives how many were killed. */
function kill(
  { killEverySeconds }: LoadOptions,
  processes: Process[],
  start: (role: Role) => Promise<Process>,
): () => Promise<number> {
  if (killEverySeconds === 0) return async () => 0;
  const stop = new AbortController();
  const killing = (async () => {
    for (let kills = 0; ; kills += 1) {
      try {
        await wait(killEverySeconds * 1000, undefined, { signal: stop.signal });
      } catch {
        return kills;
      }
      const role = kills % 2 === 0 ? "worker" : "web";
      const at = processes.findIndex((candidate) => candidate.role === role);
      const [victim] = processes.splice(at, 1);
      if (victim === undefined) return kills;
      const ended = once(victim.child, "exit");
      victim.child.kill("SIGKILL");
      await ended;
      processes.push(await start(role));
    }
  })();
  return () => {
    stop.abort();
    return killing;
  };
}

function webOf(processes: readonly Process[], turn: number): string {
  const webs = processes.filter(({ role }) => role === "web");
  const url = webs[turn % webs.length]?.url;
  if (url === undefined) throw new Error("No web process listens");
  return `${url}/api/github/webhooks`;
}

function aboutOf({ bound: { facts } }: Tree) {
  const owner = { id: facts.accountId, login: facts.owner };
  return { id: facts.id, name: facts.name, full_name: `${facts.owner}/${facts.name}`, owner, default_branch: "main" };
}

function pushOf(tree: Tree): string {
  return pushBody(aboutOf(tree));
}

// What GitHub sends about repositories that are worked on: of ten deliveries.
const mix = [
  "push",
  "push",
  "push",
  "push",
  "pull_request",
  "check_suite",
  "repository",
  "star",
  "issues",
  "again",
] as const;

/** Sends at the steady rate, whether answers come or not, and resolves when all are answered. */
async function sendAll(
  { rate, seconds }: LoadOptions,
  trees: readonly Tree[],
  github: GitHubServer,
  processes: readonly Process[],
  agent: Agent,
): Promise<Pick<LoadReport, "deliveries" | "answers" | "acknowledged" | "commits">> {
  const answers: Record<number, number> = {};
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  let commits = 0;
  let last = { event: "push", body: pushOf(trees[0] as Tree), guid: randomUUID() as string };
  const startedAt = performance.now();
  for (let number = 0; number < rate * seconds; number += 1) {
    const dueAt = startedAt + (number / rate) * 1000;
    if (dueAt > performance.now()) await wait(dueAt - performance.now());
    const tree = trees[(number * 7919) % trees.length] as Tree;
    const kind = mix[number % mix.length];
    if (kind !== "again") last = { event: kind ?? "push", body: "", guid: randomUUID() };
    if (kind === "push") {
      commits += 1;
      const change = new Map([[`shared/module${1 + (number % 5)}.ts`, `export const value = ${number};\n`]]);
      for (const [path, content] of change) tree.files.set(path, content);
      await github.commit(tree.bound.facts, change, false);
      last.body = pushOf(tree);
    } else if (kind !== "again") {
      last.body = bodyOf(kind ?? "star", tree, number);
    }
    const { event, body, guid } = last;
    underWay.push(
      (async () => {
        const sentAt = performance.now();
        let status = await post(agent, webOf(processes, number), event, body, guid).catch(() => 0);
        latencies.push(performance.now() - sentAt);
        answers[status] = (answers[status] ?? 0) + 1;
        // As GitHub is asked to, of what failed.
        for (let turn = number + 1; status !== 202 && turn < number + 20; turn += 1) {
          await wait(500);
          status = await post(agent, webOf(processes, turn), event, body, guid).catch(() => 0);
        }
        if (status !== 202) throw new Error(`A ${event} was never taken in: ${status}`);
      })(),
    );
  }
  await Promise.all(underWay);
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    deliveries: latencies.length,
    answers,
    acknowledged: { median: at(0.5), p99: at(0.99), max: at(1) },
    commits,
  };
}

function bodyOf(kind: Exclude<(typeof mix)[number], "push" | "again">, tree: Tree, number: number): string {
  const about = { repository: aboutOf(tree), installation: { id: 1 } };
  switch (kind) {
    case "pull_request":
      return eventBody("pull_request", "opened", { ...about, number: 1 + (number % 3) });
    case "check_suite":
      return eventBody("check_suite", "requested", about);
    case "repository":
      return eventBody("repository", "edited", about);
    case "star":
      return eventBody("star", "created", about);
    case "issues":
      return eventBody("issues", "opened", about);
    default:
      return kind satisfies never;
  }
}

function post(agent: Agent, url: string, event: string, body: string, guid?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...deliveryHeaders(event, body, guid), "content-length": `${Buffer.byteLength(body)}` };
    const outgoing = request(url, { method: "POST", agent, headers, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
      answer.once("error", reject);
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error("No answer within 10 s")));
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Makes every job that runs look as if its process had died, and has the queue look for such jobs. */
async function noticeDead({ databaseUrl }: Servers): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("update bifrost_jobs.job set heartbeat_on = now() - interval '1 hour' where state = 'active'");
    await client.query("update bifrost_jobs.queue set monitor_claim_on = null, monitor_on = null");
  } finally {
    await client.end();
  }
}

/** Resolves when no job of a repository is left, with the seconds that it took. */
async function drained({ databaseUrl }: Servers): Promise<number> {
  const startedAt = performance.now();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query(
        "select count(*)::int as left from bifrost_jobs.job where state < 'completed' and name in ('sync', 'check', 'check-commit', 'discover')",
      );
      const seconds = (performance.now() - startedAt) / 1000;
      if (rows[0].left === 0) return seconds;
      if (seconds > drainSecondsMax) throw new Error(`${rows[0].left} jobs are left after ${drainSecondsMax} s`);
      await wait(200);
    }
  } finally {
    await client.end();
  }
}

/** Compares what Postgres and Redis hold of every scope with its tree. */
async function differences({ databaseUrl, redisUrl }: Servers, trees: readonly Tree[]): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  const redis = new Redis(redisUrl);
  await client.connect();
  const found: string[] = [];
  try {
    for (const { bound, files } of trees) {
      const key = scopeKey(bound.scope);
      const wanted = Object.fromEntries(
        [...files]
          .filter(([path]) => !path.startsWith("."))
          .map(([path, content]) => [path, contentHash(Buffer.from(content))]),
      );
      const { rows } = await client.query("select path, content_hash from workspace_files where organization_id = $1", [
        key,
      ]);
      const stored = Object.fromEntries(rows.map(({ path, content_hash }) => [path, content_hash]));
      const served = await redis.hgetall(`bifrost:index:{${key}}`);
      if (!isSame(stored, wanted)) found.push(`${bound.slug}: Postgres holds something else than the tree`);
      if (!isSame(served, wanted)) found.push(`${bound.slug}: Redis holds something else than the tree`);
    }
  } finally {
    redis.disconnect();
    await client.end();
  }
  return found;
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(other);
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name]);
}
