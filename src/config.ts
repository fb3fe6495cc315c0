// The only reader of the environment. Everything wrong is named at once, each with what would be right; no value of a
// secret is ever part of a message.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { Fault } from "./errors.ts";

/** What the GitHub App needs; absent until it is set up. */
export interface AppConfig {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecrets: readonly string[];
}

export interface Config {
  /** Undefined where nothing of the app is set: the server then says at `/` how to set it up. */
  readonly app: AppConfig | undefined;
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly githubApiUrl: string;
  readonly githubServerUrl: string;
  /** Undefined: Postgres embedded, in `dataFolder`. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the cache in process. */
  readonly redisUrl: string | undefined;
  /** Where the embedded Postgres keeps its files. */
  readonly dataFolder: string;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });

const withoutSlash = (text: string) => text.replace(/\/+$/, "");

const environment = z.object({
  APP_ID: z
    .string()
    .regex(/^[1-9]\d*$/, "must be the numeric id of the GitHub App")
    .optional(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().optional(),
  HOST: z.string().default("localhost"),
  PORT: z.coerce.number({ error: "must be a port number" }).int().min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).default("info"),
  GITHUB_API_URL: url("https:", "http:").transform(withoutSlash).default("https://api.github.com"),
  GITHUB_SERVER_URL: url("https:", "http:").transform(withoutSlash).default("https://github.com"),
  BIFROST_DATABASE_URL: url("postgres:", "postgresql:").optional(),
  BIFROST_REDIS_URL: url("redis:", "rediss:").optional(),
});

/**
 * Reads and validates the environment. Empty variables count as unset. Throws `Fault` `config-invalid` that names every
 * wrong variable.
 */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join(".")} ${issue.message}`);
  }
  const app = readApp(set, problems);
  if (!parsed.success || problems.length > 0) {
    throw new Fault(
      "config-invalid",
      `Cannot start as the environment is wrong:\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
  }
  const { data } = parsed;
  return {
    app,
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    githubApiUrl: data.GITHUB_API_URL,
    githubServerUrl: data.GITHUB_SERVER_URL,
    databaseUrl: data.BIFROST_DATABASE_URL,
    redisUrl: data.BIFROST_REDIS_URL,
    dataFolder: ".bifrost",
  };
}

// Probot falls back to this secret where it is given none, so it is the first that anybody would try.
const probotDefaultSecret = "development";

function readApp(set: NodeJS.ProcessEnv, problems: string[]): AppConfig | undefined {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH, WEBHOOK_SECRET } = set;
  if (!APP_ID && !PRIVATE_KEY && !PRIVATE_KEY_PATH && !WEBHOOK_SECRET) return undefined;
  if (!APP_ID) problems.push("APP_ID must be set: it is on the GitHub App's settings page");
  const privateKey = readPrivateKey(PRIVATE_KEY, PRIVATE_KEY_PATH, problems);
  const webhookSecrets = list(WEBHOOK_SECRET ?? "");
  if (webhookSecrets.length === 0) {
    problems.push(
      "WEBHOOK_SECRET must be set to the secret on the GitHub App's settings page; several, separated by commas, let it be rotated",
    );
  }
  if (webhookSecrets.includes(probotDefaultSecret)) {
    problems.push(`WEBHOOK_SECRET must not be Probot's default "${probotDefaultSecret}": choose a random one`);
  }
  if (!APP_ID || !privateKey) return undefined;
  return { appId: APP_ID, privateKey, webhookSecrets };
}

function readPrivateKey(key: string | undefined, path: string | undefined, problems: string[]): string | undefined {
  if (!key && !path) {
    problems.push("PRIVATE_KEY or PRIVATE_KEY_PATH must be set to the GitHub App's private key in PEM");
    return undefined;
  }
  let pem = key;
  if (!pem && path) {
    try {
      pem = readFileSync(path, "utf8");
    } catch {
      problems.push(`PRIVATE_KEY_PATH must name a file that can be read: "${path}" cannot`);
      return undefined;
    }
  }
  // Probot's habit: a key in one line has its line breaks as \n, or is the PEM in base64.
  let text = (pem ?? "").replaceAll("\\n", "\n").trim();
  if (!text.includes("-----BEGIN")) text = Buffer.from(text, "base64").toString("utf8").trim();
  if (!/^-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+-----END (?:RSA )?PRIVATE KEY-----$/.test(text)) {
    problems.push(
      `${key ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH"} must hold a private key in PEM, as GitHub let you download it`,
    );
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
