// Whether an organisation's override is in step with what it hides. The version of global that it was last in step with,
// its base, is worked out from contents and from when they were written; nothing in a file says it. Record 25 has the rule.
import { pathsOfName } from "./cascade.ts";
import type { ContentHash } from "./layer.ts";
import { type FileVersion, heldSince, isLiveAt, type Revision, successionOf } from "./revision.ts";

/**
 * How an override stands to the layer below.
 * - `current`: it is in step with what it hides.
 * - `stale`: what it hides changed since it was last in step.
 * - `redundant`: it equals what it hides.
 * - `alone`: what it hid is gone.
 */
export const overrideStates = ["current", "stale", "redundant", "alone"] as const;
export type OverrideState = (typeof overrideStates)[number];

/**
 * By what the base was found.
 * - `equal`: the override is that version, byte for byte.
 * - `nearest`: of the versions that were there when it was written, it differs least from that one.
 * - `contained`: it has everything that global changed up to that version.
 * - `time`: that one was there when it was written, and is the only one, or it is made from none of them.
 * - `none`: no version that the history still has was there when it was written.
 */
export type BaseEvidence = "equal" | "nearest" | "contained" | "time" | "none";

/** An override and what its name stood for in the layer below, oldest first; hashes only. */
export interface OverrideHistory {
  /** The override as it is, made when its present content was first written. */
  readonly yours: FileVersion;
  readonly below: readonly FileVersion[];
}

export interface Override {
  readonly state: OverrideState;
  readonly yours: FileVersion;
  /** What it hides; null where it stands alone. */
  readonly theirs: FileVersion | null;
  /** The version of the layer below that it was last in step with; of one that stands alone, the last that there was. */
  readonly base: FileVersion | null;
  readonly evidence: BaseEvidence;
  /** What the layer below made of the module after the base, oldest first; the last of them is what is hidden. */
  readonly changes: readonly FileVersion[];
  /** What the layer below has made of it after the revision that it is judged against, such as a pin's. */
  readonly newer: readonly FileVersion[];
  /** The revision in which the layer below gave the name up, be it before or after the one that it is judged against. */
  readonly gone: Revision | null;
}

/**
 * The histories of an organisation's live files that hide something, or hid something that is gone. `own` and `below` are
 * all that was ever at the paths of their names in the two layers. With a revision, what the layer below got after it
 * makes no override, and what it gave up after it is still hidden.
 */
export function overrideHistories(
  own: readonly FileVersion[],
  below: readonly FileVersion[],
  revision = Number.POSITIVE_INFINITY,
): OverrideHistory[] {
  const [ownByPath, belowByPath] = [own, below].map((versions) => Map.groupBy(versions, ({ path }) => path));
  const histories: OverrideHistory[] = [];
  for (const { path } of own.filter(({ ended }) => ended === null)) {
    const paths = pathsOfName(path);
    const succession = successionOf(
      paths,
      paths.flatMap((same) => belowByPath?.get(same) ?? []),
    );
    const last = succession.findLast(({ made }) => made.number <= revision);
    const goneAt = last?.ended && last.ended.number <= revision ? last.ended : null;
    const yours = successionOf([path], ownByPath?.get(path) ?? []).at(-1);
    if (last === undefined || yours === undefined) continue;
    const since = heldSince(
      successionOf(
        paths,
        paths.flatMap((same) => ownByPath?.get(same) ?? []),
      ),
    );
    // What was gone before the organisation had the name was never hidden.
    if (goneAt !== null && (since === undefined || goneAt.createdAt < since.createdAt)) continue;
    histories.push({ yours, below: succession });
  }
  return histories;
}

/** Gives the content of a version. */
export type ContentOf = (version: FileVersion) => string;

// A module with more versions than this is compared with its newest ones.
const candidatesMax = 100;

/** The versions whose contents `judgeOverride` asks for: none where hashes and times decide. */
export function contentsToJudge(history: OverrideHistory, revision?: number): FileVersion[] {
  const asked: FileVersion[] = [];
  const collect: ContentOf = (version) => {
    asked.push(version);
    return "";
  };
  judgeOverride(history, collect, revision);
  // Whether the change is taken in may be asked as well, of any pair.
  const theirs = theirsOf(history, revision);
  return asked.length === 0 || theirs === undefined ? [] : distinct([history.yours, ...asked, theirs]);
}

