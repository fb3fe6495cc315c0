// A difference as it is laid out for reading: which line stands beside which, and what changed within a line.
import { diffWordsWithSpace } from "diff";
import type { Hunk } from "./file-diff.ts";

/** From `start` up to, and not including, `end`, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A line on one side. */
export interface DiffLine {
  /** Counts from 1. */
  readonly line: number;
  /** Without its line end. A carriage return is left where it is part of the difference. */
  readonly text: string;
  /** What differs from the line beside it; empty where all of it does, or nothing. */
  readonly marks: readonly TextRange[];
  /** The last line of a file that does not end with a line end. */
  readonly isOpen: boolean;
}

/** Lines that stand side by side. */
export type DiffRow =
  | { readonly kind: "same" | "changed"; readonly before: DiffLine; readonly after: DiffLine }
  | { readonly kind: "removed"; readonly before: DiffLine }
  | { readonly kind: "added"; readonly after: DiffLine };

/** Lays out a hunk, row by row. Of lines that were replaced, the first stands beside the first, and so on. */
export function diffRows(hunk: Hunk): DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const place = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const [before, after] = [removed[index], added[index]];
      if (before && after) rows.push(changedRow(before, after));
      else if (before) rows.push({ kind: "removed", before });
      else if (after) rows.push({ kind: "added", after });
    }
    removed = [];
    added = [];
  };
  let [old, now] = [hunk.fromLine, hunk.toLine];
  for (const [index, marked] of hunk.lines.entries()) {
    const text = marked.slice(1);
    const isOpen = hunk.lines[index + 1]?.startsWith("\\") === true;
    const at = (line: number): DiffLine => ({ line, text, marks: [], isOpen });
    switch (marked[0]) {
      case "-":
        removed.push(at(old++));
        break;
      case "+":
        added.push(at(now++));
        break;
      case "\\":
        break;
      default: {
        place();
        const [before, after] = [at(old++), at(now++)].map(withoutReturn);
        if (before && after) rows.push({ kind: "same", before, after });
      }
    }
  }
  place();
  return rows;
}

function withoutReturn(line: DiffLine): DiffLine {
  return line.text.endsWith("\r") ? { ...line, text: line.text.slice(0, -1) } : line;
}

// Comparing word by word takes time with the square of the length, and nobody reads the marks in a line of data.
const markedLengthMax = 1000;
// Below this, two lines have their brackets in common and little else.
const likenessMin = 0.4;

function changedRow(before: DiffLine, after: DiffLine): DiffRow {
  const isSameEnd = before.text.endsWith("\r") === after.text.endsWith("\r");
  const [old, now] = isSameEnd ? [withoutReturn(before), withoutReturn(after)] : [before, after];
  const marks = marksBetween(old.text, now.text);
  return { kind: "changed", before: { ...old, marks: marks.before }, after: { ...now, marks: marks.after } };
}

function marksBetween(
  before: string,
  after: string,
): { readonly before: readonly TextRange[]; readonly after: readonly TextRange[] } {
  const none = { before: [], after: [] };
  const longest = Math.max(before.length, after.length);
  if (longest > markedLengthMax) return none;
  const marks = { before: [] as TextRange[], after: [] as TextRange[] };
  let [old, now, same] = [0, 0, 0];
  for (const { value, added, removed } of diffWordsWithSpace(before, after)) {
    const { length } = value;
    if (added) marks.after.push({ start: now, end: now + length });
    else if (removed) marks.before.push({ start: old, end: old + length });
    else if (value.trim() !== "") same += length;
    if (!added) old += length;
    if (!removed) now += length;
  }
  return same / longest < likenessMin ? none : marks;
}
