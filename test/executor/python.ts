// The executor of examples/executor as a process.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { python } from "../docs/snippets.ts";

const examples = fileURLToPath(new URL("../../examples/executor/", import.meta.url));
const pausedReader = fileURLToPath(new URL("paused_reader.py", import.meta.url));

/** Starts Python with the executor's modules at hand. */
export function startPython(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  return spawn(python, args, {
    env: { PATH: process.env.PATH, PYTHONPATH: examples, PYTHONDONTWRITEBYTECODE: "1", ...env },
  });
}

export interface PausedRead {
  /** How often modules were asked for. */
  readonly reads: number;
  /** Contents by path. */
  readonly read: unknown;
}

/** Takes a snapshot of an organisation and reads paths of it, while `meanwhile` happens before the first read of modules. */
export async function readWhile(
  env: Readonly<Record<string, string>>,
  organization: string,
  paths: readonly string[],
  meanwhile: () => Promise<void>,
): Promise<PausedRead> {
  const child = startPython([pausedReader, organization, ...paths], env);
  const stderr: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text) => stderr.push(text));
  let reads = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== "reading") return { reads, read: JSON.parse(line) };
    reads += 1;
    if (reads === 1) await meanwhile();
    child.stdin.write("\n");
  }
  throw new Error(stderr.join(""));
}
