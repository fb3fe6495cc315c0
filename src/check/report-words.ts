// The verdict of a check in a few words: the title, which is what a list of checks shows, and the sentence that the summary
// begins with.
import type { CheckReport } from "../run/check-workflows.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { count, markdownCode, plainText } from "../workspace/markdown.ts";
import type { Candidate } from "./candidate.ts";
import type { Findings } from "./findings.ts";

/** A workflow that fails without a finding of its own is a problem as well. */
export function problemCount({ errors, broken, isMoreWithheld }: Findings): number {
  return Math.max(errors.length, broken.size > 0 ? 1 : 0) + (isMoreWithheld ? 1 : 0);
}

/** What became of the workflows that can be linked here. */
function tally({ workflows, broken }: Findings) {
  const checked = workflows.filter(({ ran }) => ran !== "nothing");
  return {
    linked: checked.length,
    ran: checked.filter(({ ran }) => ran === "called" || ran === "evaluated").length,
    brokenBefore: checked.filter(({ status, path }) => status === "failed" && !broken.has(path)).length,
  };
}

/** Plain text. `organizations` counts those that would break, `pathOf` gives the path in the repository of a finding there. */
export function titleOf(
  findings: Findings,
  { conflict, mayRun, isLanded }: Pick<Candidate, "conflict" | "mayRun" | "isLanded">,
  organizations: number,
  pathOf: (diagnostic: Diagnostic) => string | null,
): string {
  if (conflict !== undefined) return plainText(`Conflicts with ${conflict.branch}`);
  const { errors, broken } = findings;
  const problems = problemCount(findings);
  if (problems > 0) {
    const broke = isLanded ? "broken" : "would break";
    const said = [
      count(problems, "problem"),
      ...(broken.size === 0 ? [] : [`${count(broken.size, "workflow")} ${broke}`]),
      ...(organizations === 0 ? [] : [`${count(organizations, "organisation")} ${broke}`]),
    ];
    return plainText(`${said.join(", ")}${firstPlace(errors, pathOf)}`);
  }
  const { linked, ran, brokenBefore } = tally(findings);
  const fine = linked - brokenBefore;
  const already = brokenBefore === 0 ? "" : `, ${brokenBefore} broken already`;
  if (fine === 0) return brokenBefore === 0 ? "All imports link" : `Nothing new breaks${already}`;
  if (!mayRun) return `${count(fine, "workflow links", "workflows link")}${already}; not run, as it comes from a fork`;
  return `${ran === 0 ? count(fine, "workflow links", "workflows link") : count(fine, "workflow passes", "workflows pass")}${already}`;
}

/** Where to look first, for whoever reads nothing but the title. */
function firstPlace(errors: Findings["errors"], pathOf: (diagnostic: Diagnostic) => string | null): string {
  const places = errors.flatMap(({ mark }) => {
    const path = mark === undefined ? null : pathOf(mark);
    return mark === undefined || path === null ? [] : [`${path}${mark.line === null ? "" : `:${mark.line}`}`];
  });
  const [first] = places;
  if (first === undefined) return "";
  return places.length === 1 ? `: ${first}` : `: ${first}, …`;
}

export interface SaidOfCheck {
  readonly findings: Findings;
  readonly modules: CheckReport["modules"];
  readonly candidate: Pick<Candidate, "isFork" | "isLanded">;
  /** The slug of the scope that was checked. */
  readonly scope: string;
  /** The revision of global that it was checked over. */
  readonly globalRevision: number | undefined;
}

/** Markdown. */
export function verdictSentence(said: SaidOfCheck): string {
  const { findings, candidate } = said;
  const { broken } = findings;
  const { ran, brokenBefore } = tally(findings);
  const work = workSentence(said);
  const problems = problemCount(findings);
  if (problems > 0) {
    const workflows = count(broken.size, "workflow");
    if (broken.size > 0) {
      return `**${candidate.isLanded ? `This breaks ${workflows}` : `Merged, this would break ${workflows}`}.** ${work}`;
    }
    return `**${count(problems, "problem")} to mend${candidate.isLanded ? "" : " before this can be merged"}.** ${work}`;
  }
  if (brokenBefore > 0) {
    return `**This breaks nothing.** ${count(brokenBefore, "workflow is", "workflows are")} broken already, see below. ${work}`;
  }
  if (ran > 0) return `**Everything links and runs.** ${work}`;
  return candidate.isFork
    ? `**Everything links; nothing was run.** ${work}`
    : `**Everything links; no workflow is affected.** ${work}`;
}

function workSentence({ findings, modules, candidate: { isFork }, scope, globalRevision }: SaidOfCheck): string {
  const { linked, ran } = tally(findings);
  const run = ran === 0 ? (isFork || linked === 0 ? "" : ", none of them run") : `, ${ran} of them run`;
  const workflows = `${linked === 0 ? "No workflows" : `${count(linked, "workflow")} linked`}${run}`;
  // How much there is beside is nothing for a stranger.
  if (isFork) return `${workflows}.`;
  if (scope === "global") return `${workflows}; ${count(modules.global, "global module")}.`;
  const at = globalRevision === undefined ? "" : ` at revision ${globalRevision}`;
  const overridden = modules.overridden === 0 ? "" : `, ${modules.overridden} of which it overrides`;
  const over =
    modules.global === 0 ? "" : ` over ${count(modules.global, "global one", "global ones")}${at}${overridden}`;
  return `${workflows}; ${count(modules.org, "module")} of ${markdownCode(scope)}${over}.`;
}