/** Judges an override against the layer below as it was at a revision, or as it is now. */
export function judgeOverride(history: OverrideHistory, contentOf: ContentOf, revision?: number): Override {
  const { yours, below } = history;
  const theirs = theirsOf(history, revision);
  const newer = revision === undefined ? [] : below.filter(({ made }) => made.number > revision);
  const gone = below.at(-1)?.ended ?? null;
  if (theirs === undefined) {
    const base = below.filter(({ made }) => revision === undefined || made.number <= revision).at(-1) ?? null;
    return { state: "alone", yours, theirs: null, base, evidence: "none", changes: [], newer, gone };
  }
  const judged = (state: OverrideState, base: FileVersion | undefined, evidence: BaseEvidence): Override => ({
    state,
    yours,
    theirs,
    base: base ?? null,
    evidence,
    changes: state === "stale" ? below.slice(base ? below.indexOf(base) + 1 : 0, below.indexOf(theirs) + 1) : [],
    newer,
    gone,
  });
  if (yours.hash === theirs.hash) return judged("redundant", theirs, "equal");

  const { base, evidence } = baseOf(history, contentOf);
  const isInStep = base !== undefined && (base.hash === theirs.hash || below.indexOf(base) > below.indexOf(theirs));
  if (isInStep) return judged("current", base, evidence);
  // A byte-for-byte copy of an older version has taken nothing in.
  if (evidence !== "equal" && hasTakenIn(contentOf(yours), base ? contentOf(base) : "", contentOf(theirs))) {
    return judged("current", theirs, "contained");
  }
  return judged("stale", base, evidence);
}

function theirsOf({ below }: OverrideHistory, revision: number | undefined): FileVersion | undefined {
  return below.findLast((version) => (revision === undefined ? version.ended === null : isLiveAt(version, revision)));
}

function baseOf(
  { yours, below }: OverrideHistory,
  contentOf: ContentOf,
): { readonly base: FileVersion | undefined; readonly evidence: BaseEvidence } {
  const equal = below.findLast(({ hash }) => hash === yours.hash);
  if (equal) return { base: equal, evidence: "equal" };
  const known = below.filter(({ made }) => made.createdAt <= yours.made.createdAt);
  const latest = known.at(-1);
  if (latest === undefined) return { base: undefined, evidence: "none" };
  const candidates = distinct(known.toReversed()).slice(0, candidatesMax);
  if (candidates.length === 1) return { base: latest, evidence: "time" };

  const own = linesThatTell(contentOf(yours));
  let nearest: { readonly version: FileVersion; readonly distance: number; readonly isKin: boolean } | undefined;
  // Newest first: of two that are equally near, the newer one.
  for (const version of candidates) {
    const lines = linesThatTell(contentOf(version));
    const shared = sharedCount(own, lines);
    const distance = own.size + lines.size - 2 * shared;
    if (nearest !== undefined && nearest.distance <= distance) continue;
    nearest = { version, distance, isKin: 2 * shared >= Math.min(own.size, lines.size) && shared > 0 };
  }
  return nearest?.isKin ? { base: nearest.version, evidence: "nearest" } : { base: latest, evidence: "time" };
}

/** The first of each content. */
function distinct(versions: readonly FileVersion[]): FileVersion[] {
  const seen = new Set<ContentHash>();
  return versions.filter(({ hash }) => !seen.has(hash) && seen.add(hash));
}

/** Lines and how often each of them stands in a text. */
interface Lines {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

/** Lines by which two texts can be told to be kin: brackets alone, blank lines and indentation are everywhere. */
function linesThatTell(text: string): Lines {
  const counts = new Map<string, number>();
  let size = 0;
  for (const written of text.split("\n")) {
    const line = written.trim();
    if (!/[\p{L}\p{N}]/u.test(line)) continue;
    counts.set(line, (counts.get(line) ?? 0) + 1);
    size += 1;
  }
  return { counts, size };
}

function sharedCount(one: Lines, other: Lines): number {
  let shared = 0;
  for (const [line, times] of one.counts) shared += Math.min(times, other.counts.get(line) ?? 0);
  return shared;
}

/**
 * Whether every line that `theirs` has more often than `base` was added to `yours` as well, and every line that it has
 * less often was taken out of it as well. A change that only moves lines, or is made of brackets alone, cannot be seen to
 * be taken in; one of blank lines and white space at the ends of lines alone is none.
 */
function hasTakenIn(yours: string, base: string, theirs: string): boolean {
  const [own, before, after] = [linesThatTell(yours), linesThatTell(base), linesThatTell(theirs)];
  let changed = 0;
  for (const line of new Set([...before.counts.keys(), ...after.counts.keys()])) {
    const was = before.counts.get(line) ?? 0;
    const change = (after.counts.get(line) ?? 0) - was;
    if (change === 0) continue;
    changed += 1;
    const ownChange = (own.counts.get(line) ?? 0) - was;
    if (change > 0 ? ownChange < change : ownChange > change) return false;
  }
  return changed > 0 || withoutBlanks(base) === withoutBlanks(theirs);
}

function withoutBlanks(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}
