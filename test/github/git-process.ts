// Runs the git binary, away from the configuration of whoever runs the tests. It knows no repository and no command.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

// No configuration of the machine may change what a test sees, and nothing may wait for a password.
const environment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

// Repositories live as long as a test: waiting for the disk would only cost time.
const configuration = ["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "advice.detachedHead=false"];

/** Starts git in a folder and gives the process. */
export function spawnGit(
  directory: string,
  args: readonly string[],
  extraEnvironment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn("git", [...configuration, ...args], { cwd: directory, env: { ...environment, ...extraEnvironment } });
}

export interface GitResult {
  readonly code: number;
  readonly output: Buffer;
  readonly complaint: string;
}

/** Runs git to its end and gives what it said, also when it failed. `input` goes to its standard input. */
export function tryGit(
  directory: string,
  args: readonly string[],
  input: Uint8Array | string = "",
  extraEnvironment: Readonly<Record<string, string>> = {},
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawnGit(directory, args, extraEnvironment);
    const output: Buffer[] = [];
    const complaint: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaint.push(chunk));
    // A git that fails early closes its input first; its complaint says more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, output: Buffer.concat(output), complaint: Buffer.concat(complaint).toString() }),
    );
    child.stdin.end(input);
  });
}

/** Runs git to its end and gives its output; throws with git's complaint where it fails. */
export async function runGit(
  directory: string,
  args: readonly string[],
  input: Uint8Array | string = "",
  extraEnvironment: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const result = await tryGit(directory, args, input, extraEnvironment);
  if (result.code !== 0) throw new Error(`Cannot run git ${args[0]}: ${result.complaint.trim()}`);
  return result.output;
}
