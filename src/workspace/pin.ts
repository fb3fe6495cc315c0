// Pins: an organisation that stays at one revision of global. One an organisation; which of its repositories may set it is
// decided here, and whether the revision exists is the store's to know.

/** What a repository's file asks for, resolved: a release is the revision that it names. */
export interface WantedPin {
  readonly revision: number;
  /** The release's name where the file names one. */
  readonly release: string | null;
  /** `YYYY-MM-DD`: how long it is meant to hold. */
  readonly until: string | null;
}

/** An organisation's pin. */
export interface Pin extends WantedPin {
  /** The repository whose file sets it, and nobody else's changes it. */
  readonly repositoryId: number;
  readonly since: Date;
  /** The author of the commit that set it. */
  readonly by: string;
}

/** A pin with what is known of the repository that set it. */
export interface OwnedPin extends Pin {
  /** The repository's `owner/name`. */
  readonly owner: string;
  /** Whether that repository still feeds the organisation. One that does not has no say any more. */
  readonly ownerFeeds: boolean;
}

export type PinDecision =
  | { readonly kind: "keep" }
  | { readonly kind: "set"; readonly pin: WantedPin }
  /** The file that set it names none any more: the organisation follows global again. */
  | { readonly kind: "end" }
  /** Another repository has pinned the organisation to another revision. */
  | { readonly kind: "conflict"; readonly stored: OwnedPin };

/** What becomes of an organisation's pin by the file of one of its repositories; `wanted` is null where it names none. */
export function decidePin(wanted: WantedPin | null, stored: OwnedPin | null, repositoryId: number): PinDecision {
  const isOurs = stored?.repositoryId === repositoryId;
  if (wanted === null) return isOurs ? { kind: "end" } : { kind: "keep" };
  if (stored === null) return { kind: "set", pin: wanted };
  if (!isOurs && stored.ownerFeeds) {
    return stored.revision === wanted.revision ? { kind: "keep" } : { kind: "conflict", stored };
  }
  const isSame =
    isOurs && stored.revision === wanted.revision && stored.release === wanted.release && stored.until === wanted.until;
  return isSame ? { kind: "keep" } : { kind: "set", pin: wanted };
}

/** The revision of global that the organisation sees after a decision; null: it follows global. */
export function pinAfter(decision: PinDecision, stored: Pick<Pin, "revision"> | null): number | null {
  if (decision.kind === "set") return decision.pin.revision;
  return decision.kind === "end" ? null : (stored?.revision ?? null);
}

/**
 * What there is to say of a pin beside how far behind it is.
 * - `expired`, `expires-soon`: the day until which it is meant to hold has passed, or is less than two weeks away.
 * - `release-moved`: its release names another revision by now, and the repository that set it was not synced since.
 * - `release-unnamed`: its release was moved to a commit that no sync has seen.
 * - `release-deleted`: the tag of its release was deleted; the pin holds.
 * - `ownerless`: the repository that set it does not feed the organisation any more. Another one may set it.
 */
export type PinState =
  | "expired"
  | "expires-soon"
  | "release-moved"
  | "release-unnamed"
  | "release-deleted"
  | "ownerless";

// Time enough for a pull request that takes the organisation to a later revision.
const soonMs = 14 * 24 * 60 * 60 * 1000;

/** How a pin stands. `release` is what its release is by now; null where it names none. */
export function pinStates(
  pin: OwnedPin,
  release: { readonly revision: number | null; readonly gone: boolean } | null,
  now: Date,
): PinState[] {
  const states: PinState[] = [];
  const { until } = pin;
  if (until !== null && until < dayOf(now)) states.push("expired");
  else if (until !== null && until <= dayOf(new Date(now.getTime() + soonMs))) states.push("expires-soon");
  if (pin.release !== null && release !== null) {
    if (release.revision === null) states.push("release-unnamed");
    else if (release.revision !== pin.revision) states.push("release-moved");
    if (release.gone) states.push("release-deleted");
  }
  if (!pin.ownerFeeds) states.push("ownerless");
  return states;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A pin as people read it. */
export function pinName({ revision, release }: Pick<Pin, "revision" | "release">): string {
  return release === null ? `revision ${revision}` : `${release} (revision ${revision})`;
}
