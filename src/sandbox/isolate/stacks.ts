// Stack traces of a script that holds many modules, told as V8 tells them of modules: each frame at the module's own URL and
// line. Frames of the script's own glue are left out. Columns are true as they are.

/** Where the modules of a script are: `urls[i]` has the script's lines from `starts[i]` up to, and not including, `ends[i]`. */
export interface ScriptLines {
  /** The script's file name. */
  readonly name: string;
  readonly urls: readonly string[];
  /** Counted from 1, rising. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Makes V8 word stacks so, and leave out frames of `ownName`. Gives what is told the lines of a script. Code may put a handler
 * of its own in place, which sees every frame as it is: `isTaken` is called then. Its text is put into the isolate and runs
 * before any workflow code.
 */
export function installStacks(ownName: string, isTaken: () => void): (lines: ScriptLines) => void {
  const { apply, defineProperty } = Reflect;
  const { toString: errorToString } = Error.prototype;
  const { indexOf, slice, charCodeAt } = String.prototype;
  const { setPrototypeOf } = Object;
  const ownMark = `${ownName}:`;
  const ErrorMade = Error;
  let script: ScriptLines | undefined;
  let handler: unknown = prepareStackTrace;

  /** A frame with its places led back; null where it is none of a module's. */
  function leadBack(frame: string): string | null {
    if (apply(indexOf, frame, [ownMark]) !== -1) return null;
    if (script === undefined) return frame;
    const { name, urls, starts, ends } = script;
    const mark = `${name}:`;
    let told = "";
    let from = 0;
    for (;;) {
      const at: number = apply(indexOf, frame, [mark, from]);
      if (at === -1) return told + apply(slice, frame, [from]);
      let end = at + mark.length;
      let line = 0;
      for (;;) {
        const digit: number = apply(charCodeAt, frame, [end]) - 48;
        if (!(digit >= 0 && digit <= 9)) break;
        line = line * 10 + digit;
        end += 1;
      }
      let low = 0;
      let high = starts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((starts[middle] as number) <= line) low = middle + 1;
        else high = middle;
      }
      const module = low - 1;
      if (module < 0 || line >= (ends[module] as number)) return null;
      told += `${apply(slice, frame, [from, at])}${urls[module]}:${line - (starts[module] as number) + 1}`;
      from = end;
    }
  }

  function prepareStackTrace(error: unknown, sites: readonly { toString(): string }[]): string {
    let stack: string;
    try {
      stack = apply(errorToString, error, []);
    } catch {
      stack = "<error>";
    }
    for (let index = 0; index < sites.length; index += 1) {
      const frame = leadBack(`${sites[index]}`);
      if (frame !== null) stack += `\n    at ${frame}`;
    }
    return stack;
  }

  defineProperty(
    Error,
    "prepareStackTrace",
    setPrototypeOf(
      {
        get: () => handler,
        set(this: unknown, value: unknown) {
          if (this === ErrorMade) {
            handler = value;
            isTaken();
            return;
          }
          // A class that extends Error: what is assigned there becomes its own property.
          const own = { value, writable: true, enumerable: true, configurable: true };
          defineProperty(this as object, "prepareStackTrace", setPrototypeOf(own, null));
        },
        configurable: true,
      },
      null,
    ),
  );
  return (lines) => {
    script = lines;
  };
}
