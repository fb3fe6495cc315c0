// `console.table`: rows and columns drawn with lines. Runs inside the isolate.
import type { Inspect } from "./inspect.ts";

export type DrawTable = (data: object, columns?: readonly string[]) => string;

/** Makes the function that draws a table. Its text is put into the isolate. */
export function makeTable(inspect: Inspect): DrawTable {
  const rowsMax = 1000;
  const isRow = (value: unknown): value is object => typeof value === "object" && value !== null;
  // Strings in a cell are marked as such, as they are within any other value.
  const cellOf = (value: unknown): string =>
    typeof value === "string" ? inspect([value]).slice(2, -2) : inspect(value);

  /** What each row is called, and what is in it. */
  function rowsOf(data: object): [string, unknown][] {
    if (data instanceof Map) return [...data].map(([key, value], index) => [`${index}`, { Key: key, Values: value }]);
    if (data instanceof Set) return [...data].map((value, index) => [`${index}`, value]);
    return Object.entries(data);
  }

  return (data, columns) => {
    const rows = rowsOf(data).slice(0, rowsMax);
    const names = columns ?? [...new Set(rows.flatMap(([, row]) => (isRow(row) ? Object.keys(row) : [])))];
    const withValues = columns === undefined && rows.some(([, row]) => !isRow(row));
    const index = data instanceof Map || data instanceof Set ? "(iteration index)" : "(index)";
    const heads = [index, ...names, ...(withValues ? ["Values"] : [])];
    const cells = rows.map(([name, row]) => [
      name,
      ...names.map((column) => (isRow(row) && Object.hasOwn(row, column) ? cellOf(Reflect.get(row, column)) : "")),
      ...(withValues ? [isRow(row) ? "" : cellOf(row)] : []),
    ]);
    const widths = heads.map((head, at) =>
      Math.max(...[head, ...cells.map((row) => row[at] ?? "")].map((cell) => cell.length)),
    );
    const line = (row: readonly string[]) =>
      `│${widths.map((width, at) => ` ${(row[at] ?? "").padEnd(width)} `).join("│")}│`;
    const rule = (left: string, middle: string, right: string) =>
      left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
    return [rule("┌", "┬", "┐"), line(heads), rule("├", "┼", "┤"), ...cells.map(line), rule("└", "┴", "┘")].join("\n");
  };
}
