// What a source may import at most, read without parsing it: enough to know that a source cannot lead somewhere, at a
// hundredth of what its record costs. Whatever this cannot be sure of is left to the parser.

/**
 * Gives every specifier that TypeScript or JavaScript may import by a statement, and perhaps more; `undefined` where only
 * parsing can tell, as with `import()`. A specifier is always a string literal right after `from` or `import`, and without
 * a backslash it ends at the next quote of its kind.
 */
export function possibleSpecifiers(source: string): Set<string> | undefined {
  // A keyword may not be spelt with escapes. Whoever does it all the same is the parser's to judge.
  if (source.includes("\\u")) return undefined;
  const specifiers = new Set<string>();
  for (const { 0: keyword, index } of source.matchAll(/\b(?:from|import)\b\s*/g)) {
    const start = index + keyword.length;
    const next = source[start];
    if (next === '"' || next === "'") {
      const end = source.indexOf(next, start + 1);
      const text = end === -1 ? "\\" : source.slice(start + 1, end);
      if (text.includes("\\")) return undefined;
      specifiers.add(text);
    } else if (next === "/") {
      // A comment may stand between the keyword and what it is about.
      return undefined;
    } else if (keyword.startsWith("import") && (next === "(" || next === ".")) {
      // `import()`, or one of its phases; of the rest only `import.meta` begins like this.
      if (!source.startsWith(".meta", start)) return undefined;
    }
  }
  return specifiers;
}
