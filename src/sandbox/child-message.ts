// What a child process says, taken apart before anything is done with it. A child that code has broken out into says what that
// code likes: it may end its own run badly, and must not be able to hurt whoever listens.
import { noWalls, type Walls, wallNames } from "../confinement/walls.ts";
import { type Diagnostic, diagnosticCodes, severityRank } from "../workspace/diagnostic.ts";
import type { ModuleUrl } from "../workspace/program.ts";
import { type LogLine, logLevels } from "../workspace/run.ts";
import type { ChildMessage } from "./protocol.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Gives the message with the fields that belong to it and no others; `undefined` where it is none. */
export function readChildMessage(value: unknown): ChildMessage | undefined {
  if (!isObject(value)) return undefined;
  const { kind, run } = value;
  if (kind === "ready") return { kind, walls: readWalls(value.walls) };
  if (!isNumber(run)) return undefined;
  if (kind === "unknown") return { kind, run };
  if (kind === "log") return isListOf(value.lines, isLogLine) ? { kind, run, lines: value.lines } : undefined;
  if (kind === "import") {
    const { request, specifier, importer } = value;
    if (!isNumber(request) || !isText(specifier) || !isText(importer)) return undefined;
    return { kind, run, request, specifier, importer: importer as ModuleUrl };
  }
  return kind === "done" ? readDone(value, run) : undefined;
}

function readDone(value: Fields, run: number): ChildMessage | undefined {
  const { result, diagnostics, isScriptable, isSpent } = value;
  if (result !== null && !isText(result)) return undefined;
  if (!isListOf(diagnostics, isDiagnostic)) return undefined;
  if (!isMaybe(isScriptable, isBoolean) || !isMaybe(isSpent, isBoolean)) return undefined;
  return {
    kind: "done",
    run,
    result,
    diagnostics,
    ...(isScriptable !== undefined && { isScriptable }),
    ...(isSpent !== undefined && { isSpent }),
  };
}

function readWalls(value: unknown): Walls {
  if (!isObject(value)) return noWalls;
  return { ...noWalls, ...Object.fromEntries(wallNames.map((name) => [name, value[name] === true])) };
}

function isLogLine(value: unknown): value is LogLine {
  return isObject(value) && logLevels.some((level) => level === value.level) && isText(value.message);
}

function isDiagnostic(value: unknown): value is Diagnostic {
  if (!isObject(value)) return false;
  const { code, severity, message, scope, path, line, column, endColumn, specifier, nearest, remedy } = value;
  const { stack, functions, tried } = value;
  return (
    diagnosticCodes.some((known) => known === code) &&
    isText(severity) &&
    Object.hasOwn(severityRank, severity) &&
    isText(message) &&
    isOrNull(scope, isText) &&
    isOrNull(path, isText) &&
    isOrNull(line, isNumber) &&
    isOrNull(column, isNumber) &&
    isMaybe(endColumn, isNumber) &&
    [specifier, nearest, remedy].every((text) => isMaybe(text, isText)) &&
    isMaybe(stack, (frames) => isListOf(frames, isText)) &&
    isMaybe(functions, (names) => isListOf(names, isTextOrNull)) &&
    // The linker's alone to say.
    tried === undefined
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return isOrNull(value, isText);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** A count, a position or a number of a run. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isMaybe<T>(value: unknown, isOne: (one: unknown) => one is T): value is T | undefined;
function isMaybe(value: unknown, isOne: (one: unknown) => boolean): boolean;
function isMaybe(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return value === undefined || isOne(value);
}

function isOrNull(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return value === null || isOne(value);
}
