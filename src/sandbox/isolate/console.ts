// `console`, and `log` of the SDK. Runs inside the isolate.
import type { IsolateHost } from "./host.ts";
import type { Inspect } from "./inspect.ts";

export type LogFunctions = Readonly<Record<"debug" | "info" | "warn" | "error", (...values: unknown[]) => void>>;

/** Puts `console` into the isolate's globals and gives the SDK's `log`. Its text is put into the isolate. */
export function installConsole(host: IsolateHost, inspect: Inspect): LogFunctions {
  const { log } = host;
  let indent = "";
  const counts = new Map<string, number>();

  function write(level: string, values: readonly unknown[]): void {
    let line = "";
    for (let index = 0; index < values.length; index += 1) line += (index === 0 ? "" : " ") + inspect(values[index]);
    log(level, indent === "" ? line : indent + line.replaceAll("\n", `\n${indent}`));
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

  const methods = {
    ...levels,
    log: levels.info,
    table: levels.info,
    dir: (value: unknown) => write("info", [value]),
    trace: (...values: unknown[]) => write("debug", ["Trace:", ...values, new Error("trace").stack]),
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) write("error", values.length === 0 ? ["Assertion failed"] : ["Assertion failed:", ...values]);
    },
    count: (label = "default") => {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      write("info", [`${label}: ${count}`]);
    },
    group,
    groupCollapsed: group,
    groupEnd: () => {
      indent = indent.slice(2);
    },
  };
  Object.assign(globalThis.console, methods);
  return levels;
}
