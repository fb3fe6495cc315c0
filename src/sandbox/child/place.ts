// Places as V8 counts them, in lines as people, git and the linker count them: V8 also ends a line at U+2028 and U+2029,
// which a string may hold.

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Takes a place that V8 gave in a text, both from 1, and gives the place whose lines end with LF, CR LF or CR. */
export function peoplesPlace(text: string, { line, column }: Place): Place {
  if (!/[\u2028\u2029]/.test(text)) return { line, column };
  let own = 1;
  let ownStart = 0;
  let start = 0;
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;
  for (let seen = 1; seen < line; seen += 1) {
    const end = lineEnd.exec(text)?.[0];
    // Beyond the text is a place that somebody made up.
    if (end === undefined) return { line, column };
    start = lineEnd.lastIndex;
    if (end === "\u2028" || end === "\u2029") continue;
    own += 1;
    ownStart = start;
  }
  return { line: own, column: column + start - ownStart };
}
