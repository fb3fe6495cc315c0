// What lies between two revisions of a scope: which files, and their differences as far as a page holds them.
import { setImmediate } from "node:timers/promises";
import { diffFile, type FileDiff } from "../history/file-diff.ts";
import { pageEditsMax } from "../history/lines.ts";
import { type ChangedFile, type ChangedText, changedFiles, readChanged, scopeTree } from "../history/tree-diff.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { DashboardEdges } from "./edges.ts";

export interface Difference {
  readonly files: readonly ChangedFile[];
  /** Those of one page of the files, or of the one that was asked for. */
  readonly diffs: readonly ComparedFile[];
}

/** A file before and after, and line by line. */
export interface ComparedFile extends ChangedText {
  readonly diff: FileDiff;
}

/** Which of the files to compare line by line. */
export type Portion = { readonly offset: number; readonly limit: number } | { readonly path: string };

/** The files that differ. 0 is what a scope was before its first revision. Throws what `ScopeReader.snapshot` throws. */
export async function filesBetween(
  { store }: Pick<DashboardEdges, "store">,
  granted: GrantedScope,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ChangedFile[]> {
  const [before, after] = await Promise.all([scopeTree({ store }, granted, from), scopeTree({ store }, granted, to)]);
  return changedFiles(before.files, after.files);
}

/** The files that differ, and the differences of a portion of them. */
export async function compareRevisions(
  edges: Pick<DashboardEdges, "store">,
  granted: GrantedScope,
  between: { readonly from: number; readonly to: number },
  portion: Portion,
): Promise<Difference> {
  const files = await filesBetween(edges, granted, between);
  const wanted =
    "path" in portion
      ? files.filter((pair) => pair.some((side) => side?.path === portion.path))
      : files.slice(portion.offset, portion.offset + portion.limit);
  const diffs: ComparedFile[] = [];
  for await (const text of readChanged(edges, wanted)) {
    diffs.push({ ...text, diff: diffFile(text.before, text.after, { editsMax: pageEditsMax }) });
    // Other requests go first: files that are far apart take a while each.
    await setImmediate();
  }
  return { files, diffs };
}

/** What became of a file, and under which paths. */
export function changeOf([before, after]: ChangedFile) {
  const kind =
    before === undefined
      ? "added"
      : after === undefined
        ? "deleted"
        : before.path === after.path
          ? "changed"
          : "renamed";
  return { kind, from: before?.path ?? null, to: after?.path ?? null } as const;
}
