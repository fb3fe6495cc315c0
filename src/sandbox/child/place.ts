// Places as V8 counts them, in lines as people, git and the linker count them: V8 also ends a line at U+2028 and U+2029,
// which a string may hold.

export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Takes a place that V8 gave in a text, both from 1, and gives the place whose lines end with LF, CR LF or CR. Undefined where
 * the text has no such place, which somebody made up then.
 */
export function peoplesPlace(text: string, { line, column }: Place): Place | undefined {
  if (line < 1 || column < 1) return undefined;
  let own = 1;
  let ownStart = 0;
  let start = 0;
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;
  for (let seen = 1; seen < line; seen += 1) {
    const end = lineEnd.exec(text)?.[0];
    if (end === undefined) return undefined;
    start = lineEnd.lastIndex;
    if (end === "\u2028" || end === "\u2029") continue;
    own += 1;
    ownStart = start;
  }
  // V8 also points right behind a line.
  const columns = (lineEnd.exec(text)?.index ?? text.length) - start + 1;
  return column > columns ? undefined : { line: own, column: column + start - ownStart };
}
