// One child process and the run it is busy with: starts it, watches its time and its memory from outside, and kills it when
// its own limits do not hold. Which run goes to which process is the pool's business.
import type { ChildProcess } from "node:child_process";
import { noWalls, type Walls } from "../confinement/walls.ts";
import { Fault } from "../errors.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import type { Program } from "../workspace/program.ts";
import type { LogLine, RunLimits, RunOutcome, RunRequest } from "../workspace/run.ts";
import { readChildMessage } from "./child-message.ts";
import {
  cancelledDiagnostic,
  lostDiagnostic,
  memoryDiagnostic,
  outputDiagnostic,
  timeoutDiagnostic,
} from "./ending.ts";
import { forkChild } from "./fork.ts";
import { programKey } from "./program-key.ts";
import type { ImportMessage, ParentMessage } from "./protocol.ts";
import { type MemoryWatch, watchMemory } from "./resident.ts";
import type { Scripts } from "./scripts.ts";

export interface SandboxProcess {
  /** Runs a program; called only while no other run is under way here. Rejects with what its `dynamicImport` threw. */
  run(request: RunRequest, limits: RunLimits): Promise<RunOutcome>;
  /** Settles with its walls when the process can take a run; rejects with a Fault when it cannot be started. */
  readonly ready: Promise<Walls>;
  /** Settles when the process has ended, for whatever reason. */
  readonly gone: Promise<void>;
  /** Whether it can take another run. Once false it stays false. */
  isAlive(): boolean;
  /** Whether it has run this program before, and so is likely to run it sooner than another process would. */
  knows(program: Program): boolean;
  /** Kills it. A run under way ends as lost, for the reason given. Settles when the process is gone. */
  end(why: string): Promise<void>;
}

export interface SandboxProcessOptions extends MemoryWatch {
  /** How long after the run's time a process that has not answered is killed. */
  readonly graceMs: number;
  /** Scripts of programs, shared by every process of a pool. */
  readonly scripts: Pick<Scripts, "of" | "countRun" | "refuse">;
}

// Of what V8 says when it dies, to tell an exhausted heap from other deaths.
const lastWordsMax = 4096;

interface CurrentRun {
  readonly number: number;
  readonly request: RunRequest;
  readonly limits: RunLimits;
  /** The key of the program. */
  readonly program: string;
  readonly startedAt: number;
  readonly logs: LogLine[];
  /** What is left of `limits.outputBytes`, counted again here: the child is not believed. */
  outputBytesLeft: number;
  /** Sends the run to the process, with the program's modules or without. */
  start(withModules: boolean): void;
  finish(diagnostics: readonly Diagnostic[], result: unknown): void;
  /** Ends the run, and the process with it, for a failure of ours. */
  fail(fault: unknown): void;
}

let runLast = 0;

