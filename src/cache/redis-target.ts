// What a URL of Redis says, and the clients that are opened to it. Nothing is sent here.
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { Fault } from "../errors.ts";

export interface RedisConnectionOptions {
  /**
   * `redis://` or `rediss://`, with user, password and database as far as they are needed. Several name nodes of one
   * cluster, any of which leads to the others; one is enough where it can be reached whenever a process starts.
   */
  readonly url: string | readonly string[];
  /** How long to wait for an answer before the connection counts as lost. */
  readonly commandTimeoutMs?: number;
}

/** Where a Redis is, and how its servers are spoken to. */
export interface RedisTarget {
  readonly seeds: readonly [RedisAddress, ...RedisAddress[]];
  /** Of a cluster, every node's. */
  readonly login: Login;
  readonly timeoutMs: number;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: NonNullable<RedisOptions["tls"]>;
  /** 4 or 6, the kind of addresses that names are looked up for; 0: either. */
  readonly family?: number;
}

// A batch of 4 MiB crosses 10 Mbit/s in 3.4 s; what takes longer than this is no cache any more.
const defaultCommandTimeoutMs = 5_000;

// An outage is over within two seconds of Redis being back, and a cluster's new master found as soon.
const reconnectDelayMsMax = 2_000;

// After half a minute a cluster's node is taken to be gone. When the last one is, the URL's names are looked up anew.
const nodeAttemptsMax = 20;

// Redirections while slots move: each leads further, so more than a few say that the cluster does not know itself.
const redirectionsMax = 8;

/** Throws `Fault` `config-invalid` where a URL is none, or several do not belong together. */
export function readTarget({ url, commandTimeoutMs = defaultCommandTimeoutMs }: RedisConnectionOptions): RedisTarget {
  const [first, ...others] = (typeof url === "string" ? [url] : url).map(parse);
  if (first === undefined) throw unreadable();
  if (!others.every((other) => isOfOneCluster(first.login, other.login))) {
    throw new Fault(
      "config-invalid",
      "Cannot use these URLs of Redis together: a cluster's nodes have one login, TLS all or none, and database 0 alone",
    );
  }
  const seeds = others.map(({ address }) => address);
  return { seeds: [first.address, ...seeds], login: first.login, timeoutMs: commandTimeoutMs };
}

/** A client of one server, not yet connected. `isLasting`: it comes back by itself; otherwise it is lost once. */
export function openServer(target: RedisTarget, seed: RedisAddress, isLasting: boolean): Redis {
  return new Redis({
    ...target.login,
    ...serverOptions(target),
    ...seed,
    // A command that cannot be sent now is better answered by Postgres now than by Redis later.
    enableOfflineQueue: false,
    retryStrategy: isLasting ? reconnectDelay : () => null,
  });
}

/** A client of a cluster, not yet connected, which comes back by itself. Commands go to masters alone. */
export function openCluster(target: RedisTarget): Cluster {
  return new Cluster([...target.seeds], {
    redisOptions: { ...target.login, ...serverOptions(target) },
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    // A cluster that is down says so to each command, and still tells what is wrong with it.
    enableReadyCheck: false,
    // A node that is away stays known as such, so that commands to it fail at once and not each after a timeout.
    clusterNodeRetryStrategy: (attempt) => (attempt > nodeAttemptsMax ? null : reconnectDelay(attempt)),
    maxRedirections: redirectionsMax,
    // What cannot be answered now is answered by Postgres, or tried again by the job; only a moving slot is waited for.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 50,
    slotsRefreshInterval: reconnectDelayMsMax,
    // Names stay names: certificates are made out to them, and the addresses behind them change.
    dnsLookup: (name, callback) => callback(null, name),
  });
}

function serverOptions({ timeoutMs }: RedisTarget) {
  return {
    lazyConnect: true,
    // One whose answer was lost must not be sent again: its caller has moved on.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A server that stopped answering is noticed once, not anew by each command.
    socketTimeout: timeoutMs,
  };
}

/** Whether a node's URL goes with the first one's, whose login is every node's. */
function isOfOneCluster(first: Login, other: Login): boolean {
  const isSameLogin = other.username === first.username && other.password === first.password;
  const hasLogin = other.username !== undefined || other.password !== undefined;
  return (isSameLogin || !hasLogin) && Boolean(other.tls) === Boolean(first.tls) && !first.db && !other.db;
}

function reconnectDelay(attempt: number): number {
  return Math.min(attempt * 100, reconnectDelayMsMax);
}

function parse(url: string): { readonly address: RedisAddress; readonly login: Login } {
  try {
    const { protocol } = new URL(url);
    if (protocol !== "redis:" && protocol !== "rediss:") throw new TypeError(`Unknown protocol "${protocol}"`);
    // The client's own reading of it; connects to nothing.
    const { host = "localhost", port = 6379, ...options } = new Redis(url, { lazyConnect: true }).options;
    const { username, password, db, tls, family } = options;
    return {
      address: { host, port },
      login: {
        ...(username && { username }),
        ...(password && { password }),
        ...(db && { db }),
        ...(tls && { tls }),
        ...(family && { family }),
      },
    };
  } catch {
    // The error of a URL carries the URL, and with it the password.
    throw unreadable();
  }
}

function unreadable(): Fault {
  return new Fault(
    "config-invalid",
    "Cannot read the URL of Redis: want redis://[user:password@]host[:port][/database]",
  );
}
