// The connection to Redis: fails at once where Redis is away, comes back by itself, and lets nothing of what it sends
// (a password, people's code) into an error. What is sent is not its business.
import { Redis } from "ioredis";
import { Fault } from "../errors.ts";

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with user, password and database as far as they are needed. */
  readonly url: string;
  /** How long to wait for an answer before the connection counts as lost. */
  readonly commandTimeoutMs?: number;
}

export interface RedisConnection {
  /** Sends commands; whatever fails in them is thrown as `Fault` `cache-unavailable`. */
  use<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  /** The same on a connection of its own, closed afterwards: WATCH belongs to a connection, not to a caller. */
  useAlone<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// A batch of 4 MiB crosses 10 Mbit/s in 3.4 s; what takes longer than this is no cache any more.
const defaultCommandTimeoutMs = 5_000;

// An outage is over within two seconds of Redis being back.
const reconnectDelayMsMax = 2_000;

/**
 * Connects, and resolves when the first attempt has succeeded or failed: a process may start while Redis is away, and
 * reaches it later. Throws `Fault` `config-invalid` where the URL is none.
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const shared = openRedis(options, (attempt) => Math.min(attempt * 100, reconnectDelayMsMax));
  const faultOf = rememberLoss(shared);
  // Why it failed arrives as an event; this rejection says only that it did.
  await shared.connect().catch(() => undefined);
  return {
    async use(work) {
      try {
        return await work(shared);
      } catch (error) {
        throw faultOf(error);
      }
    },
    async useAlone(work) {
      const own = openRedis(options, () => null);
      const faultOfOwn = rememberLoss(own);
      try {
        await own.connect();
        return await work(own);
      } catch (error) {
        throw faultOfOwn(error);
      } finally {
        own.disconnect();
      }
    },
    async close() {
      // QUIT waits for the answers under way; where there is no connection there are none.
      if (shared.status === "ready") await shared.quit().catch(() => undefined);
      shared.disconnect();
    },
  };
}

function openRedis(options: RedisConnectionOptions, retryStrategy: (attempt: number) => number | null): Redis {
  const timeoutMs = options.commandTimeoutMs ?? defaultCommandTimeoutMs;
  try {
    const { protocol } = new URL(options.url);
    if (protocol !== "redis:" && protocol !== "rediss:") throw new TypeError(`Unknown protocol "${protocol}"`);
    return new Redis(options.url, {
      lazyConnect: true,
      // A command that cannot be sent now is better answered by Postgres now than by Redis later, and one whose answer
      // was lost must not be sent again: its caller has moved on.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      // A server that stopped answering is noticed once, not anew by each command.
      socketTimeout: timeoutMs,
    });
  } catch {
    // The error of a URL carries the URL, and with it the password.
    throw new Fault(
      "config-invalid",
      "Cannot read the URL of Redis: want redis://[user:password@]host[:port][/database]",
    );
  }
}

/** Remembers why the connection was last lost, which the commands that then fail do not say, and makes their faults. */
function rememberLoss(redis: Redis): (error: unknown) => Fault {
  let lost: Error | undefined;
  redis.on("error", (error) => {
    lost = error;
  });
  redis.on("ready", () => {
    lost = undefined;
  });
  return (error) => {
    if (error instanceof Fault) return error;
    const { host, port, path, password } = redis.options;
    const address = path ?? `${host}:${port}`;
    const reason = reasonOf(isReply(error) ? error : (lost ?? error), password);
    // No `cause`: errors of ioredis carry the command with its arguments.
    return new Fault("cache-unavailable", `Cannot use Redis at ${address}: ${reason}`);
  };
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

function reasonOf(error: unknown, password: string | undefined): string {
  if (!(error instanceof Error)) return "unknown reason";
  // An AggregateError, one error for each address of a host, has a code and no message.
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  // Redis repeats the arguments of a command that it does not know.
  const [text = ""] = (error.message || code).split(", with args");
  return password ? text.replaceAll(password, "***") : text;
}
