// The heart of a run inside the isolate: timers, `import()`, the call of the default export, and how a thrown value is told
// to the process around. Code that runs afterwards may change any prototype, so whatever decides a run's outcome holds its
// own copies of the built-ins it needs, and results leave as text.
import type { LogFunctions } from "./console.ts";
import type { IsolateHost, TimerKind } from "./host.ts";
import type { Inspect } from "./inspect.ts";
import type { ScriptLines } from "./stacks.ts";

/** What the modules of our own get from the runtime; see child/graph.ts. */
export interface Handover {
  readonly settle: (request: number, namespace: Record<string, unknown>) => void;
  readonly importer: (url: string) => {
    readonly dynamicImport: (specifier: unknown, options?: unknown) => Promise<unknown>;
    readonly meta: object;
  };
  readonly parseJson: (text: string) => unknown;
  /** There from the begin of the run. */
  context: unknown;
  readonly log: LogFunctions;
  /** Namespaces of modules of a program that is one script, each with what fills it; see child/hoisted-graph.ts. */
  readonly namespaces: unknown[];
  /** Tells where the modules of such a script are. */
  readonly mapStacks: (lines: ScriptLines) => void;
}

/**
 * Called by the process around: `begin`, once, with the mode, the context's JSON and, where `id` is not 0, the input's; `timer`
 * when one is due; `import` when one failed.
 */
export type Enter = (event: string, id: number, name: string, message: string, stack: string) => void;

interface Timer {
  readonly callback: (...values: unknown[]) => unknown;
  readonly arguments: unknown[];
  readonly repeats: boolean;
}

interface WaitingImport {
  readonly resolve: (namespace: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Where the import() was called. */
  readonly stack: string;
}

/** Starts the runtime and gives the one function by which the process around calls in. Its text is put into the isolate. */
export function installRuntime(
  host: IsolateHost,
  inspect: Inspect,
  log: LogFunctions,
  mapStacks: Handover["mapStacks"],
): { readonly enter: Enter; readonly handover: Handover } {
  const { apply, defineProperty } = Reflect;
  const { parse, stringify } = JSON;
  const { isError } = Error;
  const { freeze, keys, setPrototypeOf, values } = Object;
  const { isArray } = Array;
  const { then } = Promise.prototype;
  const causesMax = 2;
  const { slice, indexOf } = String.prototype;
  const PromiseMade = Promise;
  const ErrorMade = Error;
  const TypeErrorMade = TypeError;
  const errorKinds: Record<string, ErrorConstructor | undefined> = setPrototypeOf(
    { SyntaxError, TypeError, RangeError, ReferenceError },
    null,
  );
  const timers: Record<number, Timer | undefined> = Object.create(null);
  const imports: Record<number, WaitingImport | undefined> = Object.create(null);
  let timerLast = 0;
  let importLast = 0;

  function frozen(value: unknown): unknown {
    if (typeof value === "object" && value !== null) {
      for (const inner of values(value)) frozen(inner);
      freeze(value);
    }
    return value;
  }
  let run: { readonly mode: string; readonly input: string | undefined } = { mode: "", input: undefined };

  const text = (value: unknown): string => (typeof value === "string" ? value : "");

  /** What an error says lies behind it: a person who reads only "Cannot load the tickets" has nothing to go by. */
  function causesOf(thrown: Error, depth = 0): string {
    const told = (value: unknown): string =>
      isError(value)
        ? `${text(value.name)}: ${text(value.message)}${depth < causesMax ? causesOf(value, depth + 1) : ""}`
        : inspect(value);
    let causes = "cause" in thrown && thrown.cause !== undefined ? ` (caused by ${told(thrown.cause)})` : "";
    const { errors } = thrown as Partial<AggregateError>;
    for (let index = 0; isArray(errors) && index < errors.length && index <= causesMax; index += 1) {
      causes += `${index === 0 ? ": " : "; "}${told(errors[index])}`;
    }
    return causes;
  }

  function fail(thrown: unknown): void {
    try {
      if (isError(thrown)) {
        host.fail("error", text(thrown.name), text(thrown.message) + causesOf(thrown), text(thrown.stack));
        return;
      }
      let shown: string | undefined;
      try {
        shown = stringify(thrown);
      } catch {
        // Cycles and big integers: shown as the log shows them.
      }
      host.fail("value", "", shown ?? inspect(thrown), "");
    } catch {
      // A getter or a proxy that throws while it is read.
      host.fail("value", "", "an object that cannot be read", "");
    }
  }

  async function call(namespace: Record<string, unknown>): Promise<void> {
    const main = namespace.default;
    if (typeof main !== "function") {
      host.fail("no-default", main === undefined ? "nothing" : typeof main, "", "");
      return;
    }
    let value: unknown;
    try {
      value = await main(run.input === undefined ? undefined : parse(run.input), handover.context);
    } catch (thrown) {
      fail(thrown);
      return;
    }
    let result: string | undefined;
    try {
      result = value === undefined ? "null" : stringify(value);
    } catch (thrown) {
      if (isError(thrown)) host.fail("not-json", text(thrown.name), text(thrown.message), text(thrown.stack));
      else fail(thrown);
      return;
    }
    if (typeof result === "string") host.finish(result);
    else
      host.fail(
        "not-json",
        "TypeError",
        `${typeof value === "object" ? "what its toJSON gives" : `a ${typeof value}`} has no JSON`,
        "",
      );
  }

  function settle(request: number, namespace: Record<string, unknown>): void {
    if (request !== 0) {
      const waiting = imports[request];
      delete imports[request];
      host.imported(request);
      waiting?.resolve(namespace);
    } else if (run.mode === "call") void call(namespace);
    else host.finish("null");
  }

  /** Reads the second argument of an import(), and throws where V8 or Node would. */
  function wantsJson(options: unknown): boolean {
    if (options === undefined) return false;
    if (!isObject(options)) throw new TypeErrorMade("The second argument of import() must be an object");
    const attributes = options.with;
    if (attributes === undefined) return false;
    if (!isObject(attributes)) throw new TypeErrorMade("The 'with' option must be an object");
    const names = keys(attributes);
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string;
      const value = attributes[name];
      if (typeof value !== "string") throw new TypeErrorMade("Import attribute value must be a string");
      if (name !== "type" || value !== "json") {
        throw new TypeErrorMade(`Import attribute "${name}" with value "${value}" is not supported`);
      }
    }
    return names.length > 0;
  }

