// What an author is told of an override that global has gone on without: only of files that the pull request touches, and
// never as more than a notice. What was not touched is "bifrost overrides"'s to list.
import { overridesOf, pathsOfName } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import type { ContentHash, LayeredFile } from "../workspace/layer.ts";
import { count } from "../workspace/markdown.ts";
import { contentsToJudge, judgeOverride, type Override } from "../workspace/override.ts";
import { type FileVersion, type Revision, successionOf } from "../workspace/revision.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { CheckEdges } from "./edges.ts";
import { createLineCounter, type LineCounter } from "./line-counter.ts";
import type { Overlay } from "./overlay.ts";

/** Notices on the overrides that a pull request adds or changes and that lack something that global has by now. */
export async function staleOverrides(
  { store }: Pick<CheckEdges, "store">,
  granted: GrantedScope,
  { source, added, changed, ownPaths }: Overlay,
): Promise<Diagnostic[]> {
  const touched = new Set([...added, ...changed]);
  const files = overridesOf(source.layers)
    .map(({ file }) => file)
    .filter(({ path }) => touched.has(path) && ownPaths.has(path));
  // All that ever was of global: what an organisation that is pinned sees of it is a matter of the revision.
  const [, below] = readableLayers(granted, null);
  if (files.length === 0 || below === undefined) return [];
  const hidden = await store.versions(below, [...new Set(files.flatMap(({ path }) => pathsOfName(path)))]);
  const stored = await store.versions(
    granted,
    files.map(({ path }) => path),
  );
  const written = await source.read(files);

  const judge = async (yours: FileVersion, succession: readonly FileVersion[], own: string): Promise<Override> => {
    const history = { yours, below: succession };
    const revision = source.revision[scopeSlug(below.scope)];
    const asked = contentsToJudge(history, revision).filter((version) => version !== yours);
    const contents = await contentsOf({ store }, below, asked);
    return judgeOverride(
      history,
      (version) => (version === yours ? own : (contents.get(version.hash) ?? "")),
      revision,
    );
  };
  const countLines = createLineCounter();
  const notices: Diagnostic[] = [];
  for (const file of files) {
    const succession = successionOf(pathsOfName(file.path), hidden);
    const after = await judge(asMerged(file), succession, written.get(file) ?? "");
    const live = successionOf([file.path], stored).at(-1);
    const before =
      live?.ended === null
        ? await judge(live, succession, (await contentsOf({ store }, granted, [live])).get(live.hash) ?? "")
        : undefined;
    // Whoever writes a module of their own anew is in step by that alone, and has to have been told once.
    const isSettledByTime = after.state === "current" && after.evidence === "time" && before?.state === "stale";
    const told = after.state === "stale" ? after : isSettledByTime ? before : undefined;
    if (told) notices.push(await noticeOf({ store }, below, file, told, { isSettledByTime, countLines }));
  }
  return notices;
}

/** The file as a version that is written now, which is when the merge would write it. */
function asMerged({ path, hash }: LayeredFile): FileVersion {
  const made: Revision = {
    number: Number.MAX_SAFE_INTEGER,
    kind: "sync",
    repositoryId: null,
    commit: null,
    author: null,
    committedAt: null,
    createdAt: new Date(),
    upserts: 0,
    deletes: 0,
    pin: null,
    copyOf: null,
    droppedAt: null,
  };
  return { path, hash, sizeBytes: 0, repositoryId: null, made, ended: null };
}

async function contentsOf(
  { store }: Pick<CheckEdges, "store">,
  granted: GrantedScope,
  versions: readonly FileVersion[],
): Promise<Map<ContentHash, string>> {
  const found = await store.contentsAt(
    granted,
    versions.map(({ path, made }) => ({ path, revision: made.number })),
  );
  return new Map(found.flatMap((content) => (content ? [[content.hash, content.content]] : [])));
}

async function noticeOf(
  edges: Pick<CheckEdges, "store">,
  below: GrantedScope,
  { scope, path }: LayeredFile,
  { base, theirs, changes }: Override,
  { isSettledByTime, countLines }: { readonly isSettledByTime: boolean; readonly countLines: LineCounter },
): Promise<Diagnostic> {
  const contents = await contentsOf(
    edges,
    below,
    [base, theirs].filter((version) => version !== null),
  );
  const textOf = (version: FileVersion | null) => (version === null ? "" : (contents.get(version.hash) ?? ""));
  const lines = await countLines(textOf(base), textOf(theirs));
  const slug = scopeSlug(scope);
  const last = changes.at(-1)?.made;
  const often = changes.length === 1 ? "" : ` ${count(changes.length, "time")}, the last time`;
  const when = last === undefined ? "" : ` in ${madeText(last)}`;
  const message =
    base === null
      ? `Global has ${theirs?.path} since ${changes[0] ? madeText(changes[0].made) : "long ago"}, and this override was never in step with it`
      : `Global changed ${theirs?.path}${often}${when}${lines ? `: ${count(lines.added, "line")} added and ${lines.removed} removed` : ""} since ` +
        `revision ${base.made.number}, with which this override was last in step`;
  const settled = isSettledByTime
    ? ". As this module was not made from global's, merging it counts as having seen that"
    : "";
  return {
    code: "stale-override",
    severity: "notice",
    message: `${message}${settled}`,
    scope: slug,
    path,
    line: 1,
    column: 1,
    remedy: `See both sides with "bifrost overrides ${slug} ${path}" and take over what this module should have; nothing is merged by itself`,
  };
}

function madeText({ number, commit, author }: Revision): string {
  const by = [
    ...(author === null ? [] : [`by ${author}`]),
    ...(commit === null ? [] : [`commit ${commit.slice(0, 7)}`]),
  ];
  return `revision ${number}${by.length === 0 ? "" : ` (${by.join(", ")})`}`;
}
