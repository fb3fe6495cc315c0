// Rows of code in portions that fit into a page: a file may have a million lines, and a page has 150 KB.

/** What of a page's 150 KB rows of code may take, in bytes. */
const rowBytesMax = 100 * 1024;

export interface Portion {
  /** Counts from 1. */
  readonly number: number;
  readonly count: number;
  readonly rows: readonly string[];
  /** For each portion the index of its first row. */
  readonly starts: readonly number[];
}

/** Cuts rows into portions and gives one of them: the last, where a later one is asked for. */
export function portionOf(rows: readonly string[], number: number, bytesMax: number = rowBytesMax): Portion {
  const starts = [0];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const length = Buffer.byteLength(row);
    if (index > (starts.at(-1) ?? 0) && bytes + length > bytesMax) {
      starts.push(index);
      bytes = 0;
    }
    bytes += length;
  }
  const at = Math.min(Math.max(1, Math.trunc(number)), starts.length);
  return { number: at, count: starts.length, rows: rows.slice(starts[at - 1], starts[at]), starts };
}
