// Writes the stream that `git fast-import` reads: a commit with all its files in one process. It runs nothing.
import type { EntryChange, TreeChanges } from "./tree-entry.ts";

/** Who wrote a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: Date;
}

export interface CommitDraft {
  /** The ref that the commit is put on, such as `refs/heads/main`. It is moved whatever it stood at. */
  readonly ref: string;
  /** The files of the first parent are the base for the changes; without a parent the commit starts from nothing. */
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
  readonly changes: TreeChanges;
}

/** The stream for one commit. git prints the commit's id. */
export function fastImportStream(draft: CommitDraft): Buffer {
  const parts: (string | Uint8Array)[] = [
    `feature done\ncommit ${draft.ref}\nmark :1\n`,
    `author ${signatureLine(draft.author)}\ncommitter ${signatureLine(draft.committer)}\n`,
    ...data(draft.message),
  ];
  for (const [index, parent] of draft.parents.entries()) parts.push(`${index === 0 ? "from" : "merge"} ${parent}\n`);
  for (const [path, change] of Object.entries(draft.changes)) parts.push(...entry(path, change));
  parts.push("get-mark :1\ndone\n");
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}

function entry(path: string, change: EntryChange): (string | Uint8Array)[] {
  if (change === null) return [`D ${quoted(path)}\n`];
  if (typeof change === "string" || change instanceof Uint8Array) {
    return [`M 100644 inline ${quoted(path)}\n`, ...data(change)];
  }
  if (change.mode === "160000") return [`M 160000 ${String(change.content)} ${quoted(path)}\n`];
  return [`M ${change.mode} inline ${quoted(path)}\n`, ...data(change.content)];
}

function data(content: string | Uint8Array): (string | Uint8Array)[] {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

function quoted(path: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escaped}"`;
}

function signatureLine(signature: Signature): string {
  const clean = (text: string) => text.replaceAll(/[<>\n]/g, "");
  return `${clean(signature.name)} <${clean(signature.email)}> ${Math.floor(signature.date.getTime() / 1000)} +0000`;
}
