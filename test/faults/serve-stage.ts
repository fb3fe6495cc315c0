// `bifrost serve` as real processes, on an emulated GitHub, in a folder of their own. Everything ends with the test.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished } from "vitest";
import { runBifrost } from "../../script/demo-app.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import type { RegisteredApp } from "../github/registered-app.ts";
import type { Repository } from "../github/repository.ts";
import { PushedTrees, sampleTree } from "./trees.ts";

const bifrost = join(import.meta.dirname, "..", "..", "bin", "bifrost");
/** What the stage's webhooks are signed with. */
export const webhookSecret = "the secret of the stage";

export interface Stage {
  readonly github: GitHubEmulator;
  readonly registered: RegisteredApp;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly trees: PushedTrees;
}

/** A process that was started, with what it has said so far. */
export interface Serving {
  readonly child: ChildProcess;
  /** Lines of its log, oldest first. */
  readonly said: readonly string[];
  /** Its address. */
  readonly url: string;
  /** Resolves with its exit code and the signal that ended it. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
}

/** Sets a stage; `more` are variables of the processes besides. */
export async function setStage(more: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const github = await startGitHub();
  onTestFinished(() => github.close());
  const folder = await mkdtemp(join(tmpdir(), "bifrost-stage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const registered = github.registerApp({ webhookSecret });
  const environment = {
    APP_ID: `${registered.id}`,
    PRIVATE_KEY: registered.privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GITHUB_CLIENT_ID: registered.clientId,
    GITHUB_CLIENT_SECRET: registered.clientSecret,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    BIFROST_OPERATORS: "operator",
    HOST: "127.0.0.1",
    PORT: "0",
    ...more,
  };
  return { github, registered, folder, environment, trees: new PushedTrees() };
}

type StagedRole = "all" | "worker" | "web";

/** Starts `bifrost serve`, and resolves when its log has a line with this text. */
export async function spawnServe(
  { folder, environment }: Stage,
  role: StagedRole,
  until: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const child = spawn(process.execPath, [bifrost, "serve", "--role", role], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment, ...more },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => end(child, "SIGKILL"));
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const said: string[] = [];
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr })
      .on("line", (text) => {
        said.push(text);
        if (text.includes(until)) resolve(text);
      })
      .on("close", () => reject(new Error(`The app did not come to say "${until}":\n${said.join("\n")}`)));
  });
  return { child, said, ended, url: JSON.parse(line).url ?? "" };
}

/** Starts `bifrost serve` and resolves when it says that it runs. What takes webhooks is told to GitHub. */
export async function serve(
  stage: Stage,
  role: StagedRole,
  more: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const serving = await spawnServe(stage, role, "is running", more);
  if (role !== "worker") {
    stage.registered.webhookUrl = `${serving.url}/api/github/webhooks`;
    stage.registered.callbackUrls = [`${serving.url}/login/callback`];
  }
  return serving;
}

/** Sends a signal, and resolves when the process is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** A bound repository of an organisation, synced. */
export async function bind({ github, registered, folder, environment, trees }: Stage): Promise<Repository> {
  const run = (...args: string[]) => runBifrost(folder, environment, args);
  await run("org", "create", "acme");
  const account = github.createAccount("acme-inc");
  const repository = await account.createRepository("modules");
  await trees.push(repository, sampleTree(1), "scope: acme\n");
  await registered.install(account);
  await concluded(repository, "action_required");
  await run("grant", "acme", repository.fullName);
  await concluded(repository, "success");
  return repository;
}

/** Resolves when the sync of the head says this. */
export async function concluded(repository: Repository, conclusion: "success" | "action_required"): Promise<void> {
  const latest = async () =>
    repository.checkRuns(await repository.head()).findLast(({ name }) => name === "bifrost/sync")?.conclusion;
  await expect.poll(latest, { timeout: 50_000, interval: 50 }).toBe(conclusion);
}
