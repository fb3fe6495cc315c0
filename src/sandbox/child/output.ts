// What a run writes to the console, on its way to the parent: counted, cut at the limit, sent in small batches. Batches leave
// while the workflow still runs, so that a run that has to be killed keeps most of its log.
import { type LogLevel, type LogLine, logLevels } from "../../workspace/run.ts";
import { outputLinesMax } from "../ending.ts";

// A message to the parent costs some 20 µs: one for every line would be dear, one at the end would be lost with a kill.
const batchLinesMax = 64;
const batchPauseMs = 10;

export interface Output {
  /** Takes a line. Gives false, once and for all, when the limit is passed; what fits is kept. */
  write(level: unknown, message: unknown): boolean;
  flush(): void;
}

/** Makes the output of one run. `send` is called with each batch; `bytesMax` counts UTF-8 and one for each line's end. */
export function createOutput(bytesMax: number, send: (lines: readonly LogLine[]) => void): Output {
  let batch: LogLine[] = [];
  let bytesLeft = bytesMax;
  let linesLeft = outputLinesMax;
  let sentAt = Number.NEGATIVE_INFINITY;

  function flush(): void {
    if (batch.length > 0) send(batch);
    batch = [];
    sentAt = performance.now();
  }

  return {
    write: (level, message) => {
      const text = String(message);
      const bytes = Buffer.byteLength(text) + 1;
      const fits = bytes <= bytesLeft && linesLeft > 0;
      const kept = fits ? text : Buffer.from(text).subarray(0, Math.max(0, bytesLeft)).toString();
      if (linesLeft > 0 && (fits || kept !== "")) batch.push({ level: levelOf(level), message: kept });
      linesLeft -= 1;
      bytesLeft = fits ? bytesLeft - bytes : 0;
      if (batch.length >= batchLinesMax || performance.now() - sentAt > batchPauseMs) flush();
      return fits;
    },
    flush,
  };
}

function levelOf(level: unknown): LogLevel {
  return logLevels.find((known) => known === level) ?? "info";
}
