// All that a check run has to say, as data. GitHub takes 65,535 characters and we send it no more than 500 annotations;
// whoever wants the rest reads it from here, in the same words.
import type { CheckSubject } from "./check.ts";
import { subjectName } from "./check.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { SkippedFile } from "./file.ts";

/** Where a finding is marked in a file of the repository, by the path from the repository's root. */
export interface Mark {
  readonly path: string;
  readonly line: number;
  readonly column: number | null;
}

export interface ReportedFinding {
  readonly diagnostic: Diagnostic;
  /** Null where no file of the repository has to do with it. */
  readonly mark: Mark | null;
}

export interface ReportedWorkflow {
  readonly path: string;
  /** It is one of global, which the organisation sees. */
  readonly isGlobal: boolean;
  readonly result: "passed" | "failed" | "skipped" | "already broken";
  readonly ran: "called" | "evaluated" | "linked" | "nothing";
  /** Null where nothing of it ran. */
  readonly durationMs: number | null;
}

/** How a workflow was looked at. The same words in the check run and on the pages. */
export const ranWords: Readonly<Record<ReportedWorkflow["ran"], string>> = {
  called: "called with its example",
  evaluated: "evaluated",
  linked: "linked only",
  nothing: "Python, not checked here",
};

/** The first of a list, and how long the list was. */
export interface Portion<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export interface FullReport {
  readonly conclusion: string;
  readonly title: string;
  /** What is said before any list: paragraphs of Markdown. */
  readonly words: readonly string[];
  readonly problems: Portion<ReportedFinding>;
  readonly remarks: Portion<ReportedFinding>;
  /** What a merge would change, or what a sync would have deleted: lines of Markdown. */
  readonly changes: Portion<string>;
  /** What the next sync would do, as a sentence of Markdown. */
  readonly next: string | null;
  readonly workflows: Portion<ReportedWorkflow>;
  /** Paths that a sync wrote and deleted. */
  readonly written: Portion<string>;
  readonly deleted: Portion<string>;
  readonly skipped: Portion<SkippedFile>;
  /** Files that a sync found as they were; null where it was no sync. */
  readonly unchanged: number | null;
  /** How long it took, as a sentence of Markdown. */
  readonly footer: string | null;
}

/** A report before it is cut to what is kept, with only those lists that it has. */
export type ReportParts = Partial<{
  readonly [K in keyof FullReport]: FullReport[K] extends Portion<infer T> ? readonly T[] : FullReport[K];
}>;

/** What a report is about, besides a commit: a subject of checks, or what a sync brought. */
export function reportSubject(subject: CheckSubject | { readonly kind: "sync" }): string {
  return subject.kind === "sync" ? "sync" : subjectName(subject);
}

// Characters of JSON. A finding with every path that was looked for takes some 1,500; together these keep a report below
// 4 MB, which Postgres compresses to a fraction.
const charactersMax = {
  problems: 2_500_000,
  remarks: 500_000,
  changes: 100_000,
  workflows: 150_000,
  written: 50_000,
  deleted: 50_000,
  skipped: 50_000,
} as const;
const wordsMax = 30_000;
const messageMax = 4_000;
const triedMax = 50;
const framesMax = 20;

/** The report as it is kept. */
export function reportToStore(verdict: Pick<FullReport, "conclusion" | "title">, parts: ReportParts): FullReport {
  const portion = <T>(
    name: keyof typeof charactersMax,
    items: readonly T[] = [],
    short: (item: T) => T = (item) => item,
  ): Portion<T> => {
    let room = charactersMax[name];
    const kept: T[] = [];
    for (const item of items) {
      const shorter = short(item);
      room -= JSON.stringify(shorter).length;
      if (room < 0) break;
      kept.push(shorter);
    }
    return { items: kept, total: items.length };
  };
  return {
    ...verdict,
    words: (parts.words ?? []).map((text) => cut(text, wordsMax)),
    problems: portion("problems", parts.problems, shortened),
    remarks: portion("remarks", parts.remarks, shortened),
    changes: portion("changes", parts.changes),
    next: parts.next ?? null,
    workflows: portion("workflows", parts.workflows),
    written: portion("written", parts.written),
    deleted: portion("deleted", parts.deleted),
    skipped: portion("skipped", parts.skipped),
    unchanged: parts.unchanged ?? null,
    footer: parts.footer ?? null,
  };
}

function shortened({ diagnostic, mark }: ReportedFinding): ReportedFinding {
  const { message, remedy, tried, stack, functions } = diagnostic;
  return {
    mark,
    diagnostic: {
      ...diagnostic,
      message: cut(message, messageMax),
      ...(remedy !== undefined && { remedy: cut(remedy, messageMax) }),
      ...(tried && { tried: tried.slice(0, triedMax) }),
      ...(stack && { stack: stack.slice(0, framesMax) }),
      ...(functions && { functions: functions.slice(0, framesMax) }),
    },
  };
}

/** Cuts text, and takes out what no database text holds. */
function cut(text: string, most: number): string {
  const kept = text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
  return kept.replaceAll("\0", "\ufffd");
}
