// The only place where workflow code runs: an isolate of its own for each run, in a pool of child processes that hold no
// credentials and can be killed.
import type { Walls } from "../confinement/walls.ts";
import type { RunOutcome, RunRequest } from "../workspace/run.ts";

export interface Sandbox {
  /** How many runs of one key are under way at most: half of the processes, at least one; all of them without a key. */
  runsAtOnce(fairnessKey: string | undefined): number;
  /**
   * Runs a linked program in a fresh isolate. Whatever the code does ends as the outcome; only our own failures throw,
   * also those of the request's `dynamicImport`.
   */
  run(request: RunRequest): Promise<RunOutcome>;
  /** Which of the kernel's walls stand around the process that was started last; `undefined` until one was. */
  walls(): Walls | undefined;
  /** Ends the child processes; runs under way end with the diagnostic `sandbox-lost`. */
  close(): Promise<void>;
}
