// Options that several commands take, and how their values are read.
import { type Command, InvalidArgumentError } from "commander";
import type { RunLimits } from "../workspace/run.ts";
import { parseOrganizationId, slugProblem } from "../workspace/scope.ts";

export interface FolderOptions {
  readonly global?: string;
  readonly scope?: string;
}

export interface LimitOptions {
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
  readonly outputLimit?: number;
  readonly resultLimit?: number;
}

export function addFolderOptions(command: Command): Command {
  return command
    .option("--global <dir>", "checkout of the global modules (default: none; not used when DIR is global itself)")
    .option(
      "--scope <slug>",
      "organisation that DIR belongs to, or global (default: the scope in .github/bifrost.yml, else the folder's name)",
      readScope,
    );
}

export function addLimitOptions(command: Command): Command {
  return (
    command
      .option("--time-limit <seconds>", "wall time of one run (default: 10)", readBetween(0.01, 86_400))
      // V8 itself needs some 8 MB to start an isolate.
      .option("--memory-limit <megabytes>", "memory of one run (default: 128)", readBetween(8, 16_384))
      .option("--output-limit <kilobytes>", "console output of one run (default: 1024)", readBetween(1, 1_048_576))
      .option("--result-limit <kilobytes>", "result of one run (default: 1024)", readBetween(1, 1_048_576))
  );
}

/** The limits that were asked for; those left out keep their defaults. */
export function limitsOf({ timeLimit, memoryLimit, outputLimit, resultLimit }: LimitOptions): Partial<RunLimits> {
  return {
    ...(timeLimit !== undefined && { wallTimeMs: timeLimit * 1000 }),
    ...(memoryLimit !== undefined && { memoryMegabytes: memoryLimit }),
    ...(outputLimit !== undefined && { outputBytes: outputLimit * 1024 }),
    ...(resultLimit !== undefined && { resultBytes: resultLimit * 1024 }),
  };
}

/** Reads how many of something are wanted at most. */
export function readCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 100_000)
    throw new InvalidArgumentError("Give a number from 1 to 100000.");
  return value;
}

function readScope(text: string): string {
  const problem = text === "global" || parseOrganizationId(text) ? undefined : slugProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

function readBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(?:\.\d+)?$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    }
    return value;
  };
}
