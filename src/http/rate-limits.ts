// How much one client may ask for in how short a time. Counted in each process for itself: what is protected is the process,
// and a count that replicas shared would be one more thing that each request waits for and that can be away.
import { metrics } from "@opentelemetry/api";
import type { Logger } from "pino";
import { Fault } from "../errors.ts";
import { createRecent } from "../recent.ts";

interface Allowance {
  /** How much may be asked for at once. */
  readonly burst: number;
  /** How much of it comes back in a minute. */
  readonly perMinute: number;
  /** What there was too much of, as the fault tells it. */
  readonly what: string;
}

/**
 * A page costs some milliseconds, so that even an address that takes all it may is a small part of what a process can do
 * (docs/benchmarks.md); people behind one address are to notice nothing.
 */
const allowances = {
  /** Pages for everybody, and requests that bring no session. By address. */
  public: { burst: 120, perMinute: 240, what: "requests from your address" },
  /** Files that are in memory. A page has five, which browsers keep. By address. */
  asset: { burst: 600, perMinute: 1_200, what: "requests from your address" },
  /** Steps of a sign-in, each of which may ask GitHub. A whole office signs in at nine. By address. */
  "sign-in": { burst: 60, perMinute: 60, what: "sign-ins from your address" },
  /** Pages and data for whoever has signed in, by user; a page that compares or colours costs five. */
  viewer: { burst: 300, perMinute: 600, what: "requests with your sign-in" },
  /** Deliveries that GitHub did not sign. By address. */
  forged: { burst: 30, perMinute: 30, what: "deliveries with a wrong signature from your address" },
  /** Readings of the metrics, which take some milliseconds each. By address. */
  metrics: { burst: 60, perMinute: 60, what: "requests from your address" },
} as const satisfies Record<string, Allowance>;

export type Limit = keyof typeof allowances;

export interface RateLimits {
  /** Counts `cost` for a client, 1 unless given. Throws `Fault` `too-many-requests` where it has no more left; nothing is counted then. */
  take(limit: Limit, who: string | number, cost?: number): void;
  /** Whether a client has nothing left. Counts nothing. */
  isSpent(limit: Limit, who: string | number): boolean;
}

export interface RateLimitOptions {
  readonly log: Logger;
  /** Milliseconds that only ever rise. Default: the process's own clock. */
  readonly clock?: () => number;
  /** How many clients are remembered. Default: 50,000, some 10 MB. */
  readonly clientsMax?: number;
}

// A flood is one line now and then, not a flood of lines.
const logEveryMs = 10_000;

/** Makes the limits of one process. Of more clients than are remembered, those that came last count. */
export function createRateLimits({
  log,
  clock = () => performance.now(),
  clientsMax = 50_000,
}: RateLimitOptions): RateLimits {
  // Of each client, when all that it took will have come back. So one number tells it all, and no timer is needed: the
  // generic cell rate algorithm.
  const fullAt = createRecent<string, number>(clientsMax, () => 1);
  const refused = metrics.getMeter("bifrost.http").createCounter("bifrost.http.refused", {
    description: "Requests that came too fast, by the limit that refused them (limit)",
  });
  for (const limit of Object.keys(allowances)) refused.add(0, { limit });
  let loggedAt = Number.NEGATIVE_INFINITY;

  /** How long a client has to wait until it may take this much, and when all will have come back if it does. */
  const look = (limit: Limit, who: string | number, cost: number) => {
    const { burst, perMinute } = allowances[limit];
    const eachMs = 60_000 / perMinute;
    const now = clock();
    const next = Math.max(fullAt.get(`${limit} ${who}`) ?? 0, now) + cost * eachMs;
    return { waitMs: next - now - burst * eachMs, next };
  };

  return {
    take(limit, who, cost = 1) {
      const { waitMs, next } = look(limit, who, cost);
      if (waitMs <= 0) {
        fullAt.set(`${limit} ${who}`, next);
        return;
      }
      refused.add(1, { limit });
      if (clock() - loggedAt >= logEveryMs) {
        loggedAt = clock();
        log.warn(
          { limit, who },
          "A client sends too much and is refused; where this is your own proxy, set BIFROST_TRUSTED_PROXIES",
        );
      }
      const seconds = Math.ceil(waitMs / 1000);
      throw new Fault("too-many-requests", `There were too many ${allowances[limit].what} in a short time`, {
        retryAt: new Date(Date.now() + waitMs),
        remedy: `Wait ${seconds} s, then ask again`,
      });
    },
    isSpent: (limit, who) => look(limit, who, 1).waitMs > 0,
  };
}
