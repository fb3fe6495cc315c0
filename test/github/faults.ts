// Troubles to order: a rate limit, an outage, a connection that hangs or breaks, a commit the API does not serve yet.
// Ordered per method and path, each for a number of requests; it knows nothing of what the requests mean.

/** What happens in place of the answer. A delay answers as usual, only later. */
export type FaultResponse =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | { readonly delayMs: number }
  | "hang"
  | "reset";

export interface FaultOrder {
  /** Any method where it is left out. */
  readonly method?: string;
  /** A pattern for the path with its query, or text that the path contains. */
  readonly path: RegExp | string;
  /** How many matching requests are answered as usual before the first that meets the fault. Default: 0. */
  readonly after?: number;
  /** How many matching requests meet the fault. Default: 1. */
  readonly times?: number;
  readonly respond: FaultResponse;
}

export class Faults {
  #orders: { readonly order: FaultOrder; spared: number; left: number }[] = [];

  /** Orders a fault for the next matching requests. Orders are used up first come, first served. */
  next(order: FaultOrder): void {
    this.#orders.push({ order, spared: order.after ?? 0, left: order.times ?? 1 });
  }

  /** A primary rate limit that is used up until a time, answered as GitHub does. */
  rateLimited(path: RegExp | string, resetAt: Date, times = 1): void {
    const reset = String(Math.ceil(resetAt.getTime() / 1000));
    this.next({
      path,
      times,
      respond: {
        status: 403,
        headers: { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
        body: { message: "API rate limit exceeded for installation." },
      },
    });
  }

  /** A secondary rate limit that asks to wait for a number of seconds. */
  secondaryRateLimited(path: RegExp | string, retryAfterSeconds: number, times = 1): void {
    this.next({
      path,
      times,
      respond: {
        status: 403,
        headers: { "retry-after": String(retryAfterSeconds) },
        body: { message: "You have exceeded a secondary rate limit." },
      },
    });
  }

  /** A commit that the webhook has announced and the API does not serve yet, for a number of requests. */
  replicationLag(sha: string, times = 1): void {
    this.next({
      path: sha,
      times,
      respond: { status: 422, body: { message: `No commit found for SHA: ${sha}` } },
    });
  }

  /** Forgets all orders that are left. */
  clear(): void {
    this.#orders = [];
  }

  /** How many ordered faults no request has met yet. */
  get left(): number {
    return this.#orders.reduce((sum, { left }) => sum + left, 0);
  }

  /** Takes the fault that a request meets. `target` is its path with the query. */
  take(method: string, target: string): FaultResponse | undefined {
    const met = this.#orders.find(({ order }) => {
      if (order.method !== undefined && order.method.toUpperCase() !== method) return false;
      return typeof order.path === "string" ? target.includes(order.path) : order.path.test(target);
    });
    if (met === undefined) return undefined;
    if (met.spared > 0) {
      met.spared--;
      return undefined;
    }
    met.left--;
    this.#orders = this.#orders.filter(({ left }) => left > 0);
    return met.order.respond;
  }
}
