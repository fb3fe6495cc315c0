// One run in one isolate, from the message that asks for it to the message that ends it. Everything here is synchronous
// between two turns of the event loop: a run has the process to itself, and the parent kills the process when the isolate's
// own limits do not hold. The result is what was sent, never how the process ends.
import type { Diagnostic } from "../../workspace/diagnostic.ts";
import type { ModuleUrl } from "../../workspace/program.ts";
import {
  memoryDiagnostic,
  outputDiagnostic,
  resultDiagnostic,
  timeoutDiagnostic,
  unsettledDiagnostic,
} from "../ending.ts";
import type { IsolateHost } from "../isolate/host.ts";
import type { ChildMessage, ImportedMessage, RunMessage } from "../protocol.ts";
import {
  noDefaultDiagnostic,
  notJsonDiagnostic,
  type Thrown,
  thrownDiagnostic,
  withFrames,
  workflowFrames,
} from "./failure.ts";
import { createGraph, type Graph } from "./graph.ts";
import { compileInto, createHoistedGraph } from "./hoisted-graph.ts";
import { createOutput } from "./output.ts";
import { isSpent } from "./prepare.ts";
import type { HeldProgram } from "./programs.ts";
import { createServices } from "./services.ts";
import { takeStage } from "./stages.ts";
import { thrownOf } from "./thrown.ts";

export interface ChildRun {
  /** Takes the parent's answer to an `import()`. */
  answer(message: ImportedMessage): void;
}

type Ending = { readonly result: string } | { readonly diagnostic: Diagnostic };

// Timers that wait at the same time. Each is an object of this process, outside the isolate's limit.
const timersMax = 10_000;

