// A diagnostic as a person reads it in a terminal: where, what, the line itself with a mark below it, and what to do.
import { type Diagnostic, type Severity, sortDiagnostics, type TriedPath } from "../workspace/diagnostic.ts";
import { frameRuns, framesOf } from "../workspace/frames.ts";
import { count } from "../workspace/markdown.ts";
import { triedByLayer } from "../workspace/tried-words.ts";
import type { FindingGroup } from "./finding-groups.ts";
import type { Style } from "./io.ts";
import { printable } from "./printable.ts";

/** Finds the file that a diagnostic speaks of: its text, and a path that a terminal can open. */
export type FileFinder = (
  place: Pick<Diagnostic, "scope" | "path">,
) => { readonly text: string | undefined; readonly location: string } | undefined;

const colors = { error: "red", warning: "yellow", notice: "cyan" } as const satisfies Record<Severity, string>;

// A minified line is one line all the same; this much of it is shown on either side of the mark.
const contextColumns = 60;

/** All findings, most serious first, with an empty line between two. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], find: FileFinder, style: Style): string {
  return sortDiagnostics(diagnostics)
    .map((diagnostic) => diagnosticText(diagnostic, find, style))
    .join("\n");
}

// Whoever reads more than a screen of names reads none of them.
const placesNamedMax = 5;
const workflowsNamedMax = 3;

/** Findings of one kind: the first in full, the places of the others, and the workflows that they stop. */
export function groupText({ shown, others, stops }: FindingGroup, find: FileFinder, style: Style): string {
  const lines: string[] = [];
  for (const other of others.slice(0, placesNamedMax)) {
    lines.push(`  ${style("dim", "also at")} ${placeText(other, find(other)?.location)}`);
  }
  const unnamed = others.length - placesNamedMax;
  if (unnamed > 0) lines.push(`  ${style("dim", `and ${unnamed} more, which --all shows`)}`);
  if (stops.length > 0) {
    const names = stops.slice(0, workflowsNamedMax).map(printable).join(", ");
    const more = stops.length > workflowsNamedMax ? `, and ${stops.length - workflowsNamedMax} more` : "";
    lines.push(`  ${style("dim", `stops ${count(stops.length, "workflow")}:`)} ${names}${more}`);
  }
  const rest = lines.map((line) => `${line}\n`).join("");
  return `${shown.map((diagnostic) => diagnosticText(diagnostic, find, style)).join("\n")}${rest}`;
}

// Whoever has more kinds of findings asks about the others in their turn.
const explainedMax = 3;

/** A line that says where codes are explained, the most serious ones first; nothing where there is no finding. */
export function explainHint(diagnostics: readonly Diagnostic[], style: Style): string {
  const codes = [...new Set(sortDiagnostics(diagnostics).map(({ code }) => code))];
  if (codes.length === 0) return "";
  const commands = codes.slice(0, explainedMax).map((code) => `bifrost explain ${code}`);
  return `${style("dim", `Explained, with an example: ${commands.join(", ")}${codes.length > explainedMax ? ", …" : ""}`)}\n`;
}

function diagnosticText(diagnostic: Diagnostic, find: FileFinder, style: Style): string {
  const { severity, code, message, line, column, tried, nearest, remedy } = diagnostic;
  const file = find(diagnostic);
  const place = placeText(diagnostic, file?.location);
  const lines = [
    `${style([colors[severity], "bold"], severity)} ${style("dim", code)}${place === "" ? "" : ` ${style("bold", place)}`}`,
    ...printable(message)
      .split("\n")
      .map((text) => `  ${text}`),
  ];
  if (file?.text !== undefined && line !== null) {
    lines.push(...sourceLines(file.text, line, column, diagnostic.endColumn, (text) => style(colors[severity], text)));
  }
  if (tried !== undefined && tried.length > 0) lines.push(...triedLines(tried, style));
  if (nearest !== undefined) lines.push(`  ${style("dim", "did you mean")} ${printable(nearest)}`);
  for (const frame of frameLines(framesOf(diagnostic), find)) lines.push(`  ${style("dim", frame)}`);
  if (remedy !== undefined) lines.push(`  ${style("dim", "to do:")} ${printable(remedy)}`);
  return `${lines.join("\n")}\n`;
}

function frameLines(stack: readonly string[], find: FileFinder): string[] {
  return frameRuns(stack).flatMap(({ frames, times }) => {
    const lines = frames.map((frame) => `at ${frameText(frame, find)}`);
    if (times === 1) return lines;
    return [...lines, `   ${lines.length === 1 ? "the same" : `these ${lines.length}`} ${times - 1} more times`];
  });
}

/** A frame as a place that a terminal can open; one that is none of a workspace file's as it is. */
function frameText(frame: string, find: FileFinder): string {
  const [, name, scope, path, line, column] =
    /^(?:(.+) \()?bifrost:\/\/([^/]+)\/(.+):(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (scope === undefined || path === undefined) return printable(frame);
  const place = { scope, path, line: Number(line), column: Number(column) };
  return `${placeText(place, find(place)?.location)}${name === undefined ? "" : ` in ${printable(name)}`}`;
}

type Place = Pick<Diagnostic, "path" | "scope" | "line" | "column">;

function placeText({ path, scope, line, column }: Place, location: string | undefined): string {
  if (path === null) return "";
  const position = line === null ? "" : `:${line}${column === null ? "" : `:${column}`}`;
  const layer = scope === null ? "" : ` (${scope})`;
  return printable(`${location ?? path}${position}${layer}`);
}

/** The source line and, where there is a column, marks below the text from it to `endColumn`. */
function sourceLines(
  text: string,
  line: number,
  column: number | null,
  endColumn: number | undefined,
  mark: (text: string) => string,
): string[] {
  const source = text.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1];
  if (source === undefined || source.trim() === "") return [];
  const focus = (column ?? 1) - 1;
  const from = Math.max(0, focus - contextColumns);
  const shown = source.slice(from, focus + contextColumns);
  const before = from > 0 ? "…" : "";
  const after = source.length > focus + contextColumns ? "…" : "";
  const gutter = `  ${line} │ `;
  const lines = [`${gutter}${printable(`${before}${shown}${after}`)}`];
  if (column !== null) {
    // Tabs stay, so that the mark is below its text however wide the terminal makes them.
    const indent = `${before}${source.slice(from, focus)}`.replace(/[^\t]/g, " ");
    const width = Math.max(1, Math.min(endColumn ?? column + 1, from + shown.length + 1) - column);
    const empty = " ".repeat(gutter.length - 2);
    lines.push(`${empty}│ ${indent}${mark("^".repeat(width))}`);
  }
  return lines;
}

/** Every path that was looked for, one line a layer, with the extensions of one name together. */
export function triedLines(tried: readonly TriedPath[], style: Style): string[] {
  const layers = triedByLayer(tried);
  const width = Math.max(...layers.map(({ scope }) => scope.length));
  return layers.map(({ scope, paths }) => `  ${style("dim", `looked in ${scope.padEnd(width)}`)}  ${printable(paths)}`);
}
