// `%s` and its like in the first argument of a console method, as the console standard has them. Runs inside the isolate.
import type { Inspect } from "./inspect.ts";

export type Format = (values: readonly unknown[]) => string;

/** Makes the function that turns a console method's arguments into one text. Its text is put into the isolate. */
export function makeFormat(inspect: Inspect): Format {
  function numberOf(value: unknown, convert: (value: string) => number): string {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "symbol" || (typeof value === "object" && value !== null)) return "NaN";
    return inspect(convert(String(value)));
  }

  function json(value: unknown): string {
    try {
      return JSON.stringify(value) ?? "undefined";
    } catch {
      return "[Circular]";
    }
  }

  function shown(specifier: string, value: unknown): string {
    switch (specifier) {
      case "d":
        return numberOf(value, Number);
      case "i":
        return numberOf(value, Number.parseInt);
      case "f":
        return typeof value === "bigint" ? `${Number(value)}` : numberOf(value, Number.parseFloat);
      case "j":
        return json(value);
      case "c":
        return "";
      // s, o, O
      default:
        return inspect(value);
    }
  }

  return (values) => {
    let from = 0;
    let text = "";
    const [first] = values;
    if (typeof first === "string" && values.length > 1 && first.includes("%")) {
      from = 1;
      text = first.replace(/%([sdifjoOc%])/g, (whole, specifier: string) => {
        if (specifier === "%") return "%";
        if (from >= values.length) return whole;
        from += 1;
        return shown(specifier, values[from - 1]);
      });
    }
    for (let index = from; index < values.length; index += 1) text += (index === 0 ? "" : " ") + inspect(values[index]);
    return text;
  };
}
