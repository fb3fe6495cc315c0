// Three texts side by side: what an override was made from, what that has become since, and the override. It shows what
// meets where, and merges nothing.
import { type LineChange, lineChanges, linesOf } from "./lines.ts";

/**
 * What happened to the lines of a region since the base.
 * - `same`: nothing. - `yours`, `theirs`: one side changed them. - `both`: both changed them to the same.
 * - `conflict`: both changed them, each to something else.
 */
export type RegionKind = "same" | "yours" | "theirs" | "both" | "conflict";

/** Lines of one text; `line` is the number of the first, or of the one before which it would stand, from 1. */
export interface Span {
  readonly line: number;
  readonly lines: readonly string[];
}

export interface Region {
  readonly kind: RegionKind;
  readonly base: Span;
  readonly theirs: Span;
  readonly yours: Span;
}

/** Cuts three texts into regions, in order: the spans of each text, one after the other, are its lines. `editsMax`: as in `lineChanges`. */
export function threeWay(base: string, theirs: string, yours: string, editsMax?: number): Region[] {
  const texts = { base: linesOf(base), theirs: linesOf(theirs), yours: linesOf(yours) };
  const changes: Side[] = [
    ...lineChanges(texts.base, texts.theirs, editsMax).map((change) => ({ side: "theirs", change }) as const),
    ...lineChanges(texts.base, texts.yours, editsMax).map((change) => ({ side: "yours", change }) as const),
  ].sort((one, other) => one.change.before.from - other.change.before.from);

  const regions: Region[] = [];
  const at = { base: 0, theirs: 0, yours: 0 };
  const take = (kind: RegionKind, until: typeof at) => {
    const span = (text: keyof typeof at): Span => ({
      line: at[text] + 1,
      lines: texts[text].slice(at[text], until[text]),
    });
    regions.push({ kind, base: span("base"), theirs: span("theirs"), yours: span("yours") });
    Object.assign(at, until);
  };
  const takeSame = (count: number) => {
    if (count > 0) take("same", { base: at.base + count, theirs: at.theirs + count, yours: at.yours + count });
  };
  for (const group of groupsOf(changes)) {
    takeSame(group.from - at.base);
    const until = {
      base: group.until,
      theirs: at.theirs + group.until - at.base + growth(group.sides, "theirs"),
      yours: at.yours + group.until - at.base + growth(group.sides, "yours"),
    };
    take(
      kindOf(group.sides, texts.theirs.slice(at.theirs, until.theirs), texts.yours.slice(at.yours, until.yours)),
      until,
    );
  }
  takeSame(texts.base.length - at.base);
  return regions;
}

interface Side {
  readonly side: "theirs" | "yours";
  readonly change: LineChange;
}

interface Group {
  from: number;
  until: number;
  readonly sides: Side[];
}

/** Changes that overlap or touch in the base belong together: nobody could say which comes first. */
function groupsOf(changes: readonly Side[]): Group[] {
  const groups: Group[] = [];
  for (const side of changes) {
    const { from, until } = side.change.before;
    const last = groups.at(-1);
    if (last !== undefined && from <= last.until) {
      last.until = Math.max(last.until, until);
      last.sides.push(side);
    } else groups.push({ from, until, sides: [side] });
  }
  return groups;
}

function growth(sides: readonly Side[], which: Side["side"]): number {
  let lines = 0;
  for (const { side, change } of sides) {
    if (side !== which) continue;
    lines += change.after.until - change.after.from - (change.before.until - change.before.from);
  }
  return lines;
}

function kindOf(sides: readonly Side[], theirs: readonly string[], yours: readonly string[]): RegionKind {
  if (sides.every(({ side }) => side === "theirs")) return "theirs";
  if (sides.every(({ side }) => side === "yours")) return "yours";
  return theirs.length === yours.length && theirs.every((line, index) => line === yours[index]) ? "both" : "conflict";
}
