// `performance`, as far as a run can know it: how long it has been going. Runs inside the isolate.
import type { IsolateHost } from "./host.ts";

/** Puts `performance` into the isolate's globals. Its text is put into the isolate. */
export function installPerformance(host: IsolateHost): void {
  const { now } = Date;
  let origin: number | undefined;
  // Asked for during the run: the isolate may be older than that.
  const timeOrigin = (): number => {
    origin ??= now() - host.now();
    return origin;
  };
  const performance = Object.freeze({
    now: () => host.now(),
    get timeOrigin() {
      return timeOrigin();
    },
    toJSON: () => ({ timeOrigin: timeOrigin() }),
    [Symbol.toStringTag]: "Performance",
  });
  Object.defineProperty(globalThis, "performance", { value: performance, writable: true, configurable: true });
}
