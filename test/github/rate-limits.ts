// The primary rate limit: a number of requests per hour for each installation. Secondary limits are ordered as faults.

export interface Allowance {
  limit: number;
  remaining: number;
  /** When the hour is over, in milliseconds since 1970. */
  resetAtMs: number;
}

const hourMs = 3_600_000;
/** What an installation with up to 20 repositories may ask per hour. */
const requestsPerHour = 5000;

export class RateLimits {
  readonly #allowances = new Map<string, Allowance>();

  /** The allowance of a caller, writable so that a test can use it up. */
  of(caller: string): Allowance {
    let allowance = this.#allowances.get(caller);
    if (allowance === undefined || allowance.resetAtMs <= Date.now()) {
      allowance = { limit: requestsPerHour, remaining: requestsPerHour, resetAtMs: Date.now() + hourMs };
      this.#allowances.set(caller, allowance);
    }
    return allowance;
  }

  /** The headers that every answer carries. */
  headers(caller: string): Record<string, string> {
    const { limit, remaining, resetAtMs } = this.of(caller);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-used": String(limit - remaining),
      "x-ratelimit-reset": String(Math.ceil(resetAtMs / 1000)),
      "x-ratelimit-resource": "core",
    };
  }
}
