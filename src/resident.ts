// How much memory a process holds, read from outside it: one that a few lines of hostile text have grow cannot say so itself.
import { readFileSync } from "node:fs";

// The unit of /proc/<pid>/statm. Linux on x64 and most arm64 builds has pages of 4 KiB; where they are larger the number
// comes out too small, which errs on the side of letting a process go on.
const pageBytes = 4096;

/** The resident set of a process in megabytes (2^20 bytes), or `undefined` where it is gone or there is no /proc. */
export function residentMegabytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ", 2)[1]);
    return Number.isFinite(pages) ? (pages * pageBytes) / 1024 / 1024 : undefined;
  } catch {
    return undefined;
  }
}