  function isObject(value: unknown): value is Record<string, unknown> {
    return (typeof value === "object" && value !== null) || typeof value === "function";
  }

  function importer(url: string): ReturnType<Handover["importer"]> {
    function dynamicImport(specifier: unknown, options?: unknown): Promise<unknown> {
      return new PromiseMade((resolve, reject) => {
        const wanted = `${specifier}`;
        const isJson = wantsJson(options);
        importLast += 1;
        imports[importLast] = { resolve, reject, stack: text(new ErrorMade().stack) };
        host.importModule(importLast, wanted, url, isJson);
      });
    }
    return { dynamicImport, meta: setPrototypeOf({ url }, null) };
  }

  // A descriptor without a prototype: workflow code may have given every object a getter.
  function define(target: object, name: string, value: unknown): void {
    defineProperty(target, name, setPrototypeOf({ value, writable: true, configurable: true }, null));
  }

  function rejectImport(request: number, name: string, message: string, stack: string): void {
    const waiting = imports[request];
    delete imports[request];
    if (waiting === undefined) return;
    const error = new (errorKinds[name] ?? ErrorMade)(message);
    if (errorKinds[name] === undefined && name !== "Error") define(error, "name", name);
    // Without a stack of its own the fault lies with the import(), so the error shows where that was called.
    const newline = apply(indexOf, waiting.stack, ["\n"]);
    define(
      error,
      "stack",
      stack || `${name}: ${message}${newline === -1 ? "" : apply(slice, waiting.stack, [newline])}`,
    );
    waiting.reject(error);
  }

  function startTimer(kind: TimerKind, callback: unknown, delay: unknown, rest: unknown[]): number {
    if (typeof callback !== "function") throw new TypeError("The first argument of a timer must be a function");
    const delayMs = +(delay as number);
    timerLast += 1;
    host.startTimer(timerLast, delayMs, kind);
    timers[timerLast] = { callback: callback as Timer["callback"], arguments: rest, repeats: kind === "interval" };
    return timerLast;
  }

  function stopTimer(id: unknown): void {
    if (typeof id !== "number" && typeof id !== "string") return;
    const number = +id;
    if (timers[number] === undefined) return;
    delete timers[number];
    host.stopTimer(number);
  }

  function fire(id: number): void {
    const timer = timers[id];
    if (timer === undefined) return;
    if (!timer.repeats) delete timers[id];
    try {
      apply(timer.callback, undefined, timer.arguments);
    } catch (thrown) {
      fail(thrown);
    }
  }

  const settled = PromiseMade.resolve();
  define(globalThis, "setTimeout", (callback: unknown, delay?: unknown, ...rest: unknown[]) =>
    startTimer("timeout", callback, delay, rest),
  );
  define(globalThis, "setInterval", (callback: unknown, delay?: unknown, ...rest: unknown[]) =>
    startTimer("interval", callback, delay, rest),
  );
  define(globalThis, "setImmediate", (callback: unknown, ...rest: unknown[]) =>
    startTimer("immediate", callback, 0, rest),
  );
  define(globalThis, "clearImmediate", stopTimer);
  define(globalThis, "clearTimeout", stopTimer);
  define(globalThis, "clearInterval", stopTimer);
  define(globalThis, "queueMicrotask", (callback: unknown) => {
    if (typeof callback !== "function") throw new TypeError("The argument of queueMicrotask must be a function");
    apply(then, settled, [() => void callback()]);
  });

  const handover: Handover = { settle, importer, parseJson: parse, context: undefined, log, namespaces: [], mapStacks };
  return {
    enter: (event, id, name, message, stack) => {
      if (event === "begin") {
        run = { mode: name, input: id === 0 ? undefined : stack };
        handover.context = frozen(parse(message));
      } else if (event === "timer") fire(id);
      else rejectImport(id, name, message, stack);
    },
    handover,
  };
}
