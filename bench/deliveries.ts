// Push deliveries as GitHub sends them, made from its published example, and the app that takes them.
import { createHmac, randomUUID } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { type Role, type RunningApp, startApp } from "../src/main.ts";
import { newPrivateKey } from "./github-server.ts";
import type { Servers } from "./servers.ts";

// The package's types do not describe what its JSON is when imported as a module.
const published = examples as unknown as readonly {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}[];

/** What the app's deliveries are signed with. */
export const webhookSecret = "the secret of the bench";

export interface AppOptions {
  readonly servers: Servers;
  readonly role: Role;
  readonly github?: { readonly apiUrl: string; readonly privateKey: string };
}

/** Starts the app as its operator would. */
export function startBenchApp({ servers, role, github }: AppOptions): Promise<RunningApp> {
  const config = readConfig({
    APP_ID: "1",
    PRIVATE_KEY: github?.privateKey ?? newPrivateKey(),
    WEBHOOK_SECRET: webhookSecret,
    BIFROST_DATABASE_URL: servers.databaseUrl,
    BIFROST_REDIS_URL: servers.redisUrl,
    HOST: "127.0.0.1",
    PORT: "0",
    ...(github && { GITHUB_API_URL: github.apiUrl }),
  });
  return startApp(config, role, createLog("error"));
}

/** The body of a push to the default branch of a repository, with what of the example is to be otherwise. */
export function pushBody(
  repository: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
) {
  const push = published.find(({ name }) => name === "push")?.examples[0];
  const pushed = { ...(push?.repository as object), default_branch: "main", ...repository };
  const about = { ref: "refs/heads/main", deleted: false, repository: pushed, installation: { id: 1 } };
  return JSON.stringify({ ...push, ...about, ...changes });
}

/** A published example of an event and its action, about another repository. */
export function eventBody(event: string, action: string, about: Readonly<Record<string, unknown>>): string {
  const examples = published.find(({ name }) => name === event)?.examples ?? [];
  const example = examples.find((candidate) => candidate.action === action);
  if (example === undefined) throw new Error(`GitHub publishes no example of ${event} ${action}`);
  const repository = { ...(example.repository as object), ...(about.repository as object) };
  return JSON.stringify({ ...example, ...about, repository });
}

/** The headers of a delivery. The same `guid` makes it a redelivery. */
export function deliveryHeaders(event: string, body: string, guid: string = randomUUID()): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": guid,
    "x-hub-signature-256": `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`,
  };
}

/** The body of the opening of a pull request of a repository. */
export function pullBody(repository: Readonly<Record<string, unknown>>, number: number, headSha: string): string {
  const pull = { head: { sha: headSha }, base: { ref: "main" } };
  return eventBody("pull_request", "opened", { number, pull_request: pull, repository, installation: { id: 1 } });
}

/** Makes a delivery, such as of a push, and resolves once it is answered. */
export async function deliver(url: string, body: string, event = "push"): Promise<void> {
  const answer = await fetch(url, { method: "POST", body, headers: deliveryHeaders(event, body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
