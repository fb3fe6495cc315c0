// One shell for all blocks of a page: what a block sets or where it goes holds for those after it.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface ShellSession {
  /** Runs lines and gives everything that they printed. Throws, with that, where one of them fails; or, where it `fails`, none. */
  run(text: string, options?: { readonly fails?: boolean }): Promise<string>;
  /** Starts lines in the background, with what they print in a file. */
  start(text: string, log: string): Promise<void>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** Starts a shell. `scratch` is a folder for its scripts. */
export function startShell(cwd: string, env: Readonly<Record<string, string>>, scratch: string): ShellSession {
  // A group of its own, so that what it has in the background ends with it.
  const bash = spawn("bash", ["--noprofile", "--norc"], { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(bash, "close");
  const mark = `end-of-block-${randomBytes(8).toString("hex")}`;
  let output = "";
  let told: (() => void) | undefined;
  for (const stream of [bash.stdout, bash.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
      told?.();
    });
  }
  let isOver = false;
  bash.once("close", () => {
    isOver = true;
    told?.();
  });
  let blocks = 0;
  const fileOf = async (text: string) => {
    blocks += 1;
    const file = join(scratch, `block-${blocks}.sh`);
    await writeFile(file, text);
    return file;
  };
  const send = async (line: string): Promise<{ readonly printed: string; readonly code: number | undefined }> => {
    output = "";
    bash.stdin.write(`${line}\nprintf '\\n%s %d\\n' ${mark} $?\n`);
    for (;;) {
      const [printed = "", rest] = output.split(`\n${mark} `, 2);
      const code = /^(\d+)\n/.exec(rest ?? "")?.[1];
      if (code !== undefined) return { printed, code: Number(code) };
      if (isOver) return { printed: output, code: undefined };
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  return {
    async run(text, { fails = false } = {}) {
      const file = await fileOf(text);
      const { printed, code } = await send(`${fails ? "set +e" : "set -e"}; . ${file} </dev/null 2>&1`);
      if (fails !== (code !== 0)) throw new Error(`${fails ? "It did not fail" : "It failed"}:\n${text}\n${printed}`);
      return printed;
    },
    async start(text, log) {
      const file = await fileOf(text);
      await send(`( . ${file} ) </dev/null >${log} 2>&1 &`);
    },
    async close() {
      if (bash.pid !== undefined && !isOver) process.kill(-bash.pid, "SIGTERM");
      await ended;
    },
  };
}
