// Makes a check run's words and marks what GitHub takes. Whatever is left out is counted where the reader sees it, because
// GitHub refuses what is too long as a whole or drops it without a word.
import type { CheckAnnotation, CheckRunDraft } from "./github.ts";

// GitHub's documented limits, "Checks" in its REST reference.
const titleLengthMax = 255;
const textLengthMax = 65_535;
const messageBytesMax = 64 * 1024;
/** The most annotations that one request may carry. */
export const annotationsPerRequest = 50;
// Each further request costs five points of the installation's budget; nobody reads more than this on one commit.
const annotationsMax = 500;

/** An annotation as the API spells it. */
export interface AnnotationBody {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: CheckAnnotation["level"];
  readonly title: string;
  readonly message: string;
}

export interface CheckRunOutput {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations: readonly AnnotationBody[];
}

/** Gives a draft's output within every limit except that of annotations per request. */
export function outputOf(unchecked: CheckRunDraft): CheckRunOutput {
  const draft = inCleanWords(unchecked);
  const left = draft.annotations.length - annotationsMax;
  const ending = left > 0 ? `\n\n${left} more annotations are not shown: GitHub takes ${annotationsMax} here.` : "";
  return {
    title: cutLine(draft.title, titleLengthMax),
    summary: cutText(draft.summary, textLengthMax - ending.length) + ending,
    ...(draft.text !== undefined && { text: cutText(draft.text, textLengthMax) }),
    annotations: draft.annotations.slice(0, annotationsMax).map(annotationBody),
  };
}

/** What is left to say where GitHub refuses the full output: it holds nothing that an author wrote. */
export function minimalOutput({ conclusion }: CheckRunDraft): CheckRunOutput {
  return {
    title: conclusion === "success" ? "Passed; the report cannot be shown" : "The report cannot be shown",
    summary: [
      "GitHub refused the full report of this check, so only its conclusion stands here.",
      "**What to do:** run `bifrost check` in the repository's folder to see what was found.",
    ].join("\n\n"),
    annotations: [],
  };
}

/** Cuts Markdown to what a summary takes. */
export function cutSummary(summary: string): string {
  return cutText(clean(summary), textLengthMax);
}

// GitHub and the database under it refuse some of what JavaScript holds in a string, such as NUL, and then the request as
// a whole. Nobody reads these characters.
function clean(text: string): string {
  return text.toWellFormed().replace(/(?![\n\t])\p{Cc}/gu, "");
}

function inCleanWords(draft: CheckRunDraft): CheckRunDraft {
  return {
    ...draft,
    title: clean(draft.title),
    summary: clean(draft.summary),
    ...(draft.text !== undefined && { text: clean(draft.text) }),
    annotations: draft.annotations.map((annotation) => ({
      ...annotation,
      path: clean(annotation.path),
      title: clean(annotation.title),
      message: clean(annotation.message),
    })),
  };
}

function annotationBody(annotation: CheckAnnotation): AnnotationBody {
  const { path, line, column, endColumn, level, title, message } = annotation;
  return {
    path,
    start_line: line,
    end_line: line,
    // An end without a beginning is refused.
    ...(column !== undefined && { start_column: column, end_column: Math.max(column, endColumn ?? column) }),
    annotation_level: level,
    title: cutLine(title, titleLengthMax),
    message: cutBytes(message, messageBytesMax),
  };
}

function cutLine(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${whole(text.slice(0, lengthMax - 1))}…`;
}

/** Cuts Markdown at the end of a line where one is near, and says that it was cut. */
function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // A cut inside a fenced block would swallow the closing line, so a block that is still open is closed.
  const closing = (kept: string) => {
    const fences = kept.match(/^ {0,3}```/gm)?.length ?? 0;
    const note = `_Cut here: ${text.length - kept.length} more characters do not fit into a check run._`;
    return `${fences % 2 === 1 ? "\n```" : ""}\n\n${note}`;
  };
  const room = lengthMax - closing("").length - "\n```".length;
  const head = whole(text.slice(0, room));
  const lineEnd = head.lastIndexOf("\n");
  const kept = lineEnd > head.length / 2 ? head.slice(0, lineEnd) : head;
  return kept + closing(kept);
}

function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  const ending = "… (cut)";
  // A character that was cut in two decodes to replacement characters, which are dropped again.
  const head = bytes.subarray(0, bytesMax - Buffer.byteLength(ending)).toString();
  return head.replace(/\uFFFD+$/, "") + ending;
}

/** Drops half of a surrogate pair that a cut left at the end. */
function whole(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
