// The findings of one module or of one graph, of which a reader needs some and a hostile file may have tens of thousands. Those that are over
// the bound are counted, and never put into words.
import { type Diagnostic, type Severity, severityRank } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { scopeSlug } from "../workspace/scope.ts";

export interface FindingList {
  /** Adds a finding, which is put into words only where it is listed. */
  add(severity: Severity, say: () => Diagnostic): void;
  addSaid(diagnostics: Iterable<Diagnostic>): void;
  /** Adds what another list holds. */
  addAll(other: FindingList): void;
  isEmpty(): boolean;
  readonly listed: readonly Diagnostic[];
  /** What was not listed: how many there are, and the first of the worst of them. */
  readonly rest: { readonly amount: number; readonly worst: Unsaid } | undefined;
}

interface Unsaid {
  readonly severity: Severity;
  readonly say: () => Diagnostic;
}

/** How many findings of one module are listed. */
export const listedMax = 100;
/** How many findings of all modules of a graph: ten thousand graphs may hold the same broken modules. */
export const graphListedMax = 1000;

export function createFindingList(most = listedMax): FindingList {
  const listed: Diagnostic[] = [];
  let rest: FindingList["rest"];
  const leaveOut = (amount: number, finding: Unsaid) => {
    const worst = rest?.worst ?? finding;
    const isWorse = severityRank[finding.severity] < severityRank[worst.severity];
    rest = { amount: amount + (rest?.amount ?? 0), worst: isWorse ? finding : worst };
  };
  const list: FindingList = {
    listed,
    get rest() {
      return rest;
    },
    isEmpty: () => listed.length === 0,
    add(severity, say) {
      if (listed.length < most) listed.push(say());
      else leaveOut(1, { severity, say });
    },
    addSaid(diagnostics) {
      for (const diagnostic of diagnostics) list.add(diagnostic.severity, () => diagnostic);
    },
    addAll(other) {
      list.addSaid(other.listed);
      if (other.rest) leaveOut(other.rest.amount, other.rest.worst);
    },
  };
  return list;
}

/**
 * The listed findings of something called `where`, and one that says how many more there are: at the worst of those, or at
 * the top of `file`. It is as severe as the worst.
 */
export function findingsOf({ listed, rest }: FindingList, where: string, file?: LayeredFile): Diagnostic[] {
  if (rest === undefined) return [...listed];
  const worst = rest.worst.say();
  const place = file ? { scope: scopeSlug(file.scope), path: file.path, line: 1, column: 1 } : worst;
  const { code, severity } = worst;
  const { scope, path, line, column } = place;
  const here = file ? "" : "; here is one of them";
  const message =
    rest.amount === 1
      ? `There is one more finding in ${where}, which is not listed${file ? "" : "; it is here"}`
      : `There are ${rest.amount.toLocaleString("en")} more findings in ${where}, which are not listed${here}`;
  const remedy = "Mend those that are listed, and check again";
  return [...listed, { code, severity, message, scope, path, line, column, remedy }];
}