/** Starts a child process. */
export function startProcess(options: SandboxProcessOptions): SandboxProcess {
  const child = forkChild("main");
  let alive = true;
  let current: CurrentRun | undefined;
  /** Keys of programs that the process was sent. It holds most of them, and says where it does not. */
  const told = new Set<string>();
  /** Keys of those that it was sent as a script. */
  const toldAsScript = new Set<string>();
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-lastWordsMax);
  });

  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    // Emitted in place of "exit" where the process could not be started at all.
    child.once("error", () => {
      if (child.pid === undefined) resolve();
    });
  });
  const ready = new Promise<Walls>((resolve, reject) => {
    child.once("message", (value: unknown) => {
      const message = readChildMessage(value);
      resolve(message?.kind === "ready" ? message.walls : noWalls);
    });
    void gone.then(() => {
      alive = false;
      reject(new Fault("sandbox-unavailable", "Cannot start a process of the sandbox", { cause: lastWords }));
    });
  });
  // Whoever waits for it sees the fault; a process that is killed while nobody waits is no unhandled rejection.
  ready.catch(() => {});

  function kill(): void {
    alive = false;
    child.kill("SIGKILL");
  }

  /** Ends the current run and the process with it. */
  function abandon(diagnostic: Diagnostic): void {
    kill();
    current?.finish([diagnostic], null);
  }

  /** Ends a process that says what no child of ours says. */
  function abandonAsBroken(): void {
    kill();
    if (current)
      current.finish([lostDiagnostic(current.request.program.entry, "its process said what none says")], null);
  }

  child.on("message", (value: unknown) => {
    const run = current;
    const message = readChildMessage(value);
    if (message === undefined) {
      abandonAsBroken();
      return;
    }
    if (run === undefined || message.kind === "ready" || message.run !== run.number) return;
    if (message.kind === "unknown") run.start(true);
    else if (message.kind === "log") takeLogs(run, message.lines, abandon);
    else if (message.kind === "import") void answerImport(child, run, message);
    else {
      // An isolate that ran out of memory leaves its process in doubt.
      if (message.isSpent || message.diagnostics.some(({ code }) => code === "memory-limit")) kill();
      const result = readResult(message.result, run.limits);
      if (result === undefined) {
        abandonAsBroken();
        return;
      }
      if (message.isScriptable === true) options.scripts.countRun(run.request.program);
      else if (message.isScriptable === false) options.scripts.refuse(run.request.program);
      run.finish(message.diagnostics, result.value);
    }
  });
  // A message that could not be delivered: the process is going or gone, and "exit" tells the rest.
  child.on("error", () => {});
  void gone.then(() => {
    alive = false;
    const run = current;
    if (run === undefined) return;
    const outOfMemory = /heap_oom|out of memory|allocation failed/i.test(lastWords);
    run.finish(
      [
        outOfMemory
          ? memoryDiagnostic(run.request.program.entry, run.limits)
          : lostDiagnostic(run.request.program.entry, "its process ended unexpectedly"),
      ],
      null,
    );
  });

  function run(request: RunRequest, limits: RunLimits): Promise<RunOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<RunOutcome>();
    const { entry } = request.program;
    let stopWatching: (() => void) | undefined;
    runLast += 1;
    // One more turn of the loop before the kill: an answer may be waiting behind whatever kept this process busy.
    const deadline = setTimeout(
      () => setImmediate(() => setImmediate(() => current === mine && abandon(timeoutDiagnostic(entry, limits)))),
      limits.wallTimeMs + options.graceMs,
    );
    const onAbort = (): void => abandon(cancelledDiagnostic(entry));
    const leave = (): void => {
      current = undefined;
      clearTimeout(deadline);
      stopWatching?.();
      request.signal?.removeEventListener("abort", onAbort);
    };
    const mine: CurrentRun = {
      number: runLast,
      request,
      limits,
      startedAt: performance.now(),
      logs: [],
      outputBytesLeft: limits.outputBytes,
      program: programKey(request.program),
      start: (withModules) => {
        const { program, mode } = request;
        const input = JSON.stringify(request.input);
        const script = withModules || !toldAsScript.has(mine.program) ? options.scripts.of(program) : undefined;
        told.add(mine.program);
        if (script) toldAsScript.add(mine.program);
        tell(child, {
          kind: "run",
          run: mine.number,
          entry,
          program: mine.program,
          ...(withModules && { modules: program.modules }),
          ...(script && { script }),
          mode,
          ...(input !== undefined && { input }),
          context: JSON.stringify(request.context),
          limits,
        });
      },
      finish: (diagnostics, result) => {
        if (current !== mine) return;
        leave();
        const durationMs = Math.round((performance.now() - mine.startedAt) * 100) / 100;
        resolve({ ok: !hasErrors(diagnostics), result, logs: mine.logs, durationMs, diagnostics });
      },
      fail: (fault) => {
        if (current !== mine) return;
        leave();
        kill();
        reject(fault);
      },
    };
    current = mine;
    request.signal?.addEventListener("abort", onAbort, { once: true });
    mine.start(!told.has(mine.program));
    // Once the message is on its way: reading what the process weighs takes as long as the message.
    stopWatching = watchMemory(child.pid, limits.memoryMegabytes, options, () =>
      abandon(memoryDiagnostic(entry, limits)),
    );
    return promise;
  }

  return {
    run,
    ready,
    gone,
    isAlive: () => alive,
    knows: (program) => told.has(programKey(program)),
    end: (why) => {
      kill();
      current?.finish([lostDiagnostic(current.request.program.entry, why)], null);
      return gone;
    },
  };
}

function tell(child: ChildProcess, message: ParentMessage): void {
  if (child.connected) child.send(message);
}

/** What a run returned, out of its JSON; `undefined` where it is none, or more than the child may give. */
function readResult(json: string | null, { resultBytes }: RunLimits): { readonly value: unknown } | undefined {
  if (json === null) return { value: null };
  if (Buffer.byteLength(json) > resultBytes) return undefined;
  try {
    return { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

function takeLogs(run: CurrentRun, lines: readonly LogLine[], abandon: (diagnostic: Diagnostic) => void): void {
  for (const line of lines) {
    run.outputBytesLeft -= Buffer.byteLength(line.message);
    if (run.outputBytesLeft < 0) {
      abandon(outputDiagnostic(run.request.program.entry, run.limits));
      return;
    }
    run.logs.push(line);
  }
}

/** Asks whoever asked for the run, and tells the child what came of it. */
async function answerImport(child: ChildProcess, run: CurrentRun, message: ImportMessage): Promise<void> {
  const reply = { run: run.number, request: message.request };
  const refuse = (why: string): void => tell(child, { kind: "import-refused", ...reply, message: why });
  const { dynamicImport } = run.request;
  if (dynamicImport === undefined) {
    refuse(`Cannot import "${message.specifier}": this run imports nothing that was not linked before`);
    return;
  }
  try {
    const answer = await dynamicImport(message.specifier, message.importer);
    if ("diagnostic" in answer) refuse(answer.diagnostic.message);
    else tell(child, { kind: "imported", ...reply, entry: answer.program.entry, modules: answer.program.modules });
  } catch (fault) {
    // Ours and not the code's, which could catch a rejection or fail because of it: the run says nothing about the author.
    run.fail(fault);
  }
}
