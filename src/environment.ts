// Every variable of the environment that is read: its form, its default and what it is. config.ts reads them, and the reference
// prints what is said here.
import { z } from "zod";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

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

/** Addresses and networks, separated by commas. */
const networks = z.string().refine((text) => text.split(",").every((entry) => isNetwork(entry.trim())), {
  error: "must be addresses or networks of your proxies, such as 10.0.0.0/8, separated by commas",
});

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

function isNetwork(text: string): boolean {
  // A network of 0 bits is everybody, and anybody's word would be believed.
  return network.safeParse(text).success && !text.endsWith("/0");
}

// A password may hold a comma; what follows one that separates is a URL again.
const splitRedisUrls = (text: string) => text.split(/\s*,\s*(?=rediss?:\/\/)/);

const redisUrls = z
  .string()
  .refine((text) => splitRedisUrls(text).every((one) => isUrl(one, ["redis:", "rediss:"])), {
    error:
      "must be a URL that begins with redis:// or rediss:// and names a host, or several of a cluster's nodes, separated by commas",
  })
  .transform(splitRedisUrls);

/**
 * What the reference says of a variable besides its schema: what it is, with its unit, and what holds where it is not set and
 * the schema has no default.
 */
const is = (description: string, unset?: string) => ({ description, ...(unset !== undefined && { unset }) });

/** Every variable that is read, in the order of the reference. */
export const environment = z.object({
  APP_ID: z
    .string()
    .regex(/^[1-9]\d*$/, "must be the numeric id of the GitHub App")
    .optional()
    .meta(is("the GitHub App's id", "not set up: `/` says what is missing")),
  PRIVATE_KEY: z
    .string()
    .optional()
    .meta(
      is("the app's private key in PEM, as it is, with `\\n` for its line breaks, or in base64", "`PRIVATE_KEY_PATH`"),
    ),
  PRIVATE_KEY_PATH: z.string().optional().meta(is("the file that holds the private key", "`PRIVATE_KEY`")),
  WEBHOOK_SECRET: z
    .string()
    .optional()
    .meta(
      is(
        "the app's webhook secret; several, separated by commas, while it is rotated: each of them is taken",
        "with an app, the server refuses to start",
      ),
    ),
  GITHUB_CLIENT_ID: z
    .string()
    .regex(/^\S+$/, "must be the client id on the GitHub App's settings page")
    .optional()
    .meta(is("the app's client id, with which people sign in", "no dashboard")),
  GITHUB_CLIENT_SECRET: z
    .string()
    .regex(/^\S+$/, "must be a client secret of the GitHub App")
    .optional()
    .meta(
      is(
        "the app's client secret, from which the key of the sessions is made: the same in every web process",
        "no dashboard",
      ),
    ),
  BIFROST_URL: root
    .refine((text) => new URL(text).pathname === "/", { error: "must be the root of a host, without a path" })
    .transform(withoutSlash)
    .optional()
    .meta(is("where browsers reach the server, such as `https://modules.example.com`", "where it listens")),
  BIFROST_OPERATORS: z
    .string()
    .regex(
      /^\s*(?:[a-z\d](?:[a-z\d-]{0,38})(?:_[a-z\d]+)?(?:\[bot\])?\s*(?:,\s*|$))+$/i,
      "must be GitHub logins or ids, separated by commas",
    )
    .optional()
    .meta(
      is(
        "GitHub users who see and change everything, separated by commas: by id, or by login, which passes on to whoever takes it after a rename",
        "nobody",
      ),
    ),
  BIFROST_DATABASE_URL: url("postgres:", "postgresql:")
    .optional()
    .meta(
      is("Postgres 15 or newer", "Postgres embedded, in `.bifrost/` of the folder that the process was started in"),
    ),
  BIFROST_REDIS_URL: redisUrls
    .optional()
    .meta(
      is(
        "Redis 6 or newer, which executors read; of a Redis Cluster any node, or several, separated by commas",
        "a cache in process, right for one process",
      ),
    ),
  BIFROST_HISTORY_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, "must be a number of days from 1, or unset to keep every revision")
    .transform(Number)
    .optional()
    .meta(is("how many days past revisions are kept", "for ever")),
  HOST: z
    .string()
    .regex(/^\S+$/, "must be a host name or an address")
    .default("localhost")
    .meta(is("the address to listen on")),
  PORT: port.default(3000).meta(is("the port to listen on; 0: any that is free")),
  BIFROST_TRUSTED_PROXIES: networks
    .optional()
    .meta(
      is(
        "addresses or networks of the proxies before the server, separated by commas: their `X-Forwarded-For` says who a client is",
        "none: a client is whoever connects",
      ),
    ),
  BIFROST_DRAIN_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/, "must be a number of seconds, 0 to 999")
    .transform(Number)
    .default(0)
    .meta(
      is(
        "how long, in seconds, a process that is asked to stop goes on answering with `/readyz` at 503, so that a load balancer sends requests elsewhere before it stops to listen",
      ),
    ),
  BIFROST_METRICS_PORT: port.optional().meta(is("where `/metrics` is told, and nowhere else then", "on `PORT`")),
  GITHUB_API_URL: root
    .transform(withoutSlash)
    .default("https://api.github.com")
    .meta(is("the root of GitHub's API; of a GitHub Enterprise Server, `https://HOST/api/v3`")),
  GITHUB_SERVER_URL: root.transform(withoutSlash).default("https://github.com").meta(is("the root of GitHub's pages")),
  WEBHOOK_PROXY_URL: url("https:", "http:")
    .optional()
    .meta(
      is("Probot's relay of webhooks, which this server does not use: its form is checked, and that is all", "none"),
    ),
  // OpenTelemetry's own name; the exporter reads the others that belong to it, such as the one for headers.
  OTEL_EXPORTER_OTLP_ENDPOINT: url("https:", "http:")
    .transform(withoutSlash)
    .optional()
    .meta(
      is(
        "where OpenTelemetry traces go, by OTLP over HTTP; `OTEL_EXPORTER_OTLP_HEADERS` and the exporter's other variables hold too",
        "none are made",
      ),
    ),
  LOG_LEVEL: z
    .enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` })
    .default("info")
    .meta(is("how much is logged")),
});
