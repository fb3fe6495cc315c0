// Collects what is wrong with a manifest, each finding at its line and column.
import type { LineCounter } from "yaml";
import { bindingPath } from "../workspace/binding.ts";
import type { Diagnostic, DiagnosticCode } from "../workspace/diagnostic.ts";

/** Where something stands in the text: offsets of its first code unit and of the one after its last. */
export type TextRange = readonly [start: number, end: number];

export class ManifestReport {
  readonly diagnostics: Diagnostic[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** Adds a finding that refuses the manifest. */
  refuse(message: string, range: TextRange, remedy?: string): void {
    this.#add("config-invalid", message, range, remedy);
  }

  /** Adds a finding that leaves the manifest valid. */
  warn(code: Exclude<DiagnosticCode, "config-invalid">, message: string, range: TextRange, remedy?: string): void {
    this.#add(code, message, range, remedy);
  }

  #add(code: DiagnosticCode, message: string, range: TextRange, remedy: string | undefined): void {
    const start = this.#lines.linePos(range[0]);
    const end = this.#lines.linePos(range[1]);
    // An empty text has no line at all, and a place at its start all the same.
    const line = Math.max(1, start.line);
    const column = Math.max(1, start.col);
    this.diagnostics.push({
      code,
      severity: code === "config-invalid" ? "error" : "warning",
      message,
      scope: null,
      path: bindingPath,
      line,
      column,
      ...(end.line === line && end.col > column && { endColumn: end.col }),
      ...(remedy !== undefined && { remedy }),
    });
  }
}
