// What changed between two trees, from git's raw, numeric and textual diffs. It runs nothing.

export interface DiffEntry {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "removed" | "modified" | "renamed";
  /** The blob after the change, or before it where the file is gone. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Unified hunks without file headers; none for binaries. */
  readonly patch?: string;
}

const statuses = { A: "added", D: "removed", M: "modified", T: "modified", R: "renamed" } as const;

/**
 * Takes the output of `git diff-tree -r -M -z --raw --numstat` and of the same with `-p` instead, whose files come in
 * the same order, and gives one entry per file.
 */
export function parseDiff(rawAndNumbers: string, patches: string): DiffEntry[] {
  const fields = rawAndNumbers.split("\0");
  const hunks = patches
    .split(/^diff --git /m)
    .slice(1)
    .map((text) => /^@@ [\s\S]*/m.exec(text)?.[0]?.replace(/\n$/, ""));
  const raw: Omit<DiffEntry, "additions" | "deletions" | "patch">[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(":"); at++) {
    const [, , before = "", after = "", letter = "M"] = (fields[at] ?? "").split(" ");
    const status = statuses[letter.charAt(0) as keyof typeof statuses] ?? "modified";
    const sha = status === "removed" ? before : after;
    const first = fields[++at] ?? "";
    if (status === "renamed") raw.push({ path: fields[++at] ?? "", previousPath: first, status, sha });
    else raw.push({ path: first, status, sha });
  }
  return raw.map((entry, index) => {
    const [additions = "0", deletions = "0", path] = (fields[at++] ?? "").split("\t");
    // A rename has an empty path here and its two names in fields of their own.
    if (path === "") at += 2;
    const patch = hunks[index];
    const numbers = { additions: Number(additions) || 0, deletions: Number(deletions) || 0 };
    return { ...entry, ...numbers, ...(patch === undefined ? {} : { patch }) };
  });
}
