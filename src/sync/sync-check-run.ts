// The check run `bifrost/sync`: what a push did to its scope, said to the person who pushed.
import type { CheckAnnotation, CheckConclusion, CheckRunDraft } from "../github/github.ts";
import { bindingPath } from "../workspace/binding.ts";
import { grantCommand, manifestExample } from "../workspace/binding-words.ts";
import { buttons } from "../workspace/button.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { explainedCode, explanationLine } from "../workspace/explanation.ts";
import type { SkippedFile } from "../workspace/file.ts";
import { type FullReport, type ReportedFinding, reportToStore } from "../workspace/full-report.ts";
import { count, markdownCode, markdownText, plainText } from "../workspace/markdown.ts";
import { pinName } from "../workspace/pin.ts";
import type { Repository, SyncReport } from "../workspace/repository.ts";
import { linksConclusion, linksTitle, linksWords, type SyncedLinks } from "./sync-links.ts";

// Lists are for reading; what does not fit is counted.
const listedMax = 50;

export interface SyncCheckRunOptions {
  /** Where the report can be read in full, from `publicUrl`, if there is one. */
  readonly detailsPath: string;
  readonly publicUrl: string | undefined;
  /** What does not link, once it was looked at and there is something. */
  readonly links?: SyncedLinks;
}

/** The check run that tells a sync's report. */
export function syncCheckRun(
  repository: Repository,
  report: SyncReport,
  { detailsPath, publicUrl, links }: SyncCheckRunOptions,
): CheckRunDraft {
  const said = verdict(repository, report);
  const conclusion = links === undefined ? said.conclusion : linksConclusion(said.conclusion, links);
  const title = links === undefined ? said.title : `${said.title}; ${linksTitle(links)}`;
  const now = new Date();
  return {
    name: "bifrost/sync",
    headSha: report.commit,
    externalId: `sync:${repository.id}`,
    ...(publicUrl !== undefined && { detailsUrl: publicUrl + detailsPath }),
    status: "completed",
    conclusion,
    title,
    summary: [...(links ? linksWords(links, publicUrl) : []), summary(repository, report, publicUrl)].join("\n\n"),
    ...(report.state === "held" && { buttons: [buttons.approveDeletes] }),
    annotations: [...report.diagnostics, ...marked(links)].flatMap((diagnostic) => annotation(diagnostic, publicUrl)),
    startedAt: now,
    completedAt: now,
  };
}

/** Findings in files of the repository, by their paths there; what was wrong before is a warning. */
function marked(links: SyncedLinks | undefined): Diagnostic[] {
  if (links === undefined) return [];
  const known = links.known.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: "warning" }));
  return [...links.broken, ...(links.radius?.diagnostics ?? []), ...known].flatMap((diagnostic) => {
    const path = links.pathOf(diagnostic);
    return path === null ? [] : [{ ...diagnostic, path }];
  });
}

/** The same as data, without the limits of a check run. */
export function fullSyncReport(repository: Repository, report: SyncReport): FullReport {
  const finding = (diagnostic: Diagnostic): ReportedFinding => {
    const { path, line, column } = diagnostic;
    return { diagnostic, mark: path === null || line === null ? null : { path, line, column } };
  };
  const found = (isError: boolean) =>
    report.diagnostics.filter(({ severity }) => (severity === "error") === isError).map(finding);
  const isBound = report.state === "bound";
  return reportToStore(verdict(repository, report), {
    words: report.state === "unbound" ? howToBind(repository) : [],
    problems: found(true),
    remarks: found(false),
    changes: report.state === "held" ? (repository.hold?.examples ?? []).map(markdownCode) : [],
    ...(isBound && { written: report.upserts, deleted: report.deletes, unchanged: report.unchanged }),
    skipped: report.skipped,
  });
}

