// What a check of global says of its blast radius: how many organisations, why, and what to do. Whose they are is nobody's
// business here: operators read it from the record.
import { type BlastEdges, type BlastRequest, blastRadius } from "../blast/blast-radius.ts";
import type { CheckKey } from "../store/store.ts";
import type { AffectedOrganization, BlastCause, BlastRadius, BlastStatus } from "../workspace/blast.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { count } from "../workspace/markdown.ts";
import { scopeKey } from "../workspace/scope.ts";
import type { Comparison } from "./compare.ts";
import type { CheckEdges } from "./edges.ts";
import type { Overlay } from "./overlay.ts";

export interface RadiusRequest {
  readonly granted: GrantedScope;
  readonly check: CheckKey;
  readonly merged: Overlay;
  readonly comparison: Comparison;
  /** Whether organisations' workflows are run as well as linked. */
  readonly mayRun: boolean;
  readonly signal?: AbortSignal;
}

export interface ToldRadius {
  /** A Markdown sentence. */
  readonly sentence: string;
  /** How many organisations would break. */
  readonly broken: number;
  /** One for each cause, in a module of global. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Works out the blast radius of a change of global, records it, and gives what may be told; nothing where nothing changes. */
export async function tellRadius(edges: CheckEdges, request: RadiusRequest): Promise<ToldRadius | undefined> {
  const { granted, check, merged, comparison, mayRun, signal } = request;
  const { added, changed, removed } = merged;
  if (granted.scope.kind !== "global" || added.length + changed.length + removed.length === 0) return undefined;
  const radius = await radiusOf(edges, {
    granted,
    before: { source: merged.before, linker: comparison.earlier },
    after: { source: merged.source, linker: comparison.linker },
    mayRun,
    ...(signal && { signal }),
  });
  await edges.store.saveBlast(check, radius);
  return { sentence: sentenceOf(radius), broken: brokenIn(radius), diagnostics: diagnosticsOf(radius.affected, words) };
}

interface RadiusEdges {
  readonly store: Pick<CheckEdges["store"], "snapshot" | "contents" | "organizations" | "pins" | "saveBlast">;
}

/** The same for a revision of global that is stored already, by linking alone: nothing where no organisation breaks. */
export async function tellStoredRadius(
  edges: Parameters<typeof radiusOf>[0],
  request: Pick<BlastRequest, "granted" | "before" | "after" | "signal">,
): Promise<ToldRadius | undefined> {
  const radius = await radiusOf(edges, { ...request, mayRun: false });
  const broken = brokenIn(radius);
  if (broken === 0) return undefined;
  const sentence = `**Workflows of ${count(broken, "organisation")} do not link any more.** An operator sees whose, and where, with \`bifrost blast\`.`;
  return { sentence, broken, diagnostics: storedCauses(radius) };
}

/** The blast radius among the organisations that there are, by what they are pinned to now. */
export async function radiusOf(
  edges: BlastEdges & { readonly store: Pick<RadiusEdges["store"], "organizations" | "pins"> },
  request: Omit<BlastRequest, "organizations" | "pinned">,
): Promise<BlastRadius> {
  const { store } = edges;
  const pinned = new Set((await store.pins()).map(({ scope }) => scopeKey(scope)));
  return await blastRadius(edges, { ...request, organizations: await store.organizations(), pinned });
}

/** What a stored revision broke, as findings in modules of global: one for each cause, those of most organisations first. */
export function storedCauses(radius: BlastRadius): Diagnostic[] {
  return diagnosticsOf(radius.affected, storedWords);
}

function brokenIn({ affected }: BlastRadius): number {
  return affected.filter(({ effect }) => effect.status === "breaks").length;
}

const statusWords: Readonly<Record<BlastStatus, readonly [one: string, many: string]>> = {
  passes: ["passes", "pass"],
  "linked-only": ["links and was not run to the end", "link and were not run to the end"],
  "was-broken": ["is broken already", "are broken already"],
  breaks: ["would break", "would break"],
};

/** Such as "**41 organisations affected: 39 pass, 2 would break.**" */
function sentenceOf({ organizations, pinned, affected }: BlastRadius): string {
  const pins = pinned === 0 ? "" : ` ${count(pinned, "is", "are")} pinned to a revision of global and not affected.`;
  const all = `Of ${count(organizations, "organisation")}`;
  if (affected.length === 0)
    return `**No organisation is affected.** ${all}, none has files that lead to this change.${pins}`;
  const parts = (["passes", "linked-only", "was-broken", "breaks"] as const).flatMap((status) => {
    const found = affected.filter(({ effect }) => effect.status === status).length;
    return found === 0 ? [] : [`${found.toLocaleString("en")} ${statusWords[status][found === 1 ? 0 : 1]}`];
  });
  return `**${count(affected.length, "organisation")} affected: ${parts.join(", ")}.** ${all}, the others have no files that lead to this change.${pins}`;
}

/** One finding for each cause. Its words are made of global's names and of numbers. */
function diagnosticsOf(affected: readonly AffectedOrganization[], said: Words): Diagnostic[] {
  const counts = new Map<string, { readonly cause: BlastCause; organizations: number }>();
  for (const { effect } of affected) {
    for (const cause of effect.causes) {
      const counted = counts.getOrInsertComputed(JSON.stringify(cause), () => ({ cause, organizations: 0 }));
      counted.organizations += 1;
    }
  }
  return [...counts.values()]
    .toSorted((one, other) => other.organizations - one.organizations)
    .map(({ cause, organizations }) => diagnosticOf(cause, organizations, said));
}

/** How it is said what a change does: of one that may land, or of one that has. */
interface Words {
  readonly breaks: (organizations: number) => string;
  readonly fails: string;
  readonly remedy: string;
}

const words: Words = {
  breaks: () => "would break",
  fails: "would fail",
  remedy:
    "Keep what they use beside what is new, or have them pin global or override the module first; " +
    'an operator sees which ones they are with "bifrost blast"',
};

const storedWords: Words = {
  breaks: (organizations) => (organizations === 1 ? "breaks" : "break"),
  fails: "fails",
  remedy:
    'Bring back what they use beside what is new, or roll global back; an operator sees which ones they are with "bifrost blast"',
};

function diagnosticOf(cause: BlastCause, organizations: number, said: Words): Diagnostic {
  const { path, line } = cause;
  return {
    code: "breaks-organizations",
    severity: "error",
    message: wordsOf(cause, organizations, said),
    scope: path === null ? null : "global",
    path,
    line,
    column: line === null ? null : 1,
    remedy: said.remedy,
  };
}

function wordsOf({ code, how, path, name }: BlastCause, organizations: number, said: Words): string {
  const whose = count(organizations, "organisation");
  if (path === null) return `Workflows of ${whose} ${said.breaks(2)} (${code})`;
  const quoted = name === null ? "" : JSON.stringify(name);
  switch (how) {
    case "imported": {
      const what = name === null ? "this module" : `${quoted} from this module`;
      return `${whose} ${organizations === 1 ? "imports" : "import"} ${what} and ${said.breaks(organizations)} (${code})`;
    }
    case "here":
      return `This ${said.fails} for ${whose}${name === null ? "" : `, over the name ${quoted}`} (${code})`;
    case "loaded":
      return `Workflows of ${whose} load this module and ${said.breaks(2)} (${code})`;
    default:
      throw how satisfies never;
  }
}
