// A file with line numbers, each of which is a link to its line.
import type { CodeLine } from "../highlight/code-line.ts";
import { codeHtml } from "./code.ts";
import { type Html, html, raw } from "./html.ts";
import { type Portion, portionOf } from "./row-portions.ts";

export interface SourceViewOptions {
  readonly lines: readonly CodeLine[];
  /** Says what is shown, to those who do not see it. */
  readonly label: string;
  /** Which portion; from 1. */
  readonly portion: number;
  /** Whether the file ends without a line end. */
  readonly isOpen: boolean;
}

/** The file as a table, or a portion of it where it is long. */
export function sourceView({ lines, label, portion: number, isOpen }: SourceViewOptions): {
  readonly html: Html;
  readonly portion: Portion;
} {
  const rows = lines.map((line, index) => {
    const at = index + 1;
    return `<tr id="L${at}"><td><a href="#L${at}">${at}</a></td><td>${codeHtml(line)}</td></tr>\n`;
  });
  const portion = portionOf(rows, number);
  const isLast = portion.number === portion.count;
  const starts = portion.starts.map((start) => start + 1).join(" ");
  return {
    portion,
    html: html`<div class="code-box" role="region" aria-label="${label}" tabindex="0">
<table class="code" role="presentation" data-starts="${starts}" data-portion="${portion.number}"><tbody>
${raw(portion.rows.join(""))}${isLast && isOpen ? html`<tr class="note"><td></td><td>No newline at end of file</td></tr>` : ""}
</tbody></table></div>`,
  };
}
