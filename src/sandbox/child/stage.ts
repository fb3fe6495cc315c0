// An isolate that is ready for a run: its globals are there, and nothing of anybody's has run in it. A few are made ahead of
// time, while the process has nothing else to do, so that a run need not wait for it.
import ivm from "isolated-vm";
import { bootstrapScript } from "../isolate/bootstrap.ts";
import { hostFunctions, type IsolateHost } from "../isolate/host.ts";
import type { Enter } from "../isolate/runtime.ts";
import { eagerly } from "./eagerly.ts";

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
const bootstrapOptions = { filename: "bifrost:host" };
const { cachedData: bootstrapCode } = eagerly(() =>
  new ivm.Isolate({ memoryLimit: isolateMegabytesMin }).compileScriptSync(bootstrapScript, {
    ...bootstrapOptions,
    produceCachedData: true,
  }),
) as ivm.Script & ivm.CachedDataResult;

// Each weighs some 2 MB. A few, so that runs that follow each other closely all find one.
const readyMax = 3;
// Long enough to be sure that no run is on its way, and short beside the time that people notice.
const pauseMs = 1;

let ready: Stage[] = [];
let readyMegabytes = 0;
let refill: NodeJS.Timeout | undefined;

/** Gives an isolate with this limit for one run: one that was made ahead, or a new one. */
export function takeStage(memoryMegabytes: number): Stage {
  clearTimeout(refill);
  if (memoryMegabytes !== readyMegabytes) {
    for (const { isolate } of ready) isolate.dispose();
    ready = [];
    readyMegabytes = memoryMegabytes;
  }
  return ready.pop() ?? makeStage(memoryMegabytes);
}

/** Makes isolates ahead, with the limit that was asked for last, one by one for as long as no run comes in between. */
export function makeAhead(): void {
  clearTimeout(refill);
  if (ready.length >= readyMax) return;
  refill = setTimeout(() => {
    ready.push(makeStage(readyMegabytes));
    makeAhead();
  }, pauseMs);
}

function makeStage(memoryMegabytes: number): Stage {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(isolateMegabytesMin, memoryMegabytes) });
  const context = isolate.createContextSync();
  let host: IsolateHost | undefined;
  const functions = hostFunctions.map((name) => (...values: unknown[]): unknown => {
    if (host === undefined) throw new Error("No run is under way");
    return Reflect.apply(host[name], undefined, values);
  });
  const bootstrap = eagerly(() =>
    isolate.compileScriptSync(bootstrapScript, {
      ...bootstrapOptions,
      ...(bootstrapCode && { cachedData: bootstrapCode }),
    }),
  );
  const enter = bootstrap
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
