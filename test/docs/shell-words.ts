// A line of a shell in its words, as far as documentation writes them: quotes, and comments at the end.

/** Cuts a line into words and takes the quotes off. Throws where a quote does not end. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== "" && !rest.startsWith("#")) {
    const [word = ""] = /^(?:'[^']*'|"[^"]*"|[^\s'"])+/.exec(rest) ?? [];
    if (word === "") throw new Error(`Cannot read the line: ${line}`);
    words.push(
      word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""),
    );
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}
