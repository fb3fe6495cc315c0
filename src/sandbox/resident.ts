// A watch over the memory of a process, from outside it: the isolate's own limit can be outrun by a few lines of code, and then
// nothing inside the process can say so any more.
import { residentMegabytes } from "../resident.ts";

/** How a process's memory is watched. */
export interface MemoryWatch {
  /** How often the resident set is looked at. */
  readonly watchIntervalMs: number;
  /** What a process may grow by beyond its run's memory limit before it is reported. */
  readonly residentAllowanceMegabytes: number;
  /** What a process may weigh at all, whatever the run's limit. */
  readonly residentMegabytesMax: number | undefined;
}

/**
 * Looks at a process's resident set from now on and calls back once when it is too large. What the process weighs now is
 * its own and not the run's. Gives the function that stops the watch.
 */
export function watchMemory(
  pid: number | undefined,
  memoryMegabytes: number,
  { watchIntervalMs, residentAllowanceMegabytes, residentMegabytesMax }: MemoryWatch,
  tooLarge: () => void,
): () => void {
  if (pid === undefined) return () => {};
  const most = Math.min(
    (residentMegabytes(pid) ?? 0) + memoryMegabytes + residentAllowanceMegabytes,
    residentMegabytesMax ?? Number.POSITIVE_INFINITY,
  );
  const timer = setInterval(() => {
    if ((residentMegabytes(pid) ?? 0) <= most) return;
    clearInterval(timer);
    tooLarge();
  }, watchIntervalMs);
  return () => clearInterval(timer);
}
