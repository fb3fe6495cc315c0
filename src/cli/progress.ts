// One line that says how far some work is, on a terminal and nowhere else, gone when there is something to read.
import { type CliIo, isTerminal } from "./io.ts";

export interface Progress {
  show(text: string): void;
  clear(): void;
}

// More often than this nobody can read it, and a terminal over a slow line would be busy with nothing else.
const intervalMs = 80;

export function createProgress({ stderr }: Pick<CliIo, "stderr">): Progress {
  if (!isTerminal(stderr)) return { show() {}, clear() {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      const now = performance.now();
      if (now - shownAt < intervalMs) return;
      shownAt = now;
      stderr.write(`\r\u001b[K${text}`);
    },
    clear() {
      if (shownAt !== Number.NEGATIVE_INFINITY) stderr.write("\r\u001b[K");
      shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}
