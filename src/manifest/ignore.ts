// What the manifest's `ignore` list leaves out, by .gitignore's own rules.
import ignore from "ignore";

// Matching a path takes time to the power of the number of `**` in a pattern and of folders in the path: three `**` on a
// path of 500 folders took 19 s, two on one of 64 took less than 1 ms. The list comes from a repository, so it is bounded.
const globstarsMax = 2;
const segmentsMax = 64;
const patternLengthMax = 256;

/** The most patterns that a manifest may list. */
export const patternsMax = 100;

/** Says why a pattern cannot be used, in words that follow "the pattern …", or `undefined` where it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.trim() === "") return "is empty";
  if (pattern.length > patternLengthMax) return `is longer than ${patternLengthMax} characters`;
  if (/\p{Cc}/u.test(pattern)) return "contains a control character";
  if (pattern.split("**").length - 1 > globstarsMax) return `contains "**" more than ${globstarsMax} times`;
  return undefined;
}

/**
 * Takes patterns that `patternProblem` had nothing against and gives a test for paths relative to the root folder. Case
 * counts, as it does in git. A path of more than 64 folders is judged by its first 64.
 */
export function createIgnore(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const rules = ignore({ ignoreCase: false, allowRelativePaths: true }).add([...patterns]);
  return (path) => {
    const segments = path.split("/");
    if (segments.length <= segmentsMax) return rules.ignores(path);
    return rules.ignores(`${segments.slice(0, segmentsMax).join("/")}/`);
  };
}
