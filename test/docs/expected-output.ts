// Whether a command printed what a page shows: ids, times and durations differ from run to run, and `…` stands for anything.

const variable: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g, "<time>"],
  [/\b\d{4}-\d\d-\d\d\b/g, "<day>"],
  [/\b(?=[a-z]*\d)[0-9a-f]{7,64}\b/g, "<sha>"],
  [/\b\d+(?:\.\d+)? (?:ms|s)\b/g, "<duration>"],
  [/\b\d+(?:\.\d+)? ?[kM]B\b/g, "<size>"],
  [/(127\.0\.0\.1|localhost):\d+/g, "$1:<port>"],
];

function normal(text: string): string[] {
  let plain = text;
  for (const [pattern, name] of variable) plain = plain.replaceAll(pattern, name);
  // Columns are as wide as their widest cell, which may be one of those.
  return plain
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd().replaceAll(/(?<=\S) {2,}/g, "  "));
}

/** Undefined where the output is what is shown; else the first line that differs. A line that is `…` stands for any lines. */
export function difference(shown: string, printed: string): string | undefined {
  const [wanted, given] = [normal(shown), normal(printed)];
  let at = 0;
  for (let index = 0; index < wanted.length; index += 1) {
    const line = wanted[index] ?? "";
    if (line.trim() === "…") {
      const next = wanted[index + 1];
      if (next === undefined) return undefined;
      while (at < given.length && !matches(next, given[at] ?? "")) at += 1;
      continue;
    }
    if (!matches(line, given[at] ?? "")) return `shown:   ${line}\nprinted: ${given[at] ?? "(nothing more)"}`;
    at += 1;
  }
  return at < given.length ? `shown:   (nothing more)\nprinted: ${given[at]}` : undefined;
}

function matches(shown: string, printed: string): boolean {
  const parts = shown.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(printed);
}
