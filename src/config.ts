// The only reader of the environment. Everything wrong is named at once, each with what would be right; no value of a
// secret is ever part of a message.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { environment, type logLevels } from "./environment.ts";
import { Fault } from "./errors.ts";

/** What the GitHub App needs; absent until it is set up. */
export interface AppConfig {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecrets: readonly string[];
}

/** What signing in takes; absent until it is set up. */
export interface SignInConfig {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Config {
  /** Undefined where nothing of the app is set: the server then says at `/` how to set it up. */
  readonly app: AppConfig | undefined;
  /** Undefined where the app's client is not set: nobody can sign in, and there is no dashboard. */
  readonly signIn: SignInConfig | undefined;
  /** GitHub users who see and change everything, by login in lower case or by id. */
  readonly operators: readonly string[];
  /** Where browsers reach the server, without a slash at its end; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Addresses and networks of the proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: (typeof logLevels)[number];
  readonly githubApiUrl: string;
  readonly githubServerUrl: string;
  /** Undefined: Postgres embedded, in `dataFolder`. */
  readonly databaseUrl: string | undefined;
  /** One, or several nodes' of one cluster; undefined: the cache in process. */
  readonly redisUrls: readonly string[] | undefined;
  /** How many days past revisions are kept; undefined: for ever. */
  readonly historyDays: number | undefined;
  /** Where traces go, by OTLP over HTTP; undefined: none are made. */
  readonly tracesUrl: string | undefined;
  /** Where metrics are read, and nowhere else then; undefined: where everything is. */
  readonly metricsPort: number | undefined;
  /** How long a process that is asked to stop goes on taking requests, not ready, before it stops to listen. */
  readonly drainMs: number;
  /** Where the embedded Postgres keeps its files. */
  readonly dataFolder: string;
}

/**
 * Reads and validates the environment. Empty variables count as unset. Throws `Fault` `config-invalid` that names every
 * wrong variable.
 */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const { config, problems } = inspectConfig(variables);
  if (problems.length === 0) return config;
  const lines = problems.map(({ variable, problem }) => `  - ${variable} ${problem}`);
  throw new Fault("config-invalid", `Cannot start as the environment is wrong:\n${lines.join("\n")}`);
}

/** Whether the terminal says of itself that it obeys no control sequences. */
export function isDumbTerminal(variables: NodeJS.ProcessEnv = process.env): boolean {
  return variables.TERM === "dumb";
}

/** A variable that is wrong, and what would be right, in words that follow its name. */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
}

/** Reads the environment as far as it is right: a wrong variable counts as unset, and an app that lacks one as absent. */
export function inspectConfig(variables: NodeJS.ProcessEnv = process.env): {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
} {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(set);
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    variable: path.join("."),
    problem: message,
  }));
  const wrong = new Set(problems.map(({ variable }) => variable));
  const app = readApp(set, problems);
  const data =
    parsed.data ?? environment.parse(Object.fromEntries(Object.entries(set).filter(([name]) => !wrong.has(name))));
  problems.push(...signInProblems(data));
  return { config: configOf(data, wrong.has("APP_ID") ? undefined : app), problems };
}

function configOf(data: z.infer<typeof environment>, app: AppConfig | undefined): Config {
  return {
    app,
    signIn:
      data.GITHUB_CLIENT_ID !== undefined && data.GITHUB_CLIENT_SECRET !== undefined
        ? { clientId: data.GITHUB_CLIENT_ID, clientSecret: data.GITHUB_CLIENT_SECRET }
        : undefined,
    operators: list(data.BIFROST_OPERATORS ?? "").map((name) => name.toLowerCase()),
    publicUrl: data.BIFROST_URL,
    host: data.HOST,
    trustedProxies: list(data.BIFROST_TRUSTED_PROXIES ?? ""),
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    githubApiUrl: data.GITHUB_API_URL,
    githubServerUrl: data.GITHUB_SERVER_URL,
    databaseUrl: data.BIFROST_DATABASE_URL,
    redisUrls: data.BIFROST_REDIS_URL,
    historyDays: data.BIFROST_HISTORY_DAYS,
    tracesUrl: data.OTEL_EXPORTER_OTLP_ENDPOINT && `${data.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
    metricsPort: data.BIFROST_METRICS_PORT,
    drainMs: data.BIFROST_DRAIN_SECONDS * 1000,
    dataFolder: ".bifrost",
  };
}

/** One half of the app's client is of no use. */
function signInProblems(data: z.infer<typeof environment>): ConfigProblem[] {
  const both = ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"] as const;
  const missing = both.filter((variable) => data[variable] === undefined);
  if (missing.length === both.length) return [];
  return missing.map((variable) => ({
    variable,
    problem: "must be set too: both are on the GitHub App's settings page, and nobody can sign in without",
  }));
}

// Probot falls back to this secret where it is given none, so it is the first that anybody would try.
const probotDefaultSecret = "development";

function readApp(set: NodeJS.ProcessEnv, problems: ConfigProblem[]): AppConfig | undefined {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH, WEBHOOK_SECRET } = set;
  if (!APP_ID && !PRIVATE_KEY && !PRIVATE_KEY_PATH && !WEBHOOK_SECRET) return undefined;
  if (!APP_ID) problems.push({ variable: "APP_ID", problem: "must be set: it is on the GitHub App's settings page" });
  const privateKey = readPrivateKey(PRIVATE_KEY, PRIVATE_KEY_PATH, problems);
  const webhookSecrets = list(WEBHOOK_SECRET ?? "");
  if (webhookSecrets.length === 0) {
    problems.push({
      variable: "WEBHOOK_SECRET",
      problem:
        "must be set to the secret on the GitHub App's settings page; several, separated by commas, let it be rotated",
    });
  }
  if (webhookSecrets.includes(probotDefaultSecret)) {
    problems.push({
      variable: "WEBHOOK_SECRET",
      problem: `must not be Probot's default "${probotDefaultSecret}": choose a random one`,
    });
  }
  if (!APP_ID || !privateKey) return undefined;
  return { appId: APP_ID, privateKey, webhookSecrets };
}

function readPrivateKey(
  key: string | undefined,
  path: string | undefined,
  problems: ConfigProblem[],
): string | undefined {
  if (!key && !path) {
    problems.push({
      variable: "PRIVATE_KEY or PRIVATE_KEY_PATH",
      problem: "must be set to the GitHub App's private key in PEM",
    });
    return undefined;
  }
  let pem = key;
  if (!pem && path) {
    try {
      pem = readFileSync(path, "utf8");
    } catch {
      problems.push({
        variable: "PRIVATE_KEY_PATH",
        problem: `must name a file that can be read: "${path}" cannot`,
      });
      return undefined;
    }
  }
  // Probot's habit: a key in one line has its line breaks as \n, or is the PEM in base64.
  let text = (pem ?? "").replaceAll("\\n", "\n").trim();
  if (!text.includes("-----BEGIN")) text = Buffer.from(text, "base64").toString("utf8").trim();
  if (!isRsaKey(text)) {
    problems.push({
      variable: key ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH",
      problem: "must hold a private key in PEM, as GitHub let you download it",
    });
    return undefined;
  }
  return text;
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}
