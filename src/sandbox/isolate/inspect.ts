// How values look in the log: strings as they are, everything else much as Node prints it. Runs inside the isolate.

export type Inspect = (value: unknown) => string;

/**
 * Makes `inspect`. Its text is put into the isolate, so it uses nothing from around it. A value may run its own code while
 * it is read (getters are not called, proxies and `toString` are); what that throws comes out as `[unreadable]`.
 */
export function makeInspect(): Inspect {
  const depthMax = 4;
  const itemsMax = 100;
  const holesMax = 10_000;
  const isError = Error.isError;

  /** In the quotes that need the fewest escapes, single ones first. */
  function quoted(text: string): string {
    const quote = ["'", '"', "`"].find((each) => !text.includes(each)) ?? "'";
    const escaped = JSON.stringify(text)
      .slice(1, -1)
      .replace(/\\(?:"|u00(..)|.)/g, (whole, code?: string) =>
        whole === '\\"' ? '"' : code === undefined ? whole : `\\x${code.toUpperCase()}`,
      );
    return quote + (text.includes(quote) ? escaped.replaceAll(quote, `\\${quote}`) : escaped) + quote;
  }

  function plainName(key: PropertyKey): string {
    const text = String(key);
    return typeof key === "symbol" || /^[A-Za-z_$][\w$]*$/.test(text) ? text : quoted(text);
  }

  function className(value: object): string {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null) return "[Object: null prototype]";
    const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    return typeof made === "function" && typeof made.name === "string" ? made.name : "Object";
  }

  function properties(value: object, seen: readonly object[], skipIndexes: boolean): string[] {
    const parts: string[] = [];
    for (const key of Reflect.ownKeys(value)) {
      if (skipIndexes && typeof key === "string" && (/^\d+$/.test(key) || key === "length")) continue;
      const described = Object.getOwnPropertyDescriptor(value, key);
      if (!described?.enumerable) continue;
      if (parts.length === itemsMax) {
        parts.push("…");
        break;
      }
      const shown = "value" in described ? show(described.value, seen) : accessorName(described);
      parts.push(`${plainName(key)}: ${shown}`);
    }
    return parts;
  }

  function accessorName({ get, set }: PropertyDescriptor): string {
    if (get === undefined) return "[Setter]";
    return set === undefined ? "[Getter]" : "[Getter/Setter]";
  }

  /** Items of an array, with what is missing between them counted. */
  function* filled(array: readonly unknown[], seen: readonly object[]): Generator<string> {
    for (let index = 0; index < array.length; index += 1) {
      const start = index;
      // Some holes are looked for one by one; of an array that is nothing but holes, only its length is told.
      while (index < array.length && index - start < holesMax && !Object.hasOwn(array, index)) index += 1;
      const holes = index - start;
      if (holes > 0) yield `<${holes} empty item${holes === 1 ? "" : "s"}>`;
      if (index < array.length && Object.hasOwn(array, index)) yield show(array[index], seen);
    }
  }

  function listed(array: readonly unknown[], seen: readonly object[]): string[] {
    const parts: string[] = [];
    for (const part of filled(array, seen)) {
      if (parts.length === itemsMax) {
        parts.push(`… ${array.length - itemsMax} more`);
        break;
      }
      parts.push(part);
    }
    return parts;
  }

  function functionName(value: (...given: never[]) => unknown): string {
    const text = Function.prototype.toString.call(value);
    const name = value.name === "" ? "(anonymous)" : value.name;
    if (!/^class\b/.test(text)) return value.name === "" ? "[Function (anonymous)]" : `[Function: ${name}]`;
    const parent: unknown = Object.getPrototypeOf(value);
    const isExtended = typeof parent === "function" && parent.name !== "";
    return `[class ${name}${isExtended ? ` extends ${parent.name}` : ""}]`;
  }

  function items(values: Iterable<unknown>, length: number, seen: readonly object[]): string[] {
    const parts: string[] = [];
    for (const value of values) {
      if (parts.length === itemsMax) break;
      parts.push(show(value, seen));
    }
    if (length > itemsMax) parts.push(`… ${length - itemsMax} more`);
    return parts;
  }

  function* pairsOf(map: Map<unknown, unknown>, seen: readonly object[]): Generator<string> {
    for (const [key, value] of map) yield `${show(key, seen)} => ${show(value, seen)}`;
  }

  function wrap(name: string, parts: readonly string[], open: string, close: string): string {
    const prefix = name === "" ? "" : `${name} `;
    if (parts.length === 0) return `${prefix}${open}${close}`;
    const line = parts.join(", ");
    // Where Node breaks a line: at 80 columns, with room for what stands around the value.
    if (line.length + prefix.length + 11 <= 80 && !line.includes("\n")) return `${prefix}${open} ${line} ${close}`;
    return `${prefix}${open}\n  ${parts.map((part) => part.replaceAll("\n", "\n  ")).join(",\n  ")}\n${close}`;
  }

  function showObject(value: object, seen: readonly object[]): string {
    if (seen.includes(value)) return "[Circular]";
    const name = className(value);
    if (isError(value)) return showError(value, seen);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      return `[${name}: ${show(value.valueOf(), [value])}]`;
    }
    if (value instanceof Promise) return "Promise {}";
    if (seen.length >= depthMax) return Array.isArray(value) ? "[Array]" : `[${name}]`;
    const inner = [...seen, value];
    if (Array.isArray(value)) {
      const parts = [...listed(value, inner), ...properties(value, inner, true)];
      return wrap(name === "Array" ? "" : `${name}(${value.length})`, parts, "[", "]");
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      const typed = value as Uint8Array;
      return wrap(`${name}(${typed.length})`, items(typed, typed.length, inner), "[", "]");
    }
    if (value instanceof Map)
      return wrap(`${name}(${value.size})`, [...pairsOf(value, inner)].slice(0, itemsMax), "{", "}");
    if (value instanceof Set) return wrap(`${name}(${value.size})`, items(value, value.size, inner), "{", "}");
    return wrap(name === "Object" ? "" : name, properties(value, inner, false), "{", "}");
  }

  function showError(error: Error, seen: readonly object[]): string {
    const stack = Object.getOwnPropertyDescriptor(error, "stack");
    const text =
      typeof error.stack === "string" && stack !== undefined ? error.stack : `${error.name}: ${error.message}`;
    // Lines of the machinery around the workflow are of no use to its author.
    const lines = text
      .split("\n")
      .filter((line) => !line.includes("(bifrost:host") && !line.includes("at bifrost:host"));
    const inner = [...seen, error];
    const cause = Object.getOwnPropertyDescriptor(error, "cause");
    if (cause && "value" in cause && inner.length < depthMax) lines.push(`  [cause]: ${show(cause.value, inner)}`);
    return lines.join("\n");
  }

  function show(value: unknown, seen: readonly object[]): string {
    switch (typeof value) {
      case "string":
        return seen.length === 0 ? value : quoted(value);
      case "bigint":
        return `${value}n`;
      case "function":
        return functionName(value as () => unknown);
      case "object":
        return value === null ? "null" : showObject(value, seen);
      default:
        return Object.is(value, -0) ? "-0" : String(value);
    }
  }

  return (value) => {
    try {
      return show(value, []);
    } catch {
      return "[unreadable]";
    }
  };
}
