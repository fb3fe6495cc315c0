// The pool: hands each run to a child process of its own for as long as it lasts, starts processes when they are needed and
// replaces those that died. A process has at most one run at a time, so that killing it for one run ends no other. And it has
// runs of one organisation alone, so that what breaks out in one never sees another's. Which run is next is told by turns.ts.
import { availableParallelism } from "node:os";
import type { Walls } from "../confinement/walls.ts";
import { Fault } from "../errors.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import {
  defaultRunLimits,
  type RunContext,
  type RunLimits,
  type RunOutcome,
  type RunRequest,
} from "../workspace/run.ts";
import { cancelledDiagnostic, lostDiagnostic } from "./ending.ts";
import { type SandboxProcess, startProcess } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";
import { createScripts } from "./scripts.ts";
import { createTurns, type Turn } from "./turns.ts";
import { watchPool } from "./watch-pool.ts";

export interface SandboxOptions {
  /** Child processes at most, and so runs at the same time. Default: one per CPU that this process may use. */
  readonly processes?: number;
  /** Limits of every run that does not bring its own. */
  readonly limits?: Partial<RunLimits>;
  /** What a child process may weigh whatever its run's limit is. Default: the run's limit and the allowance alone. */
  readonly residentMegabytesMax?: number;
  /**
   * What a child process may grow by beyond its run's memory limit before it is killed. Default 128: garbage that is not
   * yet collected, V8's own structures and code, and the copies of sources and results outside the isolate.
   */
  readonly residentAllowanceMegabytes?: number;
  /** Told once, with the first process, which of the kernel's walls stand around it. */
  readonly onWalls?: (walls: Walls) => void;
}

// A runaway allocation grows by 350 to 600 MB a second (measured), so that 50 ms let some 30 MB pass.
const watchIntervalMs = 50;
// What a child that keeps its own time needs to say so, on a busy machine.
const graceMs = 1_000;

interface Waiting {
  readonly request: RunRequest;
  /** Ends the waiting: with an outcome, or with the promise of one. */
  readonly resolve: (outcome: RunOutcome | Promise<RunOutcome>) => void;
  readonly reject: (fault: unknown) => void;
}