function verdict(
  repository: Repository,
  report: SyncReport,
): { readonly conclusion: CheckConclusion; readonly title: string } {
  switch (report.state) {
    case "unbound":
      return { conclusion: "neutral", title: "Not bound to a scope: nothing is synced" };
    case "pending":
      return { conclusion: "action_required", title: "Waits for a grant: nothing is synced" };
    case "held": {
      const { deletes, live } = repository.hold ?? { deletes: 0, live: 0 };
      return {
        conclusion: "action_required",
        title: `Held: it would delete ${deletes} of the ${count(live, "file")} of ${report.scope}`,
      };
    }
    case "rolled-back":
      return { conclusion: "failure", title: `Not synced: ${report.scope} is rolled back` };
    case "gated":
      return { conclusion: "failure", title: "Not synced: its check did not pass" };
    case "refused":
    case "detached":
      return {
        conclusion: "failure",
        title: report.scope === null ? "Refused: nothing is synced" : "Not synced: what is stored stays as it is",
      };
    case "bound": {
      const { upserts, deletes, refused } = report.counts;
      const changes = [
        upserts > 0 ? `${count(upserts, "file")} written` : undefined,
        deletes > 0 ? `${deletes} deleted` : undefined,
        pinWords(report.pin),
      ].filter((part) => part !== undefined);
      const done = changes.length > 0 ? changes.join(", ") : "nothing to change";
      const title = `${report.scope} is at revision ${report.revision}: ${done}`;
      return refused > 0
        ? { conclusion: "failure", title: `${title}, ${count(refused, "path")} refused` }
        : { conclusion: "success", title };
    }
    default:
      throw report.state satisfies never;
  }
}

function pinWords(pin: SyncReport["pin"]): string | undefined {
  if (pin === undefined) return undefined;
  if (pin.to === null) return "follows global again";
  return `pinned to ${pinName({ revision: pin.to, release: pin.release })} of global`;
}

function summary(repository: Repository, report: SyncReport, publicUrl: string | undefined): string {
  const parts: string[] = [];
  if (report.state === "unbound") {
    parts.push(...howToBind(repository));
  }
  for (const diagnostic of report.diagnostics) parts.push(problem(diagnostic, publicUrl));
  const { upserts, deletes, skipped, refused } = report.counts;
  const refusedMore = refused - report.diagnostics.filter(({ code }) => code === "path-conflict").length;
  if (refusedMore > 0) parts.push(`And ${count(refusedMore, "more path")} that other repositories brought first.`);
  if (report.state === "held" && repository.hold !== null) {
    const { examples, deletes: wouldDelete } = repository.hold;
    parts.push(list("It would delete", examples.map(markdownCode), wouldDelete));
  }
  if (report.state === "bound") {
    parts.push(
      [
        "| | files |",
        "| --- | ---: |",
        `| written | ${upserts} |`,
        `| deleted | ${deletes} |`,
        `| unchanged | ${report.unchanged} |`,
        `| skipped | ${skipped} |`,
      ].join("\n"),
    );
    if (upserts > 0) parts.push(list("Written", report.upserts.map(markdownCode), upserts));
    if (deletes > 0) parts.push(list("Deleted", report.deletes.map(markdownCode), deletes));
    if (skipped > 0) parts.push(list("Skipped", report.skipped.map(skippedLine), skipped));
  }
  return parts.join("\n\n");
}

function howToBind(repository: Repository): string[] {
  return [
    `This repository is not bound to a scope. To bind it, add \`${bindingPath}\` to the branch ${markdownCode(repository.defaultBranch)}:`,
    `\`\`\`yaml\n${manifestExample}\`\`\``,
    `Then an operator, or an admin of that scope, allows it: ${markdownCode(grantCommand("SCOPE", repository))}`,
  ];
}

function problem({ code, message, remedy }: Diagnostic, publicUrl: string | undefined): string {
  const said = `${markdownText(message)} (${explainedCode(code, publicUrl)})`;
  return remedy === undefined ? said : `${said}\n\n**What to do:** ${markdownText(remedy)}`;
}

function skippedLine({ path, detail }: SkippedFile): string {
  return `${markdownCode(path)}: ${markdownText(detail)}`;
}

function list(heading: string, lines: readonly string[], total: number): string {
  const shown = lines.slice(0, listedMax).map((line) => `- ${line}`);
  const more = total - shown.length;
  return [`**${heading}**`, "", ...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

const levels = { error: "failure", warning: "warning", notice: "notice" } as const;

function annotation(
  { path, line, column, message, remedy, code, severity }: Diagnostic,
  publicUrl: string | undefined,
): CheckAnnotation[] {
  if (path === null || line === null) return [];
  const lines = [message, ...(remedy === undefined ? [] : [remedy]), explanationLine(code, publicUrl)];
  return [
    {
      path,
      line,
      ...(column !== null && { column }),
      level: levels[severity],
      title: code,
      message: plainText(lines.join("\n\n")),
    },
  ];
}
