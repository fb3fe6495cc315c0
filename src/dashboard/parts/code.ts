// A line of code as HTML: colours by class, marks of a difference, and every character that hides made visible.
import type { TextRange } from "../../history/diff-rows.ts";
import { bidiControl, type CodeLine, unseenCharacter } from "../highlight/code-line.ts";

// Nobody reads further to the right, and one line of data may have a million characters.
const shownLengthMax = 5_000;

const bidiNames: Readonly<Record<string, string>> = {
  "\u061c": "Arabic letter mark",
  "\u200e": "left-to-right mark",
  "\u200f": "right-to-left mark",
  "\u202a": "left-to-right embedding",
  "\u202b": "right-to-left embedding",
  "\u202c": "pop directional formatting",
  "\u202d": "left-to-right override",
  "\u202e": "right-to-left override",
  "\u2066": "left-to-right isolate",
  "\u2067": "right-to-left isolate",
  "\u2068": "first strong isolate",
  "\u2069": "pop directional isolate",
};

/** A line as HTML text, with what is between the marks marked. What is cut off is counted. */
export function codeHtml(line: CodeLine, marks: readonly TextRange[] = []): string {
  let html = "";
  let at = 0;
  for (const { text, kind } of line) {
    if (at >= shownLengthMax) break;
    const shown = text.slice(0, shownLengthMax - at);
    const inner = markedHtml(shown, at, marks);
    html += kind === "" ? inner : `<span class="pl-${kind}">${inner}</span>`;
    at += text.length;
  }
  const length = line.reduce((sum, { text }) => sum + text.length, 0);
  if (length > shownLengthMax) {
    html += `<span class="cut">… ${(length - shownLengthMax).toLocaleString("en-GB")} more characters</span>`;
  }
  return html;
}

/** Text of a line from `start` on, with the parts of it that lie in a mark. */
function markedHtml(text: string, start: number, marks: readonly TextRange[]): string {
  let html = "";
  let at = 0;
  for (const mark of marks) {
    const from = Math.max(at, mark.start - start);
    const until = Math.min(text.length, mark.end - start);
    if (until <= from) continue;
    html += `${visible(text.slice(at, from))}<mark>${visible(text.slice(from, until))}</mark>`;
    at = until;
  }
  return html + visible(text.slice(at));
}

/** Text as HTML, with a name in the place of each character that cannot be seen. */
function visible(text: string): string {
  return escaped(text)
    .replaceAll(unseenCharacter, (character) => {
      const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
      const name = bidiNames[character];
      return name === undefined
        ? `<span class="unseen">${code}</span>`
        : `<span class="unseen bidi" title="${name}">${code}</span>`;
    })
    .replaceAll("\r", `<span class="unseen" title="carriage return">CR</span>`);
}

/** Text as HTML text or as the value of an attribute in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Whether a text has characters that change the order in which it is shown. */
export function hasBidiControl(text: string): boolean {
  return bidiControl.test(text);
}
