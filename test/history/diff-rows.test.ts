// How a difference is laid out: what stands beside what, with the numbers that the lines have in their files.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DiffRow, diffRows } from "../../src/history/diff-rows.ts";
import { diffFile } from "../../src/history/file-diff.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";

const path = "a.ts" as WorkspacePath;

function rowsOf(before: string, after: string, context?: number): DiffRow[] {
  const { hunks } = diffFile({ path, content: before }, { path, content: after }, { context });
  return hunks.flatMap((hunk) => diffRows(hunk));
}

/** What is marked in a line, between brackets. */
function shown(row: DiffRow): string[] {
  const sides = [
    ["-", "before" in row ? row.before : undefined],
    ["+", "after" in row ? row.after : undefined],
  ] as const;
  return sides.flatMap(([sign, side]) => {
    if (side === undefined) return [];
    let text = side.text;
    for (const { start, end } of side.marks.toReversed())
      text = `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
    return [`${row.kind === "same" ? " " : sign}${side.line} ${text}${side.isOpen ? "⊘" : ""}`];
  });
}

describe("diffRows()", () => {
  test.each([
    ["a word", "const a = one();\n", "const a = two();\n", ["-1 const a = [one]();", "+1 const a = [two]();"]],
    ["lines that have nothing in common", "alpha\n", "return 0;\n", ["-1 alpha", "+1 return 0;"]],
    ["a line end at the end", "a\n", "a", ["-1 a", "+1 a⊘"]],
    ["line ends", "a b c\r\n", "a b c\n", ["-1 a b c[\r]", "+1 a b c"]],
    ["a line of a file with CR LF", "a b c\r\n", "a b d\r\n", ["-1 a b [c]", "+1 a b [d]"]],
  ])("marks what changed: %s", (_, before, after, wanted) => {
    expect(rowsOf(before, after).flatMap(shown)).toEqual(wanted);
  });

  test("puts replaced lines side by side, and what is left over alone", () => {
    const kinds = rowsOf("1\n2\n3\n4\n", "1\ntwo\n4\nfive\n").map(({ kind }) => kind);
    expect(kinds).toEqual(["same", "changed", "removed", "same", "added"]);
  });

  test("does not compare lines of data word by word", () => {
    const [row] = rowsOf(`${"x ".repeat(600)}\n`, `${"x ".repeat(599)}y \n`);
    expect(row).toMatchObject({ kind: "changed", before: { marks: [] }, after: { marks: [] } });
  });
});

const line = fc.constantFrom("a", "a b", "b a", "}", "", "\tz\r");
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((one) => `${one}\n`).join(""));

test("diffRows() with all lines around holds every line of both files at its number", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      if (before === after) return;
      const rows = rowsOf(before, after, Number.MAX_SAFE_INTEGER);
      for (const [side, whole] of [
        ["before", before],
        ["after", after],
      ] as const) {
        const lines = whole.split("\n").slice(0, -1);
        const told = rows.flatMap((row) => {
          const found = side === "before" ? "before" in row && row.before : "after" in row && row.after;
          return found ? [found] : [];
        });
        expect(told.map((one) => one.line)).toEqual(lines.map((_, index) => index + 1));
        expect(told.map((one) => one.text.replace(/\r$/, ""))).toEqual(lines.map((one) => one.replace(/\r$/, "")));
      }
    }),
  );
});

test("texts that are further apart than a page waits for are told as one replacement", () => {
  const text = (word: string) => Array.from({ length: 40 }, (_, index) => `${word} ${index % 2}\n`).join("");
  const [before, after] = [text("a"), `${text("b")}a 0\n`];
  const near = diffFile({ path, content: before }, { path, content: after });
  const far = diffFile({ path, content: before }, { path, content: after }, { editsMax: 10 });
  expect([near.added, near.removed]).toEqual([40, 39]);
  expect([far.added, far.removed]).toEqual([41, 40]);
  expect(far.hunks.flatMap(diffRows).filter(({ kind }) => kind === "same")).toEqual([]);
});
