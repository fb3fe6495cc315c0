// Work that would keep everybody else in the process waiting: between two of its steps it lets others go first.
import { setImmediate } from "node:timers/promises";

// Short beside the time in which an answer is expected, and long beside what a turn of the event loop costs.
const atOnceMs = 20;

/** Gives what is to be awaited between two steps; it waits where the steps have taken a while since it last did. */
export function createBreath(): () => Promise<void> {
  let startedAt = performance.now();
  return async () => {
    if (performance.now() - startedAt < atOnceMs) return;
    await setImmediate();
    startedAt = performance.now();
  };
}
