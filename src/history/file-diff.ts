// One file before and after: as data, and as git prints it, so that `git apply` takes it.
import { formatPatch, type StructuredPatch, structuredPatch } from "diff";
import type { WorkspacePath } from "../workspace/path.ts";
import { editLengthMax } from "./lines.ts";

export type DiffKind = "added" | "deleted" | "renamed" | "changed";

/** A run of lines that differ, with those around them; line numbers count from 1. */
export interface Hunk {
  readonly fromLine: number;
  readonly fromLines: number;
  readonly toLine: number;
  readonly toLines: number;
  /** Each begins with ` `, `-` or `+`, or with `\` for git's remark that the line above has no end. */
  readonly lines: readonly string[];
}

export interface FileDiff {
  readonly kind: DiffKind;
  /** Null where it was added. */
  readonly from: WorkspacePath | null;
  /** Null where it was deleted. */
  readonly to: WorkspacePath | null;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly Hunk[];
}

/** A file on one side. */
export interface FileSide {
  readonly path: WorkspacePath;
  readonly content: string;
}

/** How many lines around a change are told with it, as git does. */
const contextLines = 3;

export interface DiffOptions {
  /** How many lines around a change are told with it. Default: 3. */
  readonly context?: number | undefined;
  /** Texts further apart than so many lines are told as one replacement. */
  readonly editsMax?: number | undefined;
}

/** Compares a file with what became of it; at least one of the two is there. */
export function diffFile(
  before: FileSide | undefined,
  after: FileSide | undefined,
  options: DiffOptions = {},
): FileDiff {
  const hunks = hunksOf(before?.content ?? "", after?.content ?? "", options);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    kind: kindOf(before, after),
    from: before?.path ?? null,
    to: after?.path ?? null,
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
    hunks,
  };
}

function kindOf(before: FileSide | undefined, after: FileSide | undefined): DiffKind {
  if (before === undefined) return "added";
  if (after === undefined) return "deleted";
  return before.path === after.path ? "changed" : "renamed";
}

function hunksOf(before: string, after: string, given: DiffOptions): Hunk[] {
  if (before === after) return [];
  const { context = contextLines, editsMax: maxEditLength = editLengthMax } = given;
  const options = { context, maxEditLength };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  return (patch?.hunks ?? [replacement(before, after)]).map((hunk) => ({
    fromLine: hunk.oldStart,
    fromLines: hunk.oldLines,
    toLine: hunk.newStart,
    toLines: hunk.newLines,
    lines: hunk.lines,
  }));
}

/** Everything out, everything in: for texts so far apart that nobody would read what they have in common. */
function replacement(before: string, after: string): StructuredPatch["hunks"][number] {
  const [out, into] = [marked("-", before), marked("+", after)];
  return { oldStart: 1, oldLines: out.count, newStart: 1, newLines: into.count, lines: [...out.lines, ...into.lines] };
}

function marked(mark: "-" | "+", text: string): { readonly count: number; readonly lines: string[] } {
  const lines = text.split("\n").map((line) => mark + line);
  if (!text.endsWith("\n") && text !== "")
    return { count: lines.length, lines: [...lines, "\\ No newline at end of file"] };
  lines.pop();
  return { count: lines.length, lines };
}

/** A diff as `git diff` prints it, with a line end after its last line. */
export function patchText({ kind, from, to, hunks }: FileDiff): string {
  const path = from ?? to ?? "";
  return formatPatch({
    isGit: true,
    ...(kind === "added" && { isCreate: true }),
    ...(kind === "deleted" && { isDelete: true }),
    ...(kind === "renamed" && { isRename: true }),
    oldFileName: kind === "added" ? "/dev/null" : `a/${path}`,
    newFileName: kind === "deleted" ? "/dev/null" : `b/${to ?? path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: hunks.map((hunk) => ({
      oldStart: hunk.fromLine,
      oldLines: hunk.fromLines,
      newStart: hunk.toLine,
      newLines: hunk.toLines,
      lines: [...hunk.lines],
    })),
  });
}
