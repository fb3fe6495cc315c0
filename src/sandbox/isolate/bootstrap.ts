// Puts the functions of this folder together into one script, which an isolate runs before anything else. The functions are
// written and checked as TypeScript like everything else and enter the isolate as text, so none of them may use a name from
// its own file; a test runs each.
import { installAbort } from "./abort.ts";
import { installConsole } from "./console.ts";
import { installDomException } from "./dom-exception.ts";
import { installEvents } from "./events.ts";
import { makeFormat } from "./format.ts";
import { hostFunctions } from "./host.ts";
import { makeInspect } from "./inspect.ts";
import { installPerformance } from "./performance.ts";
import { installRuntime } from "./runtime.ts";
import { installStacks } from "./stacks.ts";
import { makeTable } from "./table.ts";
import { installUrl } from "./url.ts";
import { installWebTools } from "./web.ts";

/** Where the runtime leaves what the modules of our own take over; it is gone before any workflow code runs. */
export const handoverName = "bifrost:handover";

/**
 * The script. Its value is a function that takes the host's functions in the order of `hostFunctions`, and gives `Enter`. None
 * of them is called before `Enter` is.
 *
 * WebAssembly is deleted because its memory counts against no limit; shared memory and Atomics because they can block the
 * thread. `Error.stackTraceLimit` is what a diagnostic keeps.
 */
export const bootstrapScript = `"use strict";
(function bootstrap(${hostFunctions.join(", ")}) {
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  Error.stackTraceLimit = 50;
  const host = Object.freeze({ __proto__: null, ${hostFunctions.join(", ")} });
  const inspect = (${makeInspect.toString()})();
  const format = (${makeFormat.toString()})(inspect);
  const drawTable = (${makeTable.toString()})(inspect);
  const levels = (${installConsole.toString()})(host, { format, drawTable });
  const mapStacks = (${installStacks.toString()})("bifrost:host", host.stacksTaken);
  const { enter, handover } = (${installRuntime.toString()})(host, inspect, levels, mapStacks);
  (${installDomException.toString()})();
  (${installPerformance.toString()})(host);
  const makeEvent = (${installEvents.toString()})();
  (${installAbort.toString()})(makeEvent);
  (${installUrl.toString()})(host);
  (${installWebTools.toString()})(host);
  Object.defineProperty(globalThis, ${JSON.stringify(handoverName)}, { value: handover, configurable: true });
  return enter;
})`;
