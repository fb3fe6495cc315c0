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
  let line = 1;
  let lineStart = 0;
  const lineEnd = /\r\n|[\n\r]/g;
  for (let match = lineEnd.exec(source); match && lineEnd.lastIndex <= start; match = lineEnd.exec(source)) {
    line += 1;
    lineStart = lineEnd.lastIndex;
  }
  const place = { line, column: start - lineStart + 1 };
  const marked = source.slice(start, end);
  return end > start && !/[\n\r]/.test(marked) ? { ...place, endColumn: end - lineStart + 1 } : place;
}
