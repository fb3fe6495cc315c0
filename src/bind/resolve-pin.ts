// What the pin of a file comes to: the revision that it names, whether it can be had, and whether this repository may set
// it. Nothing is changed here.
import type { Registry, ScopeReader } from "../store/store.ts";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { editDistance } from "../workspace/edit-distance.ts";
import type { WritableScope } from "../workspace/grant.ts";
import { decidePin, type OwnedPin, type PinDecision, type WantedPin } from "../workspace/pin.ts";
import { type PinRefusal, pinExpired, pinRefused } from "../workspace/pin-words.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";

interface NamingEdges {
  readonly store: Pick<Registry, "globalRevision" | "release" | "releases">;
}

export type PinEdges = NamingEdges & { readonly store: Pick<ScopeReader, "pinOf"> };

/** The pin of an organisation, as it is and as a file wants it. */
export interface PinChange {
  readonly wanted: WantedPin | null;
  readonly stored: OwnedPin | null;
  readonly decision: Exclude<PinDecision, { readonly kind: "conflict" }>;
}

export type ResolvedPin =
  | { readonly kind: "taken"; readonly change: PinChange | undefined; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] };

/** The revision of global that a file names, with the release's name where it names one; or why it names none. */
export type NamedRevision = Pick<WantedPin, "revision" | "release"> | PinRefusal | null;

export interface PinToResolve {
  readonly repository: Repository;
  readonly granted: WritableScope;
  readonly request: Pick<BindingRequest, "pinnedUntil">;
  /** What `findNamedRevision` gave. */
  readonly named: NamedRevision;
  readonly manifestText: string;
}

/** Resolves the pin of a repository's file. Global has none. */
export async function resolvePin(
  { store }: { readonly store: Pick<ScopeReader, "pinOf"> },
  { repository, granted, request, named, manifestText }: PinToResolve,
): Promise<ResolvedPin> {
  if (granted.scope.kind === "global") return { kind: "taken", change: undefined, diagnostics: [] };
  const refuse = (refusal: PinRefusal): ResolvedPin => ({
    kind: "refused",
    diagnostics: [pinRefused(refusal, manifestText)],
  });
  if (named !== null && "kind" in named) return refuse(named);
  const stored = await store.pinOf(granted);
  const until = request.pinnedUntil ?? null;
  const wanted = named && { ...named, until };
  const decision = decidePin(wanted, stored, repository.id);
  if (decision.kind === "conflict") return refuse({ ...decision, organization: scopeSlug(granted.scope) });
  const today = new Date().toISOString().slice(0, 10);
  const diagnostics = pinExpired(until, today, manifestText);
  return { kind: "taken", change: { wanted, stored, decision }, diagnostics };
}

/** Looks up what a file names, null where it names nothing. Says nothing of any organisation, and so needs no grant. */
export async function findNamedRevision(
  { store }: NamingEdges,
  named: BindingRequest["global"],
): Promise<NamedRevision> {
  if (named === undefined) return null;
  if (typeof named === "string") return findRelease(store, named);
  const { state, latest } = await store.globalRevision(named);
  switch (state) {
    case "kept":
      return { revision: named, release: null };
    case "dropped":
      return { kind: "dropped-revision", revision: named };
    case "unknown":
      return { kind: "unknown-revision", revision: named, latest };
    default:
      throw state satisfies never;
  }
}

async function findRelease(store: NamingEdges["store"], name: string): Promise<NamedRevision> {
  const release = await store.release(name);
  if (release === undefined) {
    const others = (await store.releases()).filter(({ revision, dropped }) => revision !== null && !dropped);
    const reach = Math.min(2, Math.floor(name.length / 2));
    const nearest = others.find((other) => editDistance(name, other.name, reach) <= reach)?.name;
    return { kind: "unknown-release", name, nearest };
  }
  const { revision, dropped } = release;
  if (revision === null) return { kind: "release-without-revision", release };
  return dropped ? { kind: "dropped-revision", revision, name } : { revision, release: name };
}
