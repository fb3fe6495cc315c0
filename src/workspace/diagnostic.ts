// The one shape in which anything wrong with a person's files is said: API, command line and check runs print the same.

export const diagnosticCodes = [
  "module-not-found",
  "export-not-found",
  "ambiguous-export",
  "ambiguous-module",
  "unsupported-specifier",
  "unsupported-syntax",
  "syntax-error",
  "evaluation-error",
  "timeout",
  "cancelled",
  "memory-limit",
  "output-limit",
  "sandbox-lost",
  "config-invalid",
  "config-not-supported",
  "scope-refused",
  "pin-refused",
  "pin-expired",
  "pin-ignored",
  "path-conflict",
  "sync-held",
  "rolled-back",
  "gate-closed",
  "file-skipped",
  "stale-override",
  "breaks-organizations",
  "workflow-without-default",
] as const;
export type DiagnosticCode = (typeof diagnosticCodes)[number];

/** `error` fails a check, `warning` and `notice` do not. */
export type Severity = "error" | "warning" | "notice";

/** A path that the cascade looked for, in the layer of the scope with this slug. */
export interface TriedPath {
  readonly scope: string;
  readonly path: string;
}

/** One finding. `line` and `column` count from 1, columns in UTF-16 code units; null where the fault has no place. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  /** The slug of the layer that `path` is in, or null where the fault belongs to no layer. */
  readonly scope: string | null;
  readonly path: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Where the marked text ends, on the same line, exclusive. */
  readonly endColumn?: number;
  /** The specifier of the import at fault. */
  readonly specifier?: string;
  /** Every path that was looked for, layer by layer. */
  readonly tried?: readonly TriedPath[];
  /** The existing name that is closest to the one asked for. */
  readonly nearest?: string;
  /** What to do about it, as an imperative sentence. */
  readonly remedy?: string;
  /** Stack frames of workflow code, innermost first, `bifrost://<layer>/<path>:<line>:<column>`. */
  readonly stack?: readonly string[];
  /** The function of each frame of `stack` as V8 names it, null where it has no name; left out where none has. */
  readonly functions?: readonly (string | null)[];
}

export function hasErrors(diagnostics: Iterable<Diagnostic>): boolean {
  for (const diagnostic of diagnostics) if (diagnostic.severity === "error") return true;
  return false;
}

/** Errors first. */
export const severityRank = { error: 0, warning: 1, notice: 2 } as const;

/** Orders errors first, then by path, line and column. Pure; equal findings keep their order. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (one, other) =>
      severityRank[one.severity] - severityRank[other.severity] ||
      compareText(one.path ?? "", other.path ?? "") ||
      (one.line ?? 0) - (other.line ?? 0) ||
      (one.column ?? 0) - (other.column ?? 0),
  );
}

/** Drops findings that say the same thing about the same place: a module that many workflows import is named once. */
export function uniqueDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  // Most of them are the same object, which is quicker to see than that two say the same.
  for (const diagnostic of new Set(diagnostics)) {
    const { code, scope, path, line, column, message } = diagnostic;
    const key = JSON.stringify([code, scope, path, line, column, message]);
    if (!seen.has(key)) seen.set(key, diagnostic);
  }
  return [...seen.values()];
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
