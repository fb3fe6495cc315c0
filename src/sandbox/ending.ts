// The diagnostics of runs that end for a reason of ours: a limit, a cancellation, a lost process. What workflow code does
// wrong by itself is worded in child/failure.ts.
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { ModuleUrl } from "../workspace/program.ts";
import type { RunLimits } from "../workspace/run.ts";

/** Slug and path of a module's URL; nulls for anything that is not the URL of a workspace file. */
export function placeOf(url: ModuleUrl): { readonly scope: string | null; readonly path: string | null } {
  const match = /^bifrost:\/\/([^/]+)\/(.+)$/s.exec(url);
  return { scope: match?.[1] ?? null, path: match?.[2] ?? null };
}

function endingOf(entry: ModuleUrl, rest: Pick<Diagnostic, "code" | "message" | "remedy">): Diagnostic {
  return { severity: "error", ...placeOf(entry), line: null, column: null, ...rest };
}

/** The run was still going when its time was up. */
export function timeoutDiagnostic(entry: ModuleUrl, limits: RunLimits): Diagnostic {
  return endingOf(entry, {
    code: "timeout",
    message: `The workflow did not finish within ${limits.wallTimeMs} ms`,
    remedy: "Look for a loop that does not end or a promise that does not settle, or do less in one run",
  });
}

/** Nothing is left that could settle the promise that the run waits for, so waiting for the limit would change nothing. */
export function unsettledDiagnostic(entry: ModuleUrl): Diagnostic {
  return endingOf(entry, {
    code: "timeout",
    message:
      "The workflow never finished: a promise did not settle, and no timer or import is left that could settle it",
    remedy: "Make sure that every promise that is awaited is resolved or rejected",
  });
}

/** The isolate or its process outgrew the limit. */
export function memoryDiagnostic(entry: ModuleUrl, limits: RunLimits): Diagnostic {
  return endingOf(entry, {
    code: "memory-limit",
    message: `The workflow used more than ${limits.memoryMegabytes} MB of memory`,
    remedy: "Work on smaller pieces at a time and let go of what is done",
  });
}

/** Too much was written to the console. What was written up to the limit is in the run's logs. */
export function outputDiagnostic(entry: ModuleUrl, limits: RunLimits): Diagnostic {
  return endingOf(entry, {
    code: "output-limit",
    message: `The workflow wrote more than ${limits.outputBytes} bytes or ${outputLinesMax} lines to the console`,
    remedy: "Log less, or log summaries in place of whole objects",
  });
}

/** The default export returned too much. */
export function resultDiagnostic(entry: ModuleUrl, limits: RunLimits): Diagnostic {
  return endingOf(entry, {
    code: "output-limit",
    message: `The result is more than ${limits.resultBytes} bytes of JSON`,
    remedy: "Return less: a summary, or one part at a time",
  });
}

/** The process died or was ended while the run was under way, through no known doing of the run. */
export function lostDiagnostic(entry: ModuleUrl, why: string): Diagnostic {
  return endingOf(entry, {
    code: "sandbox-lost",
    message: `The run was lost: ${why}`,
    remedy: "Run it again",
  });
}

/** Whoever asked for the run called it off. */
export function cancelledDiagnostic(entry: ModuleUrl): Diagnostic {
  return {
    severity: "error",
    ...placeOf(entry),
    line: null,
    column: null,
    code: "cancelled",
    message: "The run was cancelled",
  };
}

/** A line costs memory beyond its text, so that empty lines without end would pass a limit of bytes alone. */
export const outputLinesMax = 50_000;
