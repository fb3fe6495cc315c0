// Rows for people: columns as wide as their widest cell.
import { printable } from "./printable.ts";

/** Lays out rows below a heading, one line each, with a line end after the last. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows].map((row) => row.map((cell) => printable(cell).replaceAll("\n", " ")));
  const widths = heading.map((_, column) => Math.max(...lines.map((row) => (row[column] ?? "").length)));
  return lines
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
