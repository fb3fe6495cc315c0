// A module beside global's, or beside what it was before a revision.
import { type ComparedSide, compareModule } from "../../catalog/compare-module.ts";
import { contentHash } from "../../digest.ts";
import { modulePath, patchPath } from "../addresses.ts";
import { hasBidiControl } from "../parts/code.ts";
import { diffStat } from "../parts/diff-stat.ts";
import { diffView } from "../parts/diff-view.ts";
import { type Html, html } from "../parts/html.ts";
import { pager } from "../parts/pager.ts";
import { layerTitle, type ModuleContext } from "./module-context.ts";
import { bidiWarning } from "./module-source.ts";

/** The tab "Diff to global", or "What changed". */
export async function diffTab(context: ModuleContext): Promise<Html> {
  const { edges, found, query, slug, hrefTo } = context;
  const comparison = await compareModule(edges, found, {
    change: query.at !== undefined,
    ...(query.context === "all" && { context: Number.MAX_SAFE_INTEGER }),
  });
  if (comparison === undefined) {
    return html`<div class="blank"><h2>Nothing to compare with</h2>
  <p>${found.layer === "own" ? "Global has no file of this name." : `${slug} does not override this file.`}</p></div>`;
  }
  const { before, after, diff } = comparison;
  const lines = (side: ComparedSide | undefined) =>
    side === undefined ? [] : edges.highlighter.lines(side.path, contentHash(Buffer.from(side.content)), side.content);
  const view = query.view === "split" ? "split" : "unified";
  const { html: table, portion } = diffView(diff, {
    view,
    label: `Difference of ${found.path}`,
    highlight: { before: await lines(before), after: await lines(after) },
    wholeAt: query.context === "all" ? undefined : hrefTo({ context: "all" }),
    portion: query.part,
  });
  const layout = (to: "diff" | "split", text: string) => {
    const isCurrent = (to === "split") === (view === "split");
    const href = hrefTo({ view: to, context: query.context });
    return isCurrent ? html`<a href="${href}" aria-current="true">${text}</a>` : html`<a href="${href}">${text}</a>`;
  };
  const name = (side: ComparedSide | undefined) =>
    side === undefined
      ? html`<span class="muted">nothing</span>`
      : html`<a class="path" href="${modulePath(slug, side.path, { layer: side.layer })}">${layerTitle(side.layer, context)}: ${side.path}</a>`;
  return html`${hasBidiControl(`${before?.content}${after?.content}`) ? bidiWarning : ""}
<div class="box code-frame">
<div class="box-row code-head"><p>${name(before)} → ${name(after)} ${diffStat(diff)}</p>
<nav class="choices-inline" aria-label="Layout">${layout("diff", "Unified")}${layout("split", "Split")}
<a href="${patchPath(slug, found.path, { layer: query.layer, at: query.at })}">Patch</a></nav></div>
${diff.hunks.length === 0 ? html`<p class="box-row muted">Both are equal, byte for byte.</p>` : table}
</div>
${pager(portion.number, portion.count, (part) => hrefTo({ context: query.context, part: part === 1 ? undefined : part }))}`;
}
