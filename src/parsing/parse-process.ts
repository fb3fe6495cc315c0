// One child process that parses, started with the first sources and anew after it was lost.
import type { ChildProcess } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { forkConfined } from "../confinement/confine.ts";
import type { ModuleRecord } from "../link/record.ts";
import { residentMegabytes } from "../resident.ts";
import { type ParseMessage, ready } from "./parse-message.ts";

/** The record of each source; or the process was lost on the way: it died by itself, or took more than it may and was killed. */
export type ParseAnswer =
  | { readonly kind: "read"; readonly records: ModuleRecord[] }
  | { readonly kind: "died" | "killed" };

export interface ParseProcess {
  /** Has sources parsed. One call at a time. */
  ask(message: ParseMessage, timeoutMs: number): Promise<ParseAnswer>;
  /** Starts the process, so that the first sources need not wait for it. */
  start(): void;
  /** Ends the process, and what is being asked with it. */
  close(): Promise<void>;
}

// In the npm package, which holds JavaScript, it ends otherwise.
const childMain = fileURLToPath(new URL(`child${extname(import.meta.filename)}`, import.meta.url));

// Ordinary code of 1 MiB takes some 250 MB. A few kilobytes that are wrong in thousands of places take as much as there is.
const residentMegabytesMax = 1024;
const watchIntervalMs = 50;
// It loads in a tenth of a second, and on a machine that is busy beyond measure in fifty times that: no source is to blame for it.
const startTimeoutMs = 60_000;

/** Makes one that may hold as much memory as this; it is started with the first sources. */
export function createParseProcess(megabytesMax = residentMegabytesMax): ParseProcess {
  let child: ChildProcess | undefined;
  let isClosed = false;
  const loaded = new WeakSet<ChildProcess>();

  const start = (): ChildProcess => {
    if (child) return child;
    const started = startChild();
    // Also while nobody asks: whoever asks next is given another.
    const forget = () => {
      if (child === started) child = undefined;
    };
    started.once("message", () => loaded.add(started));
    started.on("exit", forget).on("error", forget);
    child = started;
    return started;
  };

  return {
    start() {
      if (!isClosed) start();
    },
    ask(message, timeoutMs) {
      if (isClosed) return Promise.resolve({ kind: "killed" });
      const asked = start();
      return new Promise((resolve) => {
        let isKilled = false;
        const end = (answer: ParseAnswer) => {
          clearTimeout(timer);
          clearInterval(watch);
          asked.off("message", read).off("exit", lose).off("error", lose);
          resolve(answer);
        };
        const read = (said: typeof ready | ModuleRecord[]) => {
          if (said !== ready) return end({ kind: "read", records: said });
          clearTimeout(timer);
          timer = setTimeout(kill, timeoutMs);
        };
        const lose = () => end({ kind: isKilled || isClosed ? "killed" : "died" });
        const kill = () => {
          isKilled = true;
          asked.kill("SIGKILL");
        };
        let timer = setTimeout(kill, loaded.has(asked) ? timeoutMs : startTimeoutMs);
        const watch = setInterval(() => {
          if ((residentMegabytes(asked.pid ?? 0) ?? 0) > megabytesMax) kill();
        }, watchIntervalMs);
        asked.on("message", read).on("exit", lose).on("error", lose);
        // A child that is gone by now is noticed by its exit.
        asked.send(message, () => {});
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
  // Sources are 1 MiB at most, and what is read of some is thrown away before the next.
  return forkConfined(childMain, ["--max-old-space-size=512"], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // Records hold Maps and Sets.
    serialization: "advanced",
  });
}