/** Makes a sandbox. It starts its first process with its first run, and must be closed. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const processesMax = Math.max(1, options.processes ?? availableParallelism());
  const watch = {
    watchIntervalMs,
    residentAllowanceMegabytes: options.residentAllowanceMegabytes ?? 128,
    residentMegabytesMax: options.residentMegabytesMax,
  };
  const scripts = createScripts(watch);
  const processes = new Map<SandboxProcess, "starting" | "idle" | "busy">();
  /** Whose runs a process has had. */
  const tenants = new Map<SandboxProcess, string>();
  /** Processes that are started in place of another's, each for a run that waits for it. */
  let reserved = 0;
  const share = Math.max(1, Math.floor(processesMax / 2));
  const turns = createTurns<Waiting>(share);
  let closed = false;
  let walls: Walls | undefined;

  const watched = watchPool(() => ({ processes: processes.values(), waiting: turns.waiting(), walls }));

  function count(wanted: "starting" | "idle"): number {
    let found = 0;
    for (const state of processes.values()) if (state === wanted) found += 1;
    return found;
  }

  function idleProcesses(): SandboxProcess[] {
    return [...processes.keys()].filter((process) => processes.get(process) === "idle" && process.isAlive());
  }

  /** Gives waiting runs to idle processes, and starts processes for those that are left. */
  function dispatch(): void {
    if (closed) return;
    for (let idle = idleProcesses(); idle.length > 0; idle = idleProcesses()) {
      const turn = turns.next();
      if (turn === undefined) return;
      const process = choose(idle, turn.item.request);
      if (process) turn.item.resolve(give(process, turn));
      else replace(idle, turn);
    }
    while (processes.size < processesMax && count("starting") - reserved < turns.ready()) start();
  }

  /** The process for a run: one that had its organisation's runs, best this very program, or one that had none. */
  function choose(idle: readonly SandboxProcess[], { program, context }: RunRequest): SandboxProcess | undefined {
    const own = idle.filter((one) => tenants.get(one) === tenantOf(context));
    return own.find((one) => one.knows(program)) ?? own[0] ?? idle.find((one) => !tenants.has(one));
  }

  /** Has a run wait for a new process, in the place of one that others had, where there is no more room. */
  function replace(idle: readonly SandboxProcess[], turn: Turn<Waiting>): void {
    if (processes.size >= processesMax) void idle[0]?.end("another organisation's run needs its place");
    start(turn);
  }

  function start(turn?: Turn<Waiting>): void {
    const process = startProcess({ ...watch, graceMs, scripts });
    if (turn) reserved += 1;
    processes.set(process, "starting");
    process.ready.then(
      (standing) => {
        if (walls === undefined) options.onWalls?.(standing);
        walls = standing;
        processes.set(process, "idle");
        if (turn) {
          reserved -= 1;
          if (turn.item.request.signal?.aborted) turn.done();
          else turn.item.resolve(give(process, turn));
        }
        dispatch();
      },
      (fault: unknown) => {
        if (turn) reserved -= 1;
        // The run that it was started for cannot wait for ever; the next one tries anew.
        const failed = turn ?? turns.next();
        failed?.done();
        if (closed) failed?.item.resolve(notRun(failed.item.request));
        else failed?.item.reject(fault);
      },
    );
    void process.gone.then(() => {
      const wasStarting = processes.get(process) === "starting";
      processes.delete(process);
      tenants.delete(process);
      if (closed) return;
      // Its successor is warm by the time the next run comes; one that did not even start would only fail again.
      const isRoom = processes.size < processesMax;
      if (isRoom && !wasStarting && count("idle") + count("starting") === 0) start();
      dispatch();
    });
  }

  async function give(process: SandboxProcess, { item: { request }, done }: Turn<Waiting>): Promise<RunOutcome> {
    processes.set(process, "busy");
    tenants.set(process, tenantOf(request.context));
    try {
      const outcome = await process.run(request, { ...defaultRunLimits, ...options.limits, ...request.limits });
      watched.ran(outcome);
      return outcome;
    } finally {
      done();
      if (process.isAlive()) processes.set(process, "idle");
      dispatch();
    }
  }

  return {
    runsAtOnce: (fairnessKey) => (fairnessKey === undefined ? processesMax : share),
    run: async (request) => {
      if (closed) throw new Fault("sandbox-unavailable", "The sandbox was closed");
      const { signal, program, fairnessKey } = request;
      const cancelled = notStarted(cancelledDiagnostic(program.entry));
      if (signal?.aborted) return cancelled;
      const { promise, resolve, reject } = Promise.withResolvers<RunOutcome>();
      const onAbort = (): void => {
        turns.remove(fairnessKey, waiting);
        resolve(cancelled);
      };
      const waiting: Waiting = {
        request,
        resolve: (outcome) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(outcome);
        },
        reject: (fault) => {
          signal?.removeEventListener("abort", onAbort);
          reject(fault);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      turns.add(fairnessKey, waiting);
      dispatch();
      return await promise;
    },
    walls: () => walls,
    close: async () => {
      closed = true;
      for (const { request, resolve } of turns.clear()) resolve(notRun(request));
      await Promise.all([
        scripts.close(),
        ...[...processes.keys()].map((process) => process.end("the sandbox was closed")),
      ]);
    },
  };
}

/** Whose run it is, which tells whose code and inputs its process sees. */
function tenantOf({ organization }: RunContext): string {
  return organization?.id ?? "global";
}

function notRun({ program }: RunRequest): RunOutcome {
  return notStarted(lostDiagnostic(program.entry, "the sandbox was closed"));
}

function notStarted(diagnostic: Diagnostic): RunOutcome {
  return { ok: false, result: null, logs: [], durationMs: 0, diagnostics: [diagnostic] };
}
