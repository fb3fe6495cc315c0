// The only reader of the environment. Everything wrong is named at once, each with what would be right; no value of a
// secret is ever part of a message.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
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
  readonly logLevel: (typeof logLevels)[number];
  readonly githubApiUrl: string;
  readonly githubServerUrl: string;
  /** Undefined: Postgres embedded, in `dataFolder`. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the cache in process. */
  readonly redisUrl: string | undefined;
  /** How many days past revisions are kept; undefined: for ever. */
  readonly historyDays: number | undefined;
  /** Where traces go, by OTLP over HTTP; undefined: none are made. */
  readonly tracesUrl: string | undefined;
  /** Where metrics are read, and nowhere else then; undefined: where everything is. */
  readonly metricsPort: number | undefined;
  /** Where the embedded Postgres keeps its files. */
  readonly dataFolder: string;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const url = (...protocols: string[]) =>
  z.string().refine((text) => isUrl(text, protocols), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")} and names a host`,
  });

function isUrl(text: string, protocols: readonly string[]): boolean {
  const parsed = URL.parse(text);
  // A Unix socket's folder is named in the query, and then there need be no host.
  return (
    parsed !== null && protocols.includes(parsed.protocol) && (parsed.host !== "" || parsed.searchParams.has("host"))
  );
}

/** The root of an API or of pages: addresses are made by adding to it. */
const root = z.string().refine((text) => isUrl(text, ["https:", "http:"]) && isPlain(new URL(text)), {
  error: "must be a URL that begins with https:// or http:// and holds neither a login nor a query nor a fragment",
});

function isPlain({ username, search, hash }: URL): boolean {
  return username === "" && search === "" && hash === "";
}

const withoutSlash = (text: string) => text.replace(/\/+$/, "");

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port number, 0 to 65535")
  .transform(Number)
  .refine((number) => number <= 65_535, { error: "must be a port number, 0 to 65535" });

const environment = z.object({
  APP_ID: z
    .string()
    .regex(/^[1-9]\d*$/, "must be the numeric id of the GitHub App")
    .optional(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().optional(),
  HOST: z.string().regex(/^\S+$/, "must be a host name or an address").default("localhost"),
  PORT: port.default(3000),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).default("info"),
  GITHUB_API_URL: root.transform(withoutSlash).default("https://api.github.com"),
  GITHUB_SERVER_URL: root.transform(withoutSlash).default("https://github.com"),
  BIFROST_URL: root
    .refine((text) => new URL(text).pathname === "/", { error: "must be the root of a host, without a path" })
    .transform(withoutSlash)
    .optional(),
  BIFROST_DATABASE_URL: url("postgres:", "postgresql:").optional(),
  BIFROST_REDIS_URL: url("redis:", "rediss:").optional(),
  BIFROST_HISTORY_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, "must be a number of days from 1, or unset to keep every revision")
    .transform(Number)
    .optional(),
  BIFROST_METRICS_PORT: port.optional(),
  // OpenTelemetry's own name; the exporter reads the others that belong to it, such as the one for headers.
  OTEL_EXPORTER_OTLP_ENDPOINT: url("https:", "http:").transform(withoutSlash).optional(),
  GITHUB_CLIENT_ID: z.string().regex(/^\S+$/, "must be the client id on the GitHub App's settings page").optional(),
  GITHUB_CLIENT_SECRET: z.string().regex(/^\S+$/, "must be a client secret of the GitHub App").optional(),
  WEBHOOK_PROXY_URL: url("https:", "http:").optional(),
  BIFROST_OPERATORS: z
    .string()
    .regex(
      /^\s*(?:[a-z\d](?:[a-z\d-]{0,38})(?:_[a-z\d]+)?(?:\[bot\])?\s*(?:,\s*|$))+$/i,
      "must be GitHub logins or ids, separated by commas",
    )
    .optional(),
});

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
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    githubApiUrl: data.GITHUB_API_URL,
    githubServerUrl: data.GITHUB_SERVER_URL,
    databaseUrl: data.BIFROST_DATABASE_URL,
    redisUrl: data.BIFROST_REDIS_URL,
    historyDays: data.BIFROST_HISTORY_DAYS,
    tracesUrl: data.OTEL_EXPORTER_OTLP_ENDPOINT && `${data.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
    metricsPort: data.BIFROST_METRICS_PORT,
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
