// A difference as a table: one column as git prints it, or both sides beside each other; what changed within a line is
// marked, and lines that did not change are left out but for a few.
import { type DiffLine, type DiffRow, diffRows } from "../../history/diff-rows.ts";
import type { FileDiff, Hunk } from "../../history/file-diff.ts";
import type { CodeLine } from "../highlight/code-line.ts";
import { codeHtml, escaped } from "./code.ts";
import { type Html, html, raw } from "./html.ts";
import { type Portion, portionOf } from "./row-portions.ts";

export const diffLayouts = ["unified", "split"] as const;
export type DiffLayout = (typeof diffLayouts)[number];

/** Both texts of a difference as highlighted lines. */
export interface HighlightedSides {
  readonly before: readonly CodeLine[];
  readonly after: readonly CodeLine[];
}

export interface DiffViewOptions {
  readonly view: DiffLayout;
  /** Says what is compared, to those who do not see it. */
  readonly label: string;
  /** Without it the code is plain. */
  readonly highlight?: HighlightedSides | undefined;
  /** The address that shows every line; without one, what is left out is only counted. */
  readonly wholeAt?: string | undefined;
  /** Which portion of a long difference, from 1. Default: the first. */
  readonly portion?: number | undefined;
  /** What the rows of a portion may weigh, in bytes. */
  readonly bytesMax?: number | undefined;
}

/** A difference as a table, or a portion of it where it is long. */
export function diffView(diff: FileDiff, options: DiffViewOptions): { readonly html: Html; readonly portion: Portion } {
  const { view, label } = options;
  const portion = portionOf(rowsOf(diff.hunks, options), options.portion ?? 1, options.bytesMax);
  // Both sides have the same width, whatever is in them.
  const columns = html`<colgroup><col class="at"><col><col class="at"><col></colgroup>`;
  return {
    portion,
    html: html`<div class="code-box" role="region" aria-label="${label}" tabindex="0">
<table class="code diff ${view}" role="presentation">${view === "split" ? columns : ""}<tbody>
${raw(portion.rows.join(""))}
</tbody></table></div>`,
  };
}

function rowsOf(hunks: readonly Hunk[], options: DiffViewOptions): string[] {
  const rows: string[] = [];
  let last = 0;
  for (const hunk of hunks) {
    // Where a side has no line, its number is that of the line before.
    const first = hunk.toLines === 0 ? hunk.toLine + 1 : hunk.toLine;
    if (first - 1 > last) rows.push(gapRow(first - 1 - last, options));
    const laidOut = diffRows(hunk);
    if (options.view === "split") rows.push(...laidOut.map((row) => splitRow(row, options)));
    else rows.push(...unifiedRows(laidOut, options));
    last = first - 1 + hunk.toLines;
  }
  const after = options.highlight?.after.length;
  if (after !== undefined && after > last && hunks.length > 0) rows.push(gapRow(after - last, options));
  return rows;
}

function gapRow(lines: number, { view, wholeAt }: DiffViewOptions): string {
  const text = `${lines} unchanged line${lines === 1 ? "" : "s"}`;
  const inner = wholeAt === undefined ? text : `<a href="${escaped(wholeAt)}">${text}</a>`;
  return `<tr class="gap"><td colspan="${view === "split" ? 4 : 3}">${inner}</td></tr>\n`;
}

/** Of lines that were replaced, git prints all that went before all that came. */
function unifiedRows(rows: readonly DiffRow[], { highlight }: DiffViewOptions): string[] {
  const printed: string[] = [];
  let came: string[] = [];
  const flush = () => {
    printed.push(...came);
    came = [];
  };
  for (const row of rows) {
    if (row.kind === "same") {
      flush();
      const { before, after } = row;
      printed.push(`<tr><td>${before.line}</td><td>${after.line}</td>${codeCell(after, highlight?.after)}</tr>\n`);
      continue;
    }
    if ("before" in row) {
      const { before } = row;
      printed.push(`<tr class="del"><td>${before.line}</td><td></td>${codeCell(before, highlight?.before)}</tr>\n`);
    }
    if ("after" in row) {
      const { after } = row;
      came.push(`<tr class="add"><td></td><td>${after.line}</td>${codeCell(after, highlight?.after)}</tr>\n`);
    }
  }
  flush();
  return printed;
}

function splitRow(row: DiffRow, { highlight }: DiffViewOptions): string {
  const isSame = row.kind === "same";
  const before = "before" in row ? sideCells(row.before, isSame ? "" : "del", highlight?.before) : emptySide;
  const after = "after" in row ? sideCells(row.after, isSame ? "" : "add", highlight?.after) : emptySide;
  return `<tr>${before}${after}</tr>\n`;
}

const emptySide = `<td class="none"></td><td class="none"></td>`;

function sideCells(line: DiffLine, kind: "" | "del" | "add", lines: readonly CodeLine[] | undefined): string {
  const marked = kind === "" ? "" : ` class="${kind}"`;
  return `<td${marked}>${line.line}</td><td${marked}>${lineHtml(line, lines)}</td>`;
}

function codeCell(line: DiffLine, lines: readonly CodeLine[] | undefined): string {
  return `<td>${lineHtml(line, lines)}</td>`;
}

function lineHtml({ line, text, marks, isOpen }: DiffLine, lines: readonly CodeLine[] | undefined): string {
  const highlighted = lines?.[line - 1];
  // A file whose lines end in CR alone has other lines for git than for editors; a mark on a line end is on no line.
  const isSame = highlighted?.map((segment) => segment.text).join("") === text;
  const code = codeHtml(isSame && highlighted ? highlighted : [{ text, kind: "" }], marks);
  return isOpen ? `${code}<span class="no-end" title="No newline at end of file">⊘</span>` : code;
}
