// A child process that makes scripts of programs, one at a time, watched and killed like one that runs them. Whatever a program
// does to it, no run is in there.
import { setPriority } from "node:os";
import type { Program } from "../workspace/program.ts";
import { forkChild } from "./fork.ts";
import { programKey } from "./program-key.ts";
import type { CompiledMessage, CompileMessage, ProgramScript, ReadyMessage } from "./protocol.ts";
import { type MemoryWatch, watchMemory } from "./resident.ts";

export interface CompileProcess {
  /** Gives a program's script; null where it can be none, or where the process was lost over it. One at a time. */
  compile(program: Program): Promise<ProgramScript | null>;
  /** Whether it can take another program. Once false it stays false. */
  isAlive(): boolean;
  end(): Promise<void>;
}

// 640 modules take 0.1 s. What takes this long, on however busy a machine, is not worth it.
const timeMs = 10_000;
// What it may grow by over one program, beside the allowance that every process has.
const memoryMegabytes = 256;
// A third of a run's share of a busy machine: nobody waits for it, and yet each script saves runs that are slower without.
const niceness = 5;

/** Starts the process. */
export function startCompileProcess(watch: MemoryWatch): CompileProcess {
  const child = forkChild("compile-main");
  let alive = true;
  // Read, so that it is never blocked on it.
  child.stderr?.resume();
  child.on("error", () => {});
  if (child.pid !== undefined) lowerPriority(child.pid);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => {
      if (child.pid === undefined) resolve();
    });
  }).then(() => {
    alive = false;
  });
  const ready = new Promise<void>((resolve) => child.once("message", () => resolve()));

  function kill(): void {
    alive = false;
    child.kill("SIGKILL");
  }

  async function compile(program: Program): Promise<ProgramScript | null> {
    await Promise.race([ready, gone]);
    if (!alive) return null;
    const key = programKey(program);
    const answer = Promise.withResolvers<ProgramScript | null>();
    const take = (message: CompiledMessage | ReadyMessage): void => {
      if (message.kind === "compiled" && message.program === key) answer.resolve(message.script);
    };
    child.on("message", take);
    const deadline = setTimeout(kill, timeMs);
    const stopWatching = watchMemory(child.pid, memoryMegabytes, watch, kill);
    const { entry, modules } = program;
    child.send({ kind: "compile", program: key, entry, modules } satisfies CompileMessage, () => {});
    try {
      return await Promise.race([answer.promise, gone.then(() => null)]);
    } finally {
      child.off("message", take);
      clearTimeout(deadline);
      stopWatching();
    }
  }

  return {
    compile,
    isAlive: () => alive,
    end: () => {
      kill();
      return gone;
    },
  };
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It is gone already.
  }
}
