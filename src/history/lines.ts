// Texts line by line, and which lines one has in the place of another's.
import { diffArrays } from "diff";

/** Lines without their ends; `\r\n` counts as `\n`, and a line end after the last line makes no line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Lines `from` to `until` of one text, `until` excluded, stand where those of another did; counted from 0. */
export interface LineChange {
  readonly before: { readonly from: number; readonly until: number };
  readonly after: { readonly from: number; readonly until: number };
}

/**
 * How far two texts may be apart, in lines added and removed, before one is taken to replace the other as a whole: the
 * work grows with the square of it.
 */
export const editLengthMax = 4000;

/**
 * The same for a page: whoever makes one serves others meanwhile, and two texts that are as far apart take it 50 ms. Four
 * times that far is sixteen times as long.
 */
export const pageEditsMax = 1000;

/** What changed between two texts, in order. Texts further apart than `editsMax` lines are told as one replacement. */
export function lineChanges(
  before: readonly string[],
  after: readonly string[],
  editsMax: number = editLengthMax,
): LineChange[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: editsMax });
  if (parts === undefined) {
    return [{ before: { from: 0, until: before.length }, after: { from: 0, until: after.length } }];
  }
  const changes: LineChange[] = [];
  let [old, now] = [0, 0];
  let open: { readonly old: number; readonly now: number } | undefined;
  const close = () => {
    if (open) changes.push({ before: { from: open.old, until: old }, after: { from: open.now, until: now } });
    open = undefined;
  };
  for (const { added, removed, count } of parts) {
    if (!added && !removed) close();
    else open ??= { old, now };
    if (!added) old += count;
    if (!removed) now += count;
  }
  close();
  return changes;
}
