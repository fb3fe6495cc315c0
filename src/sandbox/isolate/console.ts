// `console`, and `log` of the SDK. Runs inside the isolate.
import type { Format } from "./format.ts";
import type { IsolateHost } from "./host.ts";
import type { DrawTable } from "./table.ts";

export type LogFunctions = Readonly<Record<"debug" | "info" | "warn" | "error", (...values: unknown[]) => void>>;

interface Tools {
  readonly format: Format;
  readonly drawTable: DrawTable;
}

/** Puts `console` into the isolate's globals and gives the SDK's `log`. Its text is put into the isolate. */
export function installConsole(host: IsolateHost, { format, drawTable }: Tools): LogFunctions {
  const { log, now } = host;
  let indent = "";
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();

  function write(level: string, values: readonly unknown[]): void {
    const text = format(values);
    log(level, indent === "" ? text : indent + text.replaceAll("\n", `\n${indent}`));
  }

  const levels: LogFunctions = Object.freeze({
    debug: (...values: unknown[]) => write("debug", values),
    info: (...values: unknown[]) => write("info", values),
    warn: (...values: unknown[]) => write("warn", values),
    error: (...values: unknown[]) => write("error", values),
  });

  function group(...values: unknown[]): void {
    if (values.length > 0) write("info", values);
    indent += "  ";
  }

  /** The label of a timer that runs; says so where there is none. */
  function sinceStart(given: unknown, method: string): [string, string] | undefined {
    const label = `${given}`;
    const startedAt = timers.get(label);
    if (startedAt !== undefined) return [label, `${label}: ${(now() - startedAt).toFixed(3)}ms`];
    write("warn", ["%s", `No such label '${label}' for console.${method}()`]);
    return undefined;
  }

  const methods = {
    ...levels,
    log: levels.info,
    dirxml: levels.info,
    table: (data: unknown, columns?: readonly string[]) =>
      write("info", typeof data === "object" && data !== null ? ["%s", drawTable(data, columns)] : [data]),
    dir: (value: unknown) => write("info", ["%o", value]),
    trace: (...values: unknown[]) => {
      const text = values.length === 0 ? "Trace" : `Trace: ${format(values)}`;
      const frames = `${new Error("trace").stack}`.split("\n").filter((line) => !line.includes("bifrost:host"));
      write("debug", ["%s", [text, ...frames.slice(1)].join("\n")]);
    },
    assert: (condition?: unknown, ...values: unknown[]) => {
      if (condition) return;
      const [first, ...rest] = values;
      if (typeof first === "string") write("error", [`Assertion failed: ${first}`, ...rest]);
      else write("error", values.length === 0 ? ["Assertion failed"] : ["Assertion failed:", ...values]);
    },
    count: (given: unknown = "default") => {
      const label = `${given}`;
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      write("info", ["%s", `${label}: ${count}`]);
    },
    countReset: (given: unknown = "default") => {
      if (!counts.delete(`${given}`)) write("warn", ["%s", `Count for '${given}' does not exist`]);
    },
    group,
    groupCollapsed: group,
    groupEnd: () => {
      indent = indent.slice(2);
    },
    time: (given: unknown = "default") => {
      const label = `${given}`;
      if (timers.has(label)) write("warn", ["%s", `Label '${label}' already exists for console.time()`]);
      else timers.set(label, now());
    },
    timeLog: (given: unknown = "default", ...values: unknown[]) => {
      const since = sinceStart(given, "timeLog");
      if (since) write("info", ["%s", since[1], ...values]);
    },
    timeEnd: (given: unknown = "default") => {
      const since = sinceStart(given, "timeEnd");
      if (!since) return;
      timers.delete(since[0]);
      write("info", ["%s", since[1]]);
    },
  };
  Object.assign(globalThis.console, methods);
  return levels;
}
