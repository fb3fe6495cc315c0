// The check run `bifrost/sync`: what a push did to its scope, said to the person who pushed.
import type { CheckAnnotation, CheckConclusion, CheckRunDraft } from "../github/github.ts";
import { bindingPath } from "../workspace/binding.ts";
import { grantCommand, manifestExample } from "../workspace/binding-words.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { SkippedFile } from "../workspace/file.ts";
import { count, markdownCode, markdownText } from "../workspace/markdown.ts";
import type { Repository, SyncReport } from "../workspace/repository.ts";

// Lists are for reading; what does not fit is counted.
const listedMax = 50;

/** The check run that tells a sync's report. */
export function syncCheckRun(repository: Repository, report: SyncReport): CheckRunDraft {
  const { conclusion, title } = verdict(repository, report);
  const now = new Date();
  return {
    name: "bifrost/sync",
    headSha: report.commit,
    externalId: `sync:${repository.id}`,
    status: "completed",
    conclusion,
    title,
    summary: summary(repository, report),
    annotations: report.diagnostics.flatMap(annotation),
    startedAt: now,
    completedAt: now,
  };
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
    case "refused":
    case "detached":
      return { conclusion: "failure", title: "Not synced: what is stored stays as it is" };
    case "bound": {
      const conflicts = report.diagnostics.filter(({ severity }) => severity === "error").length;
      const changes = [
        report.upserts.length > 0 ? `${count(report.upserts.length, "file")} written` : undefined,
        report.deletes.length > 0 ? `${report.deletes.length} deleted` : undefined,
      ].filter((part) => part !== undefined);
      const done = changes.length > 0 ? changes.join(", ") : "nothing to change";
      const title = `${report.scope} is at revision ${report.revision}: ${done}`;
      return conflicts > 0
        ? { conclusion: "failure", title: `${title}, ${count(conflicts, "path")} refused` }
        : { conclusion: "success", title };
    }
    default:
      throw report.state satisfies never;
  }
}

function summary(repository: Repository, report: SyncReport): string {
  const parts: string[] = [];
  if (report.state === "unbound") {
    parts.push(
      `This repository is not bound to a scope. To bind it, add \`${bindingPath}\` to the branch \`${repository.defaultBranch}\`:`,
      `\`\`\`yaml\n${manifestExample}\`\`\``,
      `Then an operator, or an admin of that scope, allows it: ${markdownCode(grantCommand("SCOPE", repository))}`,
    );
  }
  for (const diagnostic of report.diagnostics) parts.push(problem(diagnostic));
  if (report.state === "held" && repository.hold !== null) {
    const { examples, deletes } = repository.hold;
    parts.push(list("It would delete", examples.map(markdownCode), deletes));
  }
  if (report.state === "bound") {
    parts.push(
      [
        "| | files |",
        "| --- | ---: |",
        `| written | ${report.upserts.length} |`,
        `| deleted | ${report.deletes.length} |`,
        `| unchanged | ${report.unchanged} |`,
        `| skipped | ${report.skipped.length} |`,
      ].join("\n"),
    );
    if (report.upserts.length > 0) parts.push(list("Written", report.upserts.map(markdownCode)));
    if (report.deletes.length > 0) parts.push(list("Deleted", report.deletes.map(markdownCode)));
    if (report.skipped.length > 0) parts.push(list("Skipped", report.skipped.map(skippedLine)));
  }
  return parts.join("\n\n");
}

function problem({ message, remedy }: Diagnostic): string {
  return remedy === undefined
    ? markdownText(message)
    : `${markdownText(message)}\n\n**What to do:** ${markdownText(remedy)}`;
}

function skippedLine({ path, detail }: SkippedFile): string {
  return `${markdownCode(path)}: ${markdownText(detail)}`;
}

function list(heading: string, lines: readonly string[], total = lines.length): string {
  const shown = lines.slice(0, listedMax).map((line) => `- ${line}`);
  const more = total - shown.length;
  return [`**${heading}**`, "", ...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

const levels = { error: "failure", warning: "warning", notice: "notice" } as const;

function annotation({ path, line, column, message, remedy, code, severity }: Diagnostic): CheckAnnotation[] {
  if (path === null || line === null) return [];
  return [
    {
      path,
      line,
      ...(column !== null && { column }),
      level: levels[severity],
      title: code,
      message: remedy === undefined ? message : `${message}\n\n${remedy}`,
    },
  ];
}
