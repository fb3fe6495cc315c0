// `performance`, as far as a run can know it: how long it has been going. Runs inside the isolate.
import type { IsolateHost } from "./host.ts";

/** Puts `performance` into the isolate's globals. Its text is put into the isolate. */
export function installPerformance(host: IsolateHost): void {
  const timeOrigin = Date.now() - host.now();
  const performance = Object.freeze({
    now: () => host.now(),
    timeOrigin,
    toJSON: () => ({ timeOrigin }),
    [Symbol.toStringTag]: "Performance",
  });
  Object.defineProperty(globalThis, "performance", { value: performance, writable: true, configurable: true });
}
