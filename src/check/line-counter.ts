// Counts changed lines for people, with a bound: texts can be made to take seconds, and whoever counts keeps everybody
// else of the process waiting.
import { setImmediate } from "node:timers/promises";
import { lineChanges, linesOf } from "../history/lines.ts";

export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** Counts the lines of one text after another; nothing where the texts are too long or there is no time left. */
export type LineCounter = (was: string, now: string) => Promise<LineCounts | undefined>;

// People do not read files of this size.
const countedLengthMax = 256 * 1024;
// Beyond this many changed lines of one file it is said to be replaced: finding fewer takes time by their square.
const editLengthMax = 500;
// Hundreds of ordinary changes.
const defaultBudgetMs = 500;

/** Makes a counter for one check. Between two texts it lets others work. `budgetMs` is for all of its texts together. */
export function createLineCounter(budgetMs = defaultBudgetMs): LineCounter {
  let spentMs = 0;
  return async (was, now) => {
    if (was.length > countedLengthMax || now.length > countedLengthMax) return undefined;
    if (spentMs >= budgetMs) return undefined;
    await setImmediate();
    const startedAt = performance.now();
    const counts = { added: 0, removed: 0 };
    for (const { before, after } of lineChanges(linesOf(was), linesOf(now), editLengthMax)) {
      counts.added += after.until - after.from;
      counts.removed += before.until - before.from;
    }
    spentMs += performance.now() - startedAt;
    return counts;
  };
}
