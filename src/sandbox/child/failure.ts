// What workflow code did wrong, as diagnostics: a thrown value, a promise nobody handled, a module V8 refuses. The place is
// the innermost stack frame that lies in a workspace file.
import type { Diagnostic, DiagnosticCode } from "../../workspace/diagnostic.ts";
import type { ModuleUrl } from "../../workspace/program.ts";
import { placeOf } from "../ending.ts";

/** A thrown value as text. Whoever threw it chose every word, so nothing in it is trusted. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

// A message is for people: 4 KiB is two screens. Frames: what bootstrap.ts lets V8 record.
const messageUnitsMax = 4096;
const framesMax = 50;

/** Whether a URL is that of a workspace file of this run that people may be shown. */
export type IsShown = (url: string) => boolean;

/** Frames of workspace files in a stack, innermost first, `bifrost://<layer>/<path>:<line>:<column>`. */
export function workflowFrames(stack: string, isShown: IsShown): string[] {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const frame = /^\s+at .*?(bifrost:\/\/.+):(\d+):(\d+)\)?$/.exec(line);
    if (frame?.[1] === undefined || !isShown(frame[1])) continue;
    frames.push(`${frame[1]}:${frame[2]}:${frame[3]}`);
    if (frames.length === framesMax) break;
  }
  return frames;
}

/** Says what was thrown, at its innermost frame, or at the entry where the stack names no workspace file. */
export function thrownDiagnostic(thrown: Thrown, entry: ModuleUrl, isShown: IsShown): Diagnostic {
  return withFrames(
    {
      code: "evaluation-error",
      severity: "error",
      message: capped(explained(thrown.name === "" ? thrown.message : `${thrown.name}: ${thrown.message}`)),
      ...placeOf(entry),
      line: null,
      column: null,
    },
    workflowFrames(thrown.stack, isShown),
  );
}

/** Gives a diagnostic the place of its innermost frame, and the frames. */
export function withFrames(diagnostic: Diagnostic, frames: readonly string[]): Diagnostic {
  const innermost = /^(.+):(\d+):(\d+)$/.exec(frames[0] ?? "");
  if (innermost?.[1] === undefined) return diagnostic;
  return {
    ...diagnostic,
    ...placeOf(innermost[1] as ModuleUrl),
    line: Number(innermost[2]),
    column: Number(innermost[3]),
    stack: frames,
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
export function notJsonDiagnostic(thrown: Thrown, entry: ModuleUrl, isShown: IsShown): Diagnostic {
  const diagnostic = thrownDiagnostic(thrown, entry, isShown);
  // V8 draws a cycle over several lines below the sentence.
  const reason = thrown.message.split("\n", 1)[0] ?? "";
  return {
    ...diagnostic,
    message: capped(`The result cannot be written as JSON: ${reason}`),
    remedy: "Return plain objects, arrays, strings, finite numbers, booleans and null",
  };
}

/** V8 refused to compile a module; its message ends with the place in brackets. */
export function syntaxDiagnostic(message: string, url: ModuleUrl): Diagnostic {
  const place = /^(.*) \[.*:(\d+):(\d+)\]$/s.exec(message);
  return {
    code: "syntax-error",
    severity: "error",
    message: capped(place?.[1] ?? message),
    ...placeOf(url),
    line: place ? Number(place[2]) : null,
    column: place ? Number(place[3]) : null,
  };
}

/** V8 refused to link a module. It does not say in which line: the linker does, before anything comes here. */
export function linkDiagnostic(message: string, url: ModuleUrl): Diagnostic {
  let code: DiagnosticCode = "syntax-error";
  if (/does not provide an export named/.test(message)) code = "export-not-found";
  if (/conflicting star exports/.test(message)) code = "ambiguous-export";
  return { code, severity: "error", message: capped(message), ...placeOf(url), line: null, column: null };
}

// What other runtimes have and a workflow has not, with the reason. The names are left undefined, so that a library's
// `typeof process` still tells it the truth; only the error that reaches a person is worded anew.
const refusedGlobals: Readonly<Record<string, string>> = {
  fetch: "it has no network",
  XMLHttpRequest: "it has no network",
  WebSocket: "it has no network",
  EventSource: "it has no network",
  process: "it has no process and no environment; pass what it needs as input",
  require: "modules are imported with import",
  module: "modules export with export",
  exports: "modules export with export",
  Buffer: "use Uint8Array, TextEncoder and TextDecoder",
  global: "use globalThis",
  window: "use globalThis",
  document: "it has no page",
  localStorage: "nothing outlives a run",
  setImmediate: "use setTimeout or queueMicrotask",
  Worker: "a run has one thread",
  WebAssembly: "its memory would count against no limit",
  SharedArrayBuffer: "a run has one thread",
  Atomics: "a run has one thread",
  __dirname: "use import.meta.url",
  __filename: "use import.meta.url",
};

/** Puts the reason to V8's "fetch is not defined". */
function explained(message: string): string {
  const name =
    /^(?:ReferenceError|TypeError): (?:globalThis\.)?(\w+) is not (?:defined|a function|a constructor)$/.exec(message);
  const reason =
    name?.[1] !== undefined && Object.hasOwn(refusedGlobals, name[1]) ? refusedGlobals[name[1]] : undefined;
  return reason === undefined ? message : `${name?.[1]} is not available in a workflow: ${reason}`;
}

function capped(message: string): string {
  return message.length > messageUnitsMax ? `${message.slice(0, messageUnitsMax)}…` : message;
}
