// For whoever keeps the process running: whether it lives, and whether it can do its work. Reasons go to the log, because
// these addresses are public and a reason names hosts.
import type { Logger } from "pino";
import type { HttpAnswer, Route } from "./http.ts";

/** Something outside that the process works with. */
export interface Dependency {
  readonly name: string;
  /** Whether nothing works without it. What is not is reported, and the process counts as ready all the same. */
  readonly required: boolean;
  /** Resolves where it can be used now. */
  check(): Promise<unknown>;
}

export interface HealthOptions {
  readonly dependencies: readonly Dependency[];
  readonly log: Logger;
  /** Whether the process was asked to stop, and new requests are to go elsewhere. Default: never. */
  readonly isStopping?: () => boolean;
  /** How long a dependency may take to answer. Default: 2 seconds, less than probes usually wait. */
  readonly timeoutMs?: number;
}

/**
 * `/healthz` answers 200 for as long as the process answers anything. `/readyz` asks every dependency, at most once at a
 * time however many ask, and names each: 200 where all that is required can be used, else 503. A process that
 * was asked to stop is not ready, and says so with `stopping`.
 */
export function healthRoutes({
  dependencies,
  log,
  isStopping = () => false,
  timeoutMs = 2_000,
}: HealthOptions): Route[] {
  let underWay: Promise<HttpAnswer> | undefined;
  const readiness = async (): Promise<HttpAnswer> => {
    const states = await Promise.all(
      dependencies.map(async ({ name, required, check }) => {
        try {
          await within(timeoutMs, check());
          return { name, required, ok: true };
        } catch (error) {
          log.warn({ err: error, dependency: name }, "A dependency cannot be used");
          return { name, required, ok: false };
        }
      }),
    );
    const stopping = isStopping();
    const ready = !stopping && states.every(({ required, ok }) => ok || !required);
    return { status: ready ? 200 : 503, body: { ready, ...(stopping && { stopping }), dependencies: states } };
  };
  return [
    { method: "GET", path: "/healthz", handler: async () => ({ status: 200, body: { alive: true } }) },
    {
      method: "GET",
      path: "/readyz",
      handler: () => {
        underWay ??= readiness().finally(() => {
          underWay = undefined;
        });
        return underWay;
      },
    },
  ];
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
