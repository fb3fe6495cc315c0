// The overrides of an organisation, each with how it stands to what it hides.
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import {
  contentsToJudge,
  judgeOverride,
  type Override,
  type OverrideHistory,
  overrideHistories,
} from "../workspace/override.ts";
import type { FileVersion } from "../workspace/revision.ts";
import type { HistoryEdges } from "./edges.ts";
import { isIn } from "./tree-diff.ts";

export interface OverrideList {
  /** The organisation's revision, and that of the layer below which it sees; with `at` in the grant it is its pin. */
  readonly revision: number;
  readonly below: { readonly granted: GrantedScope; readonly revision: number };
  /** In order of path. */
  readonly overrides: readonly Override[];
}

// Contents of as many overrides are in memory at once, each with the versions that it may have been made from.
const overridesAtOnce = 10;

/** Judges an organisation's overrides; `only` narrows them to a file, a module's name or a folder. Global has none. */
export async function listOverrides(
  edges: HistoryEdges,
  granted: GrantedScope,
  only?: string,
): Promise<OverrideList | undefined> {
  const found = await edges.store.overrideVersions(granted);
  if (found === undefined) return undefined;
  const seen = found.below.granted.at;
  const histories = overrideHistories(found.own, found.below.versions, seen)
    .filter(({ yours }) => only === undefined || isIn(only, yours.path))
    .sort((one, other) => (one.yours.path < other.yours.path ? -1 : 1));
  const overrides: Override[] = [];
  for (let start = 0; start < histories.length; start += overridesAtOnce) {
    const batch = histories.slice(start, start + overridesAtOnce);
    const contents = await readToJudge(edges, granted, found.below.granted, batch);
    for (const history of batch) overrides.push(judgeOverride(history, ({ hash }) => contents.get(hash) ?? "", seen));
  }
  return { revision: found.revision, below: found.below, overrides };
}

/** Contents by hash, of those versions that cannot be judged by hashes alone. */
async function readToJudge(
  { store }: Pick<HistoryEdges, "store">,
  own: GrantedScope,
  below: GrantedScope,
  histories: readonly OverrideHistory[],
): Promise<Map<ContentHash, string>> {
  const ours: FileVersion[] = [];
  const theirs: FileVersion[] = [];
  for (const history of histories) {
    for (const version of contentsToJudge(history, below.at)) (version === history.yours ? ours : theirs).push(version);
  }
  const contents = new Map<ContentHash, string>();
  for (const [granted, versions] of [
    [own, ours],
    [below, theirs],
  ] as const) {
    const wanted = versions.map(({ path, made }) => ({ path, revision: made.number }));
    for (const found of await store.contentsAt(granted, wanted)) if (found) contents.set(found.hash, found.content);
  }
  return contents;
}
