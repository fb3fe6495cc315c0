// What a check of global says of its blast radius: how many organisations, why, and what to do. Whose they are is nobody's
// business here: operators read it from the record.
import { blastRadius } from "../blast/blast-radius.ts";
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
  const { store } = edges;
  const pinned = new Set((await store.pins()).map(({ scope }) => scopeKey(scope)));
  const radius = await blastRadius(edges, {
    granted,
    before: { source: merged.before, linker: comparison.earlier },
    after: { source: merged.source, linker: comparison.linker },
    organizations: await store.organizations(),
    pinned,
    mayRun,
    ...(signal && { signal }),
  });
  await store.saveBlast(check, radius);
  const broken = radius.affected.filter(({ effect }) => effect.status === "breaks").length;
  return { sentence: sentenceOf(radius), broken, diagnostics: diagnosticsOf(radius.affected) };
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
function diagnosticsOf(affected: readonly AffectedOrganization[]): Diagnostic[] {
  const counts = new Map<string, { readonly cause: BlastCause; organizations: number }>();
  for (const { effect } of affected) {
    for (const cause of effect.causes) {
      const counted = counts.getOrInsertComputed(JSON.stringify(cause), () => ({ cause, organizations: 0 }));
      counted.organizations += 1;
    }
  }
  return [...counts.values()]
    .toSorted((one, other) => other.organizations - one.organizations)
    .map(({ cause, organizations }) => diagnosticOf(cause, organizations));
}

function diagnosticOf(cause: BlastCause, organizations: number): Diagnostic {
  const { path, line } = cause;
  return {
    code: "breaks-organizations",
    severity: "error",
    message: wordsOf(cause, organizations),
    scope: path === null ? null : "global",
    path,
    line,
    column: line === null ? null : 1,
    remedy:
      "Keep what they use beside what is new, or have them pin global or override the module first; " +
      'an operator sees which ones they are with "bifrost blast"',
  };
}

function wordsOf({ code, how, path, name }: BlastCause, organizations: number): string {
  const whose = count(organizations, "organisation");
  if (path === null) return `Workflows of ${whose} would break (${code})`;
  const quoted = name === null ? "" : JSON.stringify(name);
  switch (how) {
    case "imported": {
      const what = name === null ? "this module" : `${quoted} from this module`;
      return `${whose} ${organizations === 1 ? "imports" : "import"} ${what} and would break (${code})`;
    }
    case "here":
      return `This would fail for ${whose}${name === null ? "" : `, over the name ${quoted}`} (${code})`;
    case "loaded":
      return `Workflows of ${whose} load this module and would break (${code})`;
    default:
      throw how satisfies never;
  }
}
