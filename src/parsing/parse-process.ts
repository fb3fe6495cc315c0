// One child process that parses, started with the first sources and anew after it was lost.
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModuleRecord } from "../link/record.ts";
import type { SourceToParse } from "./parser.ts";

export interface ParseProcess {
  /** Gives the record of each source, or `undefined` where the process was lost on the way. One call at a time. */
  ask(sources: readonly SourceToParse[], timeoutMs: number): Promise<ModuleRecord[] | undefined>;
  /** Starts the process, so that the first sources need not wait for it. */
  start(): void;
  /** Ends the process, and what is being asked with it. */
  close(): Promise<void>;
}

// In the npm package, which holds JavaScript, it ends otherwise.
const childMain = fileURLToPath(new URL(`child${extname(import.meta.filename)}`, import.meta.url));

export function createParseProcess(): ParseProcess {
  let child: ChildProcess | undefined;
  let isClosed = false;

  const start = (): ChildProcess => {
    if (child) return child;
    const started = startChild();
    // Also while nobody asks: whoever asks next is given another.
    const forget = () => {
      if (child === started) child = undefined;
    };
    started.on("exit", forget).on("error", forget);
    child = started;
    return started;
  };

  return {
    start() {
      if (!isClosed) start();
    },
    ask(sources, timeoutMs) {
      if (isClosed) return Promise.resolve(undefined);
      const asked = start();
      return new Promise((resolve) => {
        const end = (records: ModuleRecord[] | undefined) => {
          clearTimeout(timer);
          asked.off("message", end).off("exit", lose).off("error", lose);
          resolve(records);
        };
        const lose = () => end(undefined);
        const timer = setTimeout(() => asked.kill("SIGKILL"), timeoutMs);
        asked.on("message", end).on("exit", lose).on("error", lose);
        // A child that is gone by now is noticed by its exit.
        asked.send([...sources], () => {});
      });
    },
    async close() {
      isClosed = true;
      const last = child;
      if (last === undefined) return;
      const gone = new Promise((resolve) => last.once("exit", resolve));
      last.kill("SIGKILL");
      await gone;
    },
  };
}

function startChild(): ChildProcess {
  return fork(childMain, [], {
    execPath: process.execPath,
    // Sources are 1 MiB at most, and what is read of some is thrown away before the next.
    execArgv: ["--max-old-space-size=512", "--disable-warning=ExperimentalWarning"],
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // Records hold Maps and Sets.
    serialization: "advanced",
  });
}
