// The blast radius of a change of global: what it does to the organisations whose own files lead to what it changes.
// Operators may read all of it; a check run tells counts and causes, and no organisation's name, path, code or output.
import type { DiagnosticCode } from "./diagnostic.ts";
import type { OrganizationId } from "./scope.ts";

/**
 * - `breaks`: a workflow that works without the change does not work with it.
 * - `linked-only`: none does as far as linking tells, and not every one that the change affects was run.
 * - `passes`: every workflow that works without the change works with it.
 * - `was-broken`: the change affects only what is broken without it.
 */
export const blastStatuses = ["breaks", "linked-only", "passes", "was-broken"] as const;
export type BlastStatus = (typeof blastStatuses)[number];

/** Why workflows break, in words of global alone: nothing of it says whose workflows they are. */
export interface BlastCause {
  readonly code: DiagnosticCode;
  /** Organisations import from this module, or it fails itself in their place, or they only load it. */
  readonly how: "imported" | "here" | "loaded";
  /** A module of global, as it is or as it would be; null where none can be named. */
  readonly path: string | null;
  readonly line: number | null;
  /** A name that global exports or asks for. */
  readonly name: string | null;
}

/** Whose file: the organisation's own, or one of global. */
export type BlastLayer = "own" | "global";

/** A workflow that would break, for operators. What its code said is not kept. */
export interface BrokenWorkflow {
  readonly layer: BlastLayer;
  readonly path: string;
  readonly code: DiagnosticCode;
  /** Where it fails; null where the finding has no place. */
  readonly at: {
    readonly layer: BlastLayer;
    readonly path: string;
    readonly line: number | null;
    readonly column: number | null;
  } | null;
}

export interface AffectedOrganization {
  readonly id: OrganizationId;
  readonly slug: string;
  /** The revision of its layer that was looked at. */
  readonly revision: number;
  readonly effect: BlastEffect;
}

/** What the change does to whoever has these files. */
export interface BlastEffect {
  readonly status: BlastStatus;
  /** Workflows that would load other files than they do now. */
  readonly affected: number;
  /** Those of them that were run. */
  readonly run: number;
  readonly broken: readonly BrokenWorkflow[];
  readonly causes: readonly BlastCause[];
}

export interface BlastRadius {
  /** How many organisations there are. */
  readonly organizations: number;
  /** Those that are pinned to a revision of global, which no change of global reaches. */
  readonly pinned: number;
  /** Those that the change reaches, worst first, then by slug. */
  readonly affected: readonly AffectedOrganization[];
}

/** The worst first. */
export function sortAffected(affected: readonly AffectedOrganization[]): AffectedOrganization[] {
  const rank = ({ effect }: AffectedOrganization) => blastStatuses.indexOf(effect.status);
  return affected.toSorted((one, other) => rank(one) - rank(other) || (one.slug < other.slug ? -1 : 1));
}