/** Starts a run; it ends with a `done` message, whatever happens, unless the process is killed first. */
export function startRun(
  message: Omit<RunMessage, "program" | "modules" | "script">,
  program: HeldProgram,
  send: (message: ChildMessage) => void,
): ChildRun {
  const { run, limits } = message;
  const { entry, modules, compiled } = program;
  const startedAt = performance.now();
  const remainingMs = (): number => Math.max(1, Math.ceil(limits.wallTimeMs - (performance.now() - startedAt)));
  const { isolate, context, enter, play, script } = takeStage(limits.memoryMegabytes, program);
  const output = createOutput(limits.outputBytes, (lines) => send({ kind: "log", run, lines }));
  const timers = new Map<number, NodeJS.Timeout | NodeJS.Immediate>();
  /** Imports under way, by request: undefined until the module is being evaluated. */
  const imports = new Map<number, ModuleUrl | undefined>();
  /** The specifiers of those whose attributes say that the module is JSON. */
  const jsonImports = new Map<number, string>();
  let graph: Graph | undefined;
  let ending: Ending | undefined;
  let isOver = false;
  /** Whether V8 took every module that the program came with. */
  let isLinked = false;
  let takesStacks = false;
  const deadline = setTimeout(() => finish({ diagnostic: timeoutDiagnostic(entry, limits) }), limits.wallTimeMs);
  const shownText = (url: string): string | undefined => graph?.shownText(url);

  function finish(how: Ending): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    for (const timer of timers.values()) stop(timer);
    output.flush();
    send({
      kind: "done",
      run,
      result: "result" in how ? how.result : null,
      diagnostics: "diagnostic" in how ? [how.diagnostic] : [],
      ...(isLinked && { isScriptable: !takesStacks }),
      ...(isSpent() && { isSpent: true }),
    });
    if (!isolate.isDisposed) isolate.dispose();
  }

  /** Enters the isolate, and then sees what has come of it. */
  function task(work: () => void): void {
    if (isOver) return;
    try {
      work();
    } catch (error) {
      fault(error);
    }
    if (ending !== undefined) finish(ending);
    else if (timers.size === 0 && imports.size === 0) finish({ diagnostic: unsettledDiagnostic(entry) });
  }

  /** An error that came out of the isolate: a limit, a module that failed, or a promise that nobody handled. */
  function fault(error: unknown): void {
    if (ending !== undefined && "diagnostic" in ending) return;
    const thrown = thrownOf(error);
    if (isolate.isDisposed) {
      ending = { diagnostic: memoryDiagnostic(entry, limits) };
    } else if (thrown.message === "Script execution timed out." && performance.now() - startedAt >= limits.wallTimeMs) {
      ending = { diagnostic: withFrames(timeoutDiagnostic(entry, limits), workflowFrames(thrown.stack, shownText)) };
    } else if (!rejectFailedImports()) {
      ending = { diagnostic: errorDiagnostic(thrown) };
    }
  }

  function errorDiagnostic(thrown: Thrown): Diagnostic {
    // What the isolate's allocator says at its limit: the heap's own overflow ends the isolate, this one is an error.
    if (thrown.name !== "RangeError" || thrown.message !== "Array buffer allocation failed") {
      return thrownDiagnostic(thrown, entry, shownText);
    }
    return withFrames(memoryDiagnostic(entry, limits), workflowFrames(thrown.stack, shownText));
  }

  /** isolated-vm tells of a module that failed as of any unhandled rejection, so every import under way is asked again. */
  function rejectFailedImports(): boolean {
    let isAny = false;
    for (const [request, url] of imports) {
      if (url === undefined) continue;
      try {
        graph?.probe(url, remainingMs());
      } catch (error) {
        isAny = true;
        rejectImport(request, thrownOf(error));
      }
    }
    return isAny;
  }

  function rejectImport(request: number, { name, message, stack }: Thrown): void {
    imports.delete(request);
    try {
      enter.applySync(undefined, ["import", request, name, message, stack], { timeout: remainingMs() });
    } catch (error) {
      fault(error);
    }
  }

  function importHere(request: number, url: ModuleUrl): void {
    const asJson = jsonImports.get(request);
    jsonImports.delete(request);
    if (asJson !== undefined && !url.endsWith(".json")) {
      rejectImport(request, { name: "TypeError", message: `Module "${asJson}" is not of type "json"`, stack: "" });
      return;
    }
    imports.set(request, url);
    graph?.evaluate(request, url, remainingMs());
  }

  const host: IsolateHost = {
    ...createServices(),
    log: (level, text) => {
      if (isOver || output.write(level, text)) return;
      ending ??= { diagnostic: outputDiagnostic(entry, limits) };
      // Nothing that the code can catch would stop it.
      isolate.dispose();
    },
    startTimer: (id, delayMs, kind) => {
      if (timers.size >= timersMax) throw new RangeError(`A run has at most ${timersMax} timers at a time`);
      const fire = (): void => {
        if (kind !== "interval") timers.delete(id);
        task(() => enter.applySync(undefined, ["timer", id, "", "", ""], { timeout: remainingMs() }));
      };
      if (kind === "immediate") timers.set(id, setImmediate(fire));
      // A delay that Node would take for another one, it takes for the same one here: Infinity is 1 ms.
      else timers.set(id, kind === "interval" ? setInterval(fire, Number(delayMs)) : setTimeout(fire, Number(delayMs)));
    },
    stopTimer: (id) => {
      const timer = timers.get(id);
      if (timer !== undefined) stop(timer);
      timers.delete(id);
    },
    importModule: (request, specifier, importer, isJson) => {
      imports.set(request, undefined);
      if (isJson) jsonImports.set(request, specifier);
      const url = graph?.find(importer, specifier);
      // Never at once: this is a call from inside the isolate.
      if (url !== undefined) setImmediate(() => task(() => importHere(request, url)));
      else send({ kind: "import", run, request, specifier, importer: importer as ModuleUrl });
    },
    imported: (request) => {
      imports.delete(request);
    },
    finish: (result) => {
      ending ??=
        Buffer.byteLength(result) > limits.resultBytes ? { diagnostic: resultDiagnostic(entry, limits) } : { result };
    },
    fail: (kind, name, text, stack) => {
      const thrown = { name, message: text, stack };
      if (kind === "no-default") ending ??= { diagnostic: noDefaultDiagnostic(entry, name) };
      else if (kind === "not-json") ending ??= { diagnostic: notJsonDiagnostic(thrown, entry, shownText) };
      else if (kind === "value") {
        const message = `Thrown value: ${text}`;
        ending ??= { diagnostic: thrownDiagnostic({ ...thrown, name: "", message }, entry, shownText) };
      } else ending ??= { diagnostic: errorDiagnostic(thrown) };
    },
    now: () => performance.now() - startedAt,
    stacksTaken: () => {
      takesStacks = true;
    },
  };

  play(host);
  task(() => {
    const { mode, input } = message;
    enter.applySync(undefined, ["begin", input === undefined ? 0 : 1, mode, message.context, input ?? ""]);
    graph = compiled
      ? createHoistedGraph(context, script ?? compileInto(isolate, context, compiled), modules)
      : createGraph(isolate, context);
    const refused = graph.add(modules);
    isLinked = refused === undefined;
    if (refused) ending = { diagnostic: refused };
    else graph.evaluate(0, entry, remainingMs());
  });

  return {
    answer: (imported) => {
      if (imported.run !== run || !imports.has(imported.request)) return;
      task(() => {
        const { request } = imported;
        if (imported.kind === "import-refused") {
          rejectImport(request, { name: "Error", message: imported.message, stack: "" });
          return;
        }
        const refused = graph?.add(imported.modules);
        if (refused === undefined) importHere(request, imported.entry);
        else {
          const { path, line, column, message: text } = refused;
          const at = line === null ? "" : `:${line}:${column}`;
          rejectImport(request, { name: "SyntaxError", message: `${text} (${path}${at})`, stack: "" });
        }
      });
    },
  };
}

function stop(timer: NodeJS.Timeout | NodeJS.Immediate): void {
  if ("hasRef" in timer && "refresh" in timer) clearTimeout(timer);
  else clearImmediate(timer as NodeJS.Immediate);
}
