// What a check says, before it is a check run: the conclusion, the words and the marks.
import { Fault } from "../errors.ts";
import type { CheckAnnotation, CheckConclusion } from "../github/github.ts";
import { bindingPath } from "../workspace/binding.ts";
import { grantCommand, manifestExample } from "../workspace/binding-words.ts";
import { type Button, buttons } from "../workspace/button.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { explainedCode, explanationLine } from "../workspace/explanation.ts";
import { framesOf } from "../workspace/frames.ts";
import type { ReportedFinding, ReportParts } from "../workspace/full-report.ts";
import { markdownCode, markdownText, plainText } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";
import { triedByLayer } from "../workspace/tried-words.ts";

export interface Verdict {
  readonly conclusion: CheckConclusion;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
  readonly buttons?: readonly Button[];
  /** What it was refused for want of, and which may come; once it does, the question is asked anew. */
  readonly awaits?: string | null;
  /** The same as data, without the limits of a check run. Default: what the summary says. */
  readonly parts?: ReportParts;
}

/** The repository binds to nothing: neutral, with what to add. */
export function unbound(
  repository: Repository,
  remarks: readonly Diagnostic[],
  publicUrl: string | undefined,
): Verdict {
  return {
    conclusion: "neutral",
    title: "Not bound to a scope: nothing to check",
    summary: [
      `This repository is not bound to a scope, so nothing of it is synced or checked. To bind it, add \`${bindingPath}\`:`,
      `\`\`\`yaml\n${manifestExample}\`\`\``,
      `Then an operator, or an admin of that scope, allows it: ${markdownCode(grantCommand("SCOPE", repository))}`,
      ...remarks.map((remark) => problemParagraph(remark, publicUrl)),
    ].join("\n\n"),
    annotations: [],
  };
}

/**
 * The repository's file is wrong or asks for what it may not have. What is up to a person waits for them, also where they
 * have said no, rather than failing: a grant has it checked anew.
 */
export function notBound(
  diagnostics: readonly Diagnostic[],
  why: "pending" | "declined" | "refused",
  publicUrl: string | undefined,
): Verdict {
  const isBinding = why !== "refused" || diagnostics.some(({ code }) => code === "scope-refused");
  const refused = isBinding ? "The binding is refused" : `${bindingPath} is refused`;
  return {
    conclusion: why === "refused" ? "failure" : "action_required",
    title: why === "pending" ? "Waits for a grant: nothing was checked" : `${refused}: nothing was checked`,
    summary: diagnostics.map((diagnostic) => problemParagraph(diagnostic, publicUrl)).join("\n\n"),
    annotations: diagnostics.flatMap((diagnostic) => annotationOf(diagnostic, diagnostic.path, publicUrl)),
    parts: { problems: diagnostics.map((diagnostic) => reported(diagnostic, diagnostic, diagnostic.path)) },
  };
}

/** The evaluation itself failed. Never neutral: a required check accepts neutral, and unchecked code would merge. */
export function couldNotEvaluate(error: unknown): Verdict {
  const isFinal = error instanceof Fault && error.row.retry === "never";
  const reason = error instanceof Fault ? error.message : "Something went wrong in Bifrost Modules itself";
  const remedy = error instanceof Fault ? error.remedy : "Wait: the check is tried again by itself";
  return {
    conclusion: "failure",
    title: isFinal ? "Could not be checked" : "Could not be checked yet; it is tried again",
    summary: `${markdownText(reason)}\n\n**What to do:** ${markdownText(remedy)}`,
    annotations: [],
    ...(isFinal && { buttons: [buttons.runAgain] }),
  };
}

/** Another commit came while this one was checked. */
export function overtaken(newerSha: string): Verdict {
  const newer = markdownCode(newerSha.slice(0, 7));
  return cancelled(
    "A newer commit is checked instead",
    `The newer commit ${newer} was pushed while this one was being checked, and is checked in its place.`,
  );
}

/** The pull request was closed, or merged without waiting. */
export function closed(): Verdict {
  return cancelled(
    "The pull request is closed",
    "It was closed while it was being checked. Reopened, it is checked anew.",
  );
}

/** The merge queue has dropped the group, or merged it without waiting. */
export function groupOver(): Verdict {
  return cancelled("The merge queue does not need it any more", "The merge queue ended this group.");
}

function cancelled(title: string, summary: string): Verdict {
  return { conclusion: "cancelled", title, summary, annotations: [] };
}

/** A finding as it is reported in full. `mark` is the same in a file of the repository, whose path there is given. */
export function reported(
  diagnostic: Diagnostic,
  mark: Diagnostic | undefined,
  repositoryPath: string | null,
): ReportedFinding {
  const line = mark?.line ?? null;
  const isMarked = repositoryPath !== null && line !== null;
  return { diagnostic, mark: isMarked ? { path: repositoryPath, line, column: mark?.column ?? null } : null };
}

/** One finding as a paragraph: where, what, its code, and what to do. */
export function problemParagraph(diagnostic: Diagnostic, publicUrl: string | undefined): string {
  const { path, line, column, scope, code, message, remedy } = diagnostic;
  const place = path === null ? "" : `${markdownCode(`${path}${line === null ? "" : `:${line}:${column ?? 1}`}`)}`;
  const layer = scope === null ? "" : ` in ${markdownText(scope)}`;
  const where = place === "" ? "" : `${place}${layer}: `;
  const mend = remedy === undefined ? "" : `\n\n  **What to do:** ${markdownText(shortened(remedy))}`;
  return `- ${where}${markdownText(shortened(message))} (${explainedCode(code, publicUrl)})${mend}`;
}

// A summary is to be read: a message of a page, such as a dump that was thrown, stands in the annotation.
const messageLengthMax = 300;

function shortened(message: string): string {
  return message.length <= messageLengthMax ? message : `${message.slice(0, messageLengthMax).toWellFormed()}…`;
}

const levels = { error: "failure", warning: "warning", notice: "notice" } as const;

// Enough to see how the code came there.
const framesMax = 10;

/** The mark of a finding on a file of the repository, or none where it has no line there. */
export function annotationOf(
  diagnostic: Diagnostic,
  repositoryPath: string | null,
  publicUrl: string | undefined,
): CheckAnnotation[] {
  const { line, column, endColumn, severity, code, message, remedy, tried = [] } = diagnostic;
  const frames = framesOf(diagnostic);
  if (repositoryPath === null || line === null) return [];
  const lines = [message];
  if (remedy !== undefined) lines.push(remedy);
  if (tried.length > 0) {
    lines.push(["Looked for:", ...triedByLayer(tried).map(({ scope, paths }) => `  ${scope}: ${paths}`)].join("\n"));
  }
  // One frame is the very place that is marked.
  if (frames.length > 1)
    lines.push(
      frames
        .slice(0, framesMax)
        .map((frame) => `at ${frame}`)
        .join("\n"),
    );
  lines.push(explanationLine(code, publicUrl));
  return [
    {
      path: repositoryPath,
      line,
      ...(column !== null && { column }),
      ...(column !== null && endColumn !== undefined && { endColumn }),
      level: levels[severity],
      title: code,
      message: plainText(lines.join("\n\n")),
    },
  ];
}
