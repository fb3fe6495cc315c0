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
  return command
    .option("--time-limit <seconds>", "wall time of one run (default: 10)", readPositive)
    .option("--memory-limit <megabytes>", "memory of one run (default: 128)", readPositive);
}

/** The limits that were asked for; those left out keep their defaults. */
export function limitsOf({ timeLimit, memoryLimit }: LimitOptions): Partial<RunLimits> {
  return {
    ...(timeLimit !== undefined && { wallTimeMs: timeLimit * 1000 }),
    ...(memoryLimit !== undefined && { memoryMegabytes: memoryLimit }),
  };
}

function readScope(text: string): string {
  const problem = text === "global" || parseOrganizationId(text) ? undefined : slugProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

function readPositive(text: string): number {
  const value = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError("Give a number above 0.");
  return value;
}
