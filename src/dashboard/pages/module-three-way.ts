// A stale override beside what it was made from and what that has become.
import { pageEditsMax } from "../../history/lines.ts";
import { viewOverride } from "../../history/override-view.ts";
import type { Region, RegionKind } from "../../history/three-way.ts";
import type { Override } from "../../workspace/override.ts";
import type { CodeLine } from "../highlight/code-line.ts";
import { codeHtml, escaped } from "../parts/code.ts";
import { type Html, html, raw } from "../parts/html.ts";
import { pager } from "../parts/pager.ts";
import { portionOf } from "../parts/row-portions.ts";
import { timeAgo } from "../parts/time.ts";
import type { ModuleContext } from "./module-context.ts";

// As many lines around a change as a difference has.
const contextLines = 3;

const sides = ["base", "theirs", "yours"] as const;
type Side = (typeof sides)[number];
type HighlightedTexts = Readonly<Record<Side, readonly CodeLine[]>>;

async function highlighted(
  { edges }: ModuleContext,
  override: Override,
  regions: readonly Region[],
): Promise<HighlightedTexts> {
  const linesOf = async (side: Side): Promise<readonly CodeLine[]> => {
    const version = override[side];
    if (version === null) return [];
    // The spans of a side, one after the other, are its lines.
    const text = regions.flatMap((region) => region[side].lines).join("\n");
    return edges.highlighter.lines(version.path, version.hash, text);
  };
  const [base, theirs, yours] = await Promise.all(sides.map(linesOf));
  return { base: base ?? [], theirs: theirs ?? [], yours: yours ?? [] };
}

/** The tab "Three-way". */
export async function threeWayTab(context: ModuleContext): Promise<Html> {
  const { edges, found, override, slug, query, hrefTo, request } = context;
  const [own, below] = found.taken.layers;
  const regions =
    override === undefined || below === undefined
      ? undefined
      : await viewOverride(edges, own.granted, below.granted, override, pageEditsMax);
  if (override === undefined || regions === undefined) {
    return html`<div class="blank"><h2>Nothing to set side by side</h2><p>The file hides nothing of global.</p></div>`;
  }
  const { base, theirs, changes } = override;
  const conflicts = regions.filter(({ kind }) => kind === "conflict").length;
  const isWhole = query.context === "all";
  const lines = await highlighted(context, override, regions);
  const rows = regions.flatMap((region) => regionRows(region, lines, isWhole, hrefTo({ context: "all" })));
  const portion = portionOf(rows, query.part);
  const first = changes[0]?.made;
  return html`<p>${
    first === undefined
      ? "It is in step with global."
      : html`Global has changed this module ${changes.length === 1 ? "once" : `${changes.length} times`} since it was last in step, first in revision ${first.number}, ${timeAgo(first.createdAt, request.now)}.`
  } ${conflicts === 0 ? "No line was changed on both sides." : `${conflicts} place${conflicts === 1 ? " was" : "s were"} changed on both sides.`}
Nothing is merged by itself: take into your repository what you want of it.</p>
<p class="legend"><span class="theirs">global changed it</span> <span class="yours">${slug} changed it</span> <span class="both">both did the same</span> <span class="conflict">both, each to something else</span></p>
<div class="box code-frame"><div class="code-box" role="region" aria-label="Three texts of ${found.path}" tabindex="0">
<table class="code three-way"><colgroup><col class="at"><col><col class="at"><col><col class="at"><col></colgroup>
<thead><tr><th scope="col" colspan="2">Made from: ${base === null ? "nothing that is known" : `global ${base.path}, revision ${base.made.number}`}</th>
<th scope="col" colspan="2">Global now: ${theirs?.path}, revision ${theirs?.made.number}</th>
<th scope="col" colspan="2">${slug}: ${override.yours.path}</th></tr></thead>
<tbody>${raw(portion.rows.join(""))}</tbody></table></div></div>
${pager(portion.number, portion.count, (part) => hrefTo({ context: query.context, part: part === 1 ? undefined : part }))}`;
}

/** Which sides stand out in a region: those that changed. */
const changedSides: Readonly<Record<RegionKind, Partial<Record<Side, string>>>> = {
  same: {},
  theirs: { theirs: "theirs" },
  yours: { yours: "yours" },
  both: { theirs: "both", yours: "both" },
  conflict: { theirs: "conflict", yours: "conflict" },
};

function regionRows(region: Region, lines: HighlightedTexts, isWhole: boolean, wholeAt: string): string[] {
  const length = Math.max(...sides.map((side) => region[side].lines.length));
  const rows: string[] = [];
  for (let index = 0; index < length; index += 1) {
    const isFar = index >= contextLines && index < length - contextLines;
    if (region.kind === "same" && !isWhole && isFar && length > 2 * contextLines + 1) {
      const left = length - 2 * contextLines;
      const link = `<a href="${escaped(wholeAt)}">${left} lines that nobody changed</a>`;
      rows.push(`<tr class="gap"><td colspan="6">${link}</td></tr>\n`);
      index += left - 1;
      continue;
    }
    const cells = sides.map((side) => {
      const { line, lines: texts } = region[side];
      const text = texts[index];
      const marked = changedSides[region.kind][side];
      const kind = marked === undefined ? "" : ` class="${marked}"`;
      if (text === undefined) return `<td${kind || none}></td><td${kind || none}></td>`;
      return `<td${kind}>${line + index}</td><td${kind}>${codeHtml(lineOf(lines[side], line + index, text))}</td>`;
    });
    rows.push(`<tr>${cells.join("")}</tr>\n`);
  }
  return rows;
}

const none = ` class="none"`;

/** A line in its colours, where it is the same line. */
function lineOf(lines: readonly CodeLine[], number: number, text: string): CodeLine {
  const line = lines[number - 1];
  return line?.map((segment) => segment.text).join("") === text ? line : [{ text, kind: "" }];
}
