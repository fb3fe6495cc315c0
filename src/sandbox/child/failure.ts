// What workflow code did wrong, as diagnostics: a thrown value, a promise nobody handled, a module V8 refuses. The place is
// the innermost stack frame that lies in a workspace file.
import type { Diagnostic, DiagnosticCode } from "../../workspace/diagnostic.ts";
import type { ModuleUrl } from "../../workspace/program.ts";
import { placeOf } from "../ending.ts";
import { peoplesPlace } from "./place.ts";
import { explained, refusedName } from "./refused.ts";

/** A thrown value as text. Whoever threw it chose every word, so nothing in it is trusted. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

// A message is for people: 4 KiB is two screens. Frames: what bootstrap.ts lets V8 record.
const messageUnitsMax = 4096;
const framesMax = 50;

/** The text that V8 was given for a workspace file of this run; undefined for a URL of anything else. */
export type ShownText = (url: string) => string | undefined;

/** A frame of a workspace file. */
export interface WorkflowFrame {
  /** `bifrost://<layer>/<path>:<line>:<column>`. */
  readonly place: string;
  /** What V8 calls its function; null where that has no name, as code at the top of a module. */
  readonly name: string | null;
}

// Whoever wrote the code chose it, and may have made it up while it ran.
const nameUnitsMax = 100;

/** Frames of workspace files in a stack, innermost first. */
export function workflowFrames(stack: string, shownText: ShownText): WorkflowFrame[] {
  const frames: WorkflowFrame[] = [];
  for (const line of stack.split("\n")) {
    const frame = /^\s+at (.*?)(bifrost:\/\/.+):(\d+):(\d+)\)?$/.exec(line);
    const [, before = "", url = ""] = frame ?? [];
    const text = shownText(url);
    if (text === undefined) continue;
    const place = peoplesPlace(text, { line: Number(frame?.[3]), column: Number(frame?.[4]) });
    if (place === undefined) continue;
    // Without a name the place stands alone; within what eval() made it is somebody else's.
    const [, name = null] = /^(?:async )?([^()]+) \($/.exec(before) ?? [];
    frames.push({
      place: `${url}:${place.line}:${place.column}`,
      name: name?.slice(0, nameUnitsMax).toWellFormed() ?? null,
    });
    if (frames.length === framesMax) break;
  }
  return frames;
}

/** Says what was thrown, at its innermost frame, or at the entry where the stack names no workspace file. */
export function thrownDiagnostic(thrown: Thrown, entry: ModuleUrl, shownText: ShownText): Diagnostic {
  const frames = workflowFrames(thrown.stack, shownText);
  const message = thrown.name === "" ? thrown.message : `${thrown.name}: ${thrown.message}`;
  const [before, after] = textAround(frames[0]?.place ?? "", shownText);
  const told = explained(message, before);
  const diagnostic = withFrames(
    {
      code: "evaluation-error",
      severity: "error",
      message: capped(told),
      ...placeOf(entry),
      line: null,
      column: null,
    },
    frames,
  );
  return told === message ? diagnostic : atName(diagnostic, refusedName(told), after);
}

/** V8 blames the statement for a name that is not there, its `return` or `await`; a person looks for the name. */
function atName(diagnostic: Diagnostic, name: string | undefined, after: string): Diagnostic {
  const { column } = diagnostic;
  if (name === undefined || column === null) return diagnostic;
  const at = new RegExp(`(?<![\\w.$])${name.replaceAll(".", "\\.")}(?![\\w$])`).exec(after)?.index;
  if (at === undefined) return diagnostic;
  return { ...diagnostic, column: column + at, endColumn: column + at + name.length };
}

/** What stands on a frame's line before its column, and from there on. */
function textAround(frame: string, shownText: ShownText): [before: string, after: string] {
  const [, url = "", line, column] = /^(.+):(\d+):(\d+)$/.exec(frame) ?? [];
  const lines = shownText(url)?.split(/\r\n|\n|\r/) ?? [];
  const text = lines[Number(line) - 1] ?? "";
  return [text.slice(0, Number(column) - 1), text.slice(Number(column) - 1)];
}

/** Gives a diagnostic the place of its innermost frame, and the frames. */
export function withFrames(diagnostic: Diagnostic, frames: readonly WorkflowFrame[]): Diagnostic {
  const innermost = /^(.+):(\d+):(\d+)$/.exec(frames[0]?.place ?? "");
  if (innermost?.[1] === undefined) return diagnostic;
  return {
    ...diagnostic,
    ...placeOf(innermost[1] as ModuleUrl),
    line: Number(innermost[2]),
    column: Number(innermost[3]),
    stack: frames.map(({ place }) => place),
    ...(frames.some(({ name }) => name !== null) && { functions: frames.map(({ name }) => name) }),
  };
}

/** The entry offers nothing that could be called. */
export function noDefaultDiagnostic(entry: ModuleUrl, found: string): Diagnostic {
  return {
    code: "evaluation-error",
    severity: "error",
    message:
      found === "nothing"
        ? "The workflow has no default export to call"
        : `The workflow's default export is of type ${found}, not a function`,
    ...placeOf(entry),
    line: null,
    column: null,
    remedy: "Write: export default async function (input, context) { return { … } }",
  };
}

/** The default export returned something that JSON cannot carry. */
export function notJsonDiagnostic(thrown: Thrown, entry: ModuleUrl, shownText: ShownText): Diagnostic {
  const diagnostic = thrownDiagnostic(thrown, entry, shownText);
  // V8 draws a cycle over several lines below the sentence.
  const reason = thrown.message.split("\n", 1)[0] ?? "";
  return {
    ...diagnostic,
    message: capped(`The result cannot be written as JSON: ${reason}`),
    remedy: "Return plain objects, arrays, strings, finite numbers, booleans and null",
  };
}

/** V8 refused to compile a module of this text; its message ends with the place in brackets. */
export function syntaxDiagnostic(message: string, url: ModuleUrl, text: string): Diagnostic {
  const said = /^(.*) \[.*:(\d+):(\d+)\]$/s.exec(message);
  const place = said && peoplesPlace(text, { line: Number(said[2]), column: Number(said[3]) });
  return {
    code: "syntax-error",
    severity: "error",
    message: capped(said?.[1] ?? message),
    ...placeOf(url),
    line: place?.line ?? null,
    column: place?.column ?? null,
  };
}

/** V8 refused to link a module. It does not say in which line: the linker does, before anything comes here. */
export function linkDiagnostic(message: string, url: ModuleUrl): Diagnostic {
  let code: DiagnosticCode = "syntax-error";
  if (/does not provide an export named/.test(message)) code = "export-not-found";
  if (/conflicting star exports/.test(message)) code = "ambiguous-export";
  return { code, severity: "error", message: capped(message), ...placeOf(url), line: null, column: null };
}

function capped(message: string): string {
  return message.length > messageUnitsMax ? `${message.slice(0, messageUnitsMax)}…` : message;
}
