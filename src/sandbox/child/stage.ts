// An isolate that is ready for a run: its globals are there, and nothing of anybody's has run in it.
import ivm from "isolated-vm";
import { bootstrapScript, handoverName } from "../isolate/bootstrap.ts";
import { hostFunctions, type IsolateHost } from "../isolate/host.ts";
import type { Enter } from "../isolate/runtime.ts";
import "./young-generation.ts";

export interface Stage {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly enter: ivm.Reference<Enter>;
  /** Whom the isolate's calls reach from now on. Before that they reach nobody. */
  play(host: IsolateHost): void;
}

// What isolated-vm accepts as the least; V8 does not start in less.
const isolateMegabytesMin = 8;

const bootstrapOptions = { filename: "bifrost:host" };
let bootstrapCode: ivm.ExternalCopy<ArrayBuffer> | undefined;
bootstrapCode = rehearse();

/** Makes an isolate with this limit and its globals, and rests after each part: all of it takes more than a millisecond. */
export function* stageInParts(memoryMegabytes: number): Generator<undefined, Stage, undefined> {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(isolateMegabytesMin, memoryMegabytes) });
  yield;
  const context = isolate.createContextSync();
  yield;
  let host: IsolateHost | undefined;
  const enter = bootstrap(isolate, context, (name, values) => {
    if (host === undefined) throw new Error("No run is under way");
    return Reflect.apply(host[name], undefined, values);
  });
  return {
    isolate,
    context,
    enter,
    play: (of) => {
      host = of;
    },
  };
}

function bootstrap(
  isolate: ivm.Isolate,
  context: ivm.Context,
  call: (name: keyof IsolateHost, values: unknown[]) => unknown,
): ivm.Reference<Enter> {
  const functions = hostFunctions.map(
    (name) =>
      (...values: unknown[]): unknown =>
        call(name, values),
  );
  return isolate
    .compileScriptSync(bootstrapScript, { ...bootstrapOptions, ...(bootstrapCode && { cachedData: bootstrapCode }) })
    .runSync(context, { reference: true })
    .applySync(undefined, functions, { result: { reference: true } }) as ivm.Reference<Enter>;
}

/**
 * Does once what every run does, and gives the code that V8 compiled for it. Compiled again in the same isolate, the same
 * script still has the code of what has run.
 */
function rehearse(): ivm.ExternalCopy<ArrayBuffer> | undefined {
  const isolate = new ivm.Isolate({ memoryLimit: isolateMegabytesMin });
  const context = isolate.createContextSync();
  const enter = bootstrap(isolate, context, () => undefined);
  enter.applySync(undefined, ["begin", 1, "call", "{}", "{}"]);
  const handover = `globalThis[${JSON.stringify(handoverName)}]`;
  context.evalSync(
    `${handover}.mapStacks({ name: "", urls: [], starts: [], ends: [] });` +
      `${handover}.settle(0, { __proto__: null, default: () => 1 });`,
  );
  // isolated-vm's types leave the option's result out.
  const { cachedData } = isolate.compileScriptSync(bootstrapScript, {
    ...bootstrapOptions,
    produceCachedData: true,
  }) as ivm.Script & ivm.CachedDataResult;
  isolate.dispose();
  return cachedData;
}
