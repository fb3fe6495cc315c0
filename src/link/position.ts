// Offsets of a source as people count: lines and columns from 1. Nothing else counts lines in the linker.
import type { Span } from "./record.ts";

/** A place in a source. Columns count UTF-16 code units; `endColumn` is there only where the place ends on its line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
}

/** Gives the line and columns of a span. Lines end as editors and git have it: LF, CR LF or CR. */
export function placeOf(source: string, { start, end }: Span): Place {
  const starts = lineStartsOf(source);
  const line = lineAt(starts, start);
  const lineStart = starts[line - 1] ?? 0;
  const place = { line, column: start - lineStart + 1 };
  const next = starts[line];
  const endsOnLine = end > start && (next === undefined || end < next) && !/[\n\r]/.test(source.slice(start, end));
  return endsOnLine ? { ...place, endColumn: end - lineStart + 1 } : place;
}

// Findings come file by file, and reading a file anew for each of them takes long where both are many.
let last: { readonly source: string; readonly starts: readonly number[] } | undefined;

/** The offset at which each line begins. */
function lineStartsOf(source: string): readonly number[] {
  if (last?.source === source) return last.starts;
  const starts = [0];
  for (const { index, 0: end } of source.matchAll(/\r\n|[\n\r]/g)) starts.push(index + end.length);
  last = { source, starts };
  return starts;
}

/** The last line that begins at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
