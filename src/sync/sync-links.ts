// What a check run of a sync says of what does not link: the same in its words and in the report that is kept in full.

import type { Diagnostic } from "../workspace/diagnostic.ts";
import { explainedCode } from "../workspace/explanation.ts";
import { type FullReport, type ReportedFinding, reportToStore } from "../workspace/full-report.ts";
import { count, markdownCode, markdownText } from "../workspace/markdown.ts";
import type { FoundLinks } from "./tell-links.ts";

export interface SyncedLinks extends FoundLinks {
  /** The path of a finding in the repository; null where it lies in none of its files. */
  readonly pathOf: (diagnostic: Diagnostic) => string | null;
}

// Lists are for reading; what does not fit is counted.
const listedMax = 20;

/** What comes after a sync's title; nothing where all is as it was and links. */
export function linksTitle({ broken, brokenWorkflows, known, radius }: FoundLinks): string {
  const parts = [
    brokenWorkflows > 0
      ? `${count(brokenWorkflows, "workflow")} ${brokenWorkflows === 1 ? "does" : "do"} not link`
      : broken.length > 0
        ? `${count(broken.length, "import or file", "imports or files")} of modules ${broken.length === 1 ? "does" : "do"} not link`
        : undefined,
    radius && `${count(radius.broken, "organisation")} ${radius.broken === 1 ? "breaks" : "break"}`,
    broken.length === 0 && known.length > 0 ? `${count(known.length, "finding")} from before` : undefined,
  ].filter((part) => part !== undefined);
  return parts.join(", ");
}

/** What a sync comes to with it: what failed before it was linked has failed, what the push broke fails, and what was broken before is only said. */
export function linksConclusion(said: string, { broken, radius }: FoundLinks): "failure" | "neutral" {
  return said === "failure" || broken.length > 0 || radius !== undefined ? "failure" : "neutral";
}

/** Paragraphs of Markdown. */
export function linksWords(links: SyncedLinks, publicUrl: string | undefined): string[] {
  const { broken, known, radius } = links;
  const lines = (found: readonly Diagnostic[]) => found.map((diagnostic) => line(diagnostic, links, publicUrl));
  return [
    ...(broken.length > 0
      ? [list("It is stored and served, and does not link", lines(broken), "Push what mends it, or roll back.")]
      : []),
    ...(radius === undefined ? [] : [radius.sentence, ...lines(radius.diagnostics)]),
    ...(known.length > 0 ? [list("Did not link before, and does not", lines(known))] : []),
  ];
}

/** A sync's own report with it. */
export function linksVerdict(report: FullReport, links: SyncedLinks): FullReport {
  const { broken, known, radius } = links;
  const finding = (diagnostic: Diagnostic): ReportedFinding => {
    const path = links.pathOf(diagnostic);
    const { line: at, column } = diagnostic;
    return { diagnostic, mark: path === null || at === null ? null : { path, line: at, column } };
  };
  const { problems, remarks } = reportToStore(report, {
    problems: [...broken, ...(radius?.diagnostics ?? [])].map(finding),
    remarks: known.map(finding),
  });
  const both = <T>(one: { items: readonly T[]; total: number }, other: { items: readonly T[]; total: number }) => ({
    items: [...one.items, ...other.items],
    total: one.total + other.total,
  });
  return {
    ...report,
    conclusion: linksConclusion(report.conclusion, links),
    title: `${report.title}; ${linksTitle(links)}`,
    words: radius === undefined ? report.words : [...report.words, radius.sentence],
    problems: both(report.problems, problems),
    remarks: both(report.remarks, remarks),
  };
}

function line(diagnostic: Diagnostic, { pathOf }: SyncedLinks, publicUrl: string | undefined): string {
  const { code, message, scope, path, line: at, column } = diagnostic;
  const place = at === null ? "" : `:${at}:${column ?? 1}`;
  const own = pathOf(diagnostic);
  const where =
    path === null
      ? ""
      : `${markdownCode(`${own ?? path}${place}`)}${own === null && scope !== null ? ` of ${markdownCode(scope)}` : ""}: `;
  return `${where}${markdownText(message)} (${explainedCode(code, publicUrl)})`;
}

function list(heading: string, lines: readonly string[], after = ""): string {
  const more = lines.length - listedMax;
  const shown = lines.slice(0, listedMax).map((text) => `- ${text}`);
  const rest = more > 0 ? [`- and ${more} more`] : [];
  return [`**${heading}**`, "", ...shown, ...rest, ...(after === "" ? [] : ["", after])].join("\n");
}
