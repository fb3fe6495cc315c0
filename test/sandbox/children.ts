// The child processes of the process that runs a test, as Linux lists them.
import { readFileSync } from "node:fs";

/** The ids of this process's own children. */
export function children(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
}

/** Those that were not there before. */
export function childrenAfter(before: readonly string[]): string[] {
  return children().filter((pid) => !before.includes(pid));
}

/** The resident set of a process in megabytes (2^20 bytes). */
export function residentMegabytes(pid: string): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
