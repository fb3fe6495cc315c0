// Unicode escapes in names: `\u0024a` is the identifier `$a`, so whoever looks for a name in a text must not look for its letters
// alone.

/**
 * A text with every Unicode escape as the character that it stands for. What it does not hold, no name in the text is or has in
 * it. Escapes in strings and comments are taken for names as well.
 */
export function withoutEscapes(text: string): string {
  if (!text.includes("\\u")) return text;
  return text.replace(/\\u(?:([\da-f]{4})|\{0*([\da-f]{1,6})\})/gi, (whole, four?: string, braced?: string) => {
    const point = Number.parseInt(four ?? braced ?? "", 16);
    return point > 0x10_ff_ff ? whole : String.fromCodePoint(point);
  });
}
