// An isolate that is ready for a run: its globals are there, and nothing of anybody's has run in it. One is made ahead of time
// while the process has nothing else to do, so that a run need not wait for it.
import ivm from "isolated-vm";
import { bootstrapScript } from "../isolate/bootstrap.ts";
import { hostFunctions, type IsolateHost } from "../isolate/host.ts";
import type { Enter } from "../isolate/runtime.ts";

export interface Stage {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly enter: ivm.Reference<Enter>;
  /** Whom the isolate's calls reach from now on. Before that they reach nobody. */
  play(host: IsolateHost): void;
}

// What isolated-vm accepts as the least; V8 does not start in less.
const isolateMegabytesMin = 8;

// Compiled once per process; later isolates take V8's code from here. isolated-vm's types leave the property out.
const { cachedData: bootstrapCode } = new ivm.Isolate({ memoryLimit: isolateMegabytesMin }).compileScriptSync(
  bootstrapScript,
  { filename: "bifrost:host", produceCachedData: true },
) as ivm.Script & ivm.CachedDataResult;

let ahead: { readonly memoryMegabytes: number; readonly stage: Stage } | undefined;

/** Gives an isolate with this limit for one run: the one that was made ahead, or a new one. */
export function takeStage(memoryMegabytes: number): Stage {
  const made = ahead;
  if (made?.memoryMegabytes !== memoryMegabytes) return makeStage(memoryMegabytes);
  ahead = undefined;
  return made.stage;
}

/** Makes an isolate with this limit for a run to come, unless there is one. */
export function makeAhead(memoryMegabytes: number): void {
  if (ahead?.memoryMegabytes === memoryMegabytes) return;
  ahead?.stage.isolate.dispose();
  ahead = { memoryMegabytes, stage: makeStage(memoryMegabytes) };
}

function makeStage(memoryMegabytes: number): Stage {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(isolateMegabytesMin, memoryMegabytes) });
  const context = isolate.createContextSync();
  let host: IsolateHost | undefined;
  const functions = hostFunctions.map((name) => (...values: unknown[]): unknown => {
    if (host === undefined) throw new Error("No run is under way");
    return Reflect.apply(host[name], undefined, values);
  });
  const enter = isolate
    .compileScriptSync(bootstrapScript, {
      filename: "bifrost:host",
      ...(bootstrapCode && { cachedData: bootstrapCode }),
    })
    .runSync(context, { reference: true })
    .applySync(undefined, functions, { result: { reference: true } }) as ivm.Reference<Enter>;
  return {
    isolate,
    context,
    enter,
    play: (of) => {
      host = of;
    },
  };
}
