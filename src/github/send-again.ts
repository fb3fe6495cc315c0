// Short outages: a request is sent again where GitHub may answer better in a moment. Longer waits are the queue's. Octokit's
// plugin does the same through a limiter for each request, whose timers take longer than most of GitHub's answers.
import { setTimeout } from "node:timers/promises";

// Two repetitions, 150 and 600 ms later: what takes longer than that is no hiccup.
const pausesMs = [150, 600];

export interface SendAgainOptions {
  /** Nothing is sent after it was aborted. */
  readonly signal: AbortSignal;
  /** Whether an answer with this status may be better in a moment; 500 stands for no answer as well. */
  readonly isPassing: (status: number) => boolean;
}

/** Sends, and sends again where it failed with a status that passes. Throws what the last try threw. */
export async function sendAgain<T>(send: () => T | Promise<T>, { signal, isPassing }: SendAgainOptions): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await send();
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || !isPassing(status) || signal.aborted) throw error;
      await setTimeout(pauseMs);
    }
  }
  return await send();
}

/** The status that Octokit's error carries, or `undefined` where it is no error of a request. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}
