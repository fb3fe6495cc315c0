// One override as a person reads it: how it stands, what global changed, and where that meets the organisation's lines.
import type { Region, Span } from "../history/three-way.ts";
import { count } from "../workspace/markdown.ts";
import type { Override, OverrideState } from "../workspace/override.ts";
import type { Style } from "./io.ts";
import { printable } from "./printable.ts";
import { revisionText } from "./revision-text.ts";

export const stateColors = {
  stale: "yellow",
  alone: "magenta",
  redundant: "cyan",
  current: "green",
} as const satisfies Record<OverrideState, string>;

/** The lines about one override; regions are given where something is below it. */
export function overrideLines(
  slug: string,
  override: Override,
  regions: readonly Region[] | undefined,
  style: Style,
): string[] {
  const { state, yours, theirs, base, changes, newer, gone } = override;
  const detail = (label: string, text: string) => `  ${style("dim", label.padEnd(12))} ${printable(text)}`;
  return [
    `${style(["bold", stateColors[state]], state)} ${style("bold", printable(yours.path))} of ${slug}`,
    detail("written", revisionText(yours.made)),
    detail("hides", theirs === null ? "nothing any more" : `${theirs.path} of global, ${revisionText(theirs.made)}`),
    detail(
      "in step with",
      base === null
        ? "none of the versions that the history has"
        : `${base.path} of global, ${revisionText(base.made)}`,
    ),
    ...changes.map(({ path, made }) => detail("since then", `${path}: ${revisionText(made)}`)),
    ...newer.map(({ path, made }) => detail("newer", `${path}: ${revisionText(made)}, not seen because of the pin`)),
    ...(gone ? [detail("gone", `${revisionText(gone)}${theirs === null ? "" : ", beyond the pin"}`)] : []),
    detail("to do", toDo(slug, override)),
    ...(state === "stale" && regions ? regionLines(slug, regions, style) : []),
    "",
  ];
}

function toDo(slug: string, { state, yours }: Override): string {
  switch (state) {
    case "stale":
      return "Take over what this module should have of it; nothing is merged by itself";
    case "redundant":
      return `Delete it: ${slug} gets the same from global, and follows what becomes of it`;
    case "alone":
      return "Nothing: it goes on as a module of its own";
    case "current":
      return `Nothing; "bifrost diff ${slug} ${yours.path}" shows how the two differ`;
    default:
      throw state satisfies never;
  }
}

function regionLines(slug: string, regions: readonly Region[], style: Style): string[] {
  const open = regions.filter(({ kind }) => kind === "theirs" || kind === "conflict");
  const taken = regions.filter(({ kind }) => kind === "both").length;
  const lines: string[] = [];
  for (const { kind, base, theirs, yours } of open) {
    if (kind === "theirs") {
      lines.push("", style("cyan", `@@ line ${yours.line} of ${slug}'s @@ only global changed this`));
      lines.push(...marked("-", base, "red", style), ...marked("+", theirs, "green", style));
    } else {
      lines.push("", style("yellow", `@@ line ${yours.line} of ${slug}'s @@ both changed this`));
      lines.push(style("dim", "before:"), ...marked(" ", base, "dim", style));
      lines.push(style("dim", "global:"), ...marked("+", theirs, "green", style));
      lines.push(style("dim", `${slug}:`), ...marked(" ", yours, "bold", style));
    }
  }
  if (taken > 0)
    lines.push("", style("dim", `${count(taken, "change")} of global's ${taken === 1 ? "is" : "are"} in it already`));
  return lines;
}

function marked(mark: string, { lines }: Span, format: Parameters<Style>[0], style: Style): string[] {
  return lines.map((line) => style(format, printable(`${mark} ${line}`)));
}
