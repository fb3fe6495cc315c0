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

/** A pin as people read it. */
export function pinName({ revision, release }: Pick<Pin, "revision" | "release">): string {
  return release === null ? `revision ${revision}` : `${release} (revision ${revision})`;
}
