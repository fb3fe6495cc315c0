// A source line by line, for showing: what its characters are and where its lines end, before anything is made HTML of it.

/** A run of text of one kind: one of the names behind `pl-` in the stylesheet, or empty for plain text. */
export interface CodeSegment {
  readonly text: string;
  readonly kind: string;
}

/** A line without its end. */
export type CodeLine = readonly CodeSegment[];

/** How the lines of a text end. */
export type LineEnds = "LF" | "CRLF" | "CR" | "mixed" | "none";

/** The same text with every line end a `\n`, as the linker and every editor count lines: LF, CR LF or CR. */
export function withPlainEnds(text: string): string {
  return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/** Tells how lines end. */
export function lineEndsOf(text: string): LineEnds {
  const ends = new Set(text.match(/\r\n|\r|\n/g));
  if (ends.size === 0) return "none";
  if (ends.size > 1) return "mixed";
  return ends.has("\n") ? "LF" : ends.has("\r\n") ? "CRLF" : "CR";
}

/** Every line of a text as plain text; a line end at the end of the text makes no line. */
export function plainLines(text: string): CodeLine[] {
  return withPlainEnds(text)
    .split("\n")
    .map((line) => (line === "" ? [] : [{ text: line, kind: "" }]));
}

/** Takes off the empty line that a line end at the very end would make. */
export function withoutLastEnd(lines: readonly CodeLine[]): readonly CodeLine[] {
  return lines.at(-1)?.length === 0 ? lines.slice(0, -1) : lines;
}

/** Characters that change the order in which text is shown: they make code read otherwise than it runs. */
export const bidiControl = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** These, and every other character that leaves no mark on a screen, so that it could hide in plain sight. */
export const unseenCharacter =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
