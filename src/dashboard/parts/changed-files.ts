// What changed between two revisions: the files by name, and the differences of as many as a page holds.
import { count } from "../../workspace/markdown.ts";
import { type ComparedFile, changeOf, type Difference } from "../compare-revisions.ts";
import type { PageEdges } from "../edges.ts";
import { type AskedPage, pagerFor, withParts } from "../paging.ts";
import { diffStat } from "./diff-stat.ts";
import { diffLayouts, diffView } from "./diff-view.ts";
import { type Html, html } from "./html.ts";
import { pager } from "./pager.ts";

// A page stays within 150 KB: what is around the rows of code takes the rest.
const bytesMax = 80 * 1024;
const fewBytes = 2 * 1024;
const namesMax = 200;

/** The list and the differences. `url` is the page's, by which others of its files are asked for. */
export async function changedFilesView(
  edges: Pick<PageEdges, "highlighter">,
  url: URL,
  { files, diffs }: Difference,
  asked: AskedPage,
): Promise<Html> {
  if (files.length === 0) return html`<div class="blank"><p>No file differs.</p></div>`;
  const view = url.searchParams.get("view") === "split" ? "split" : "unified";
  const only = url.searchParams.get("path");
  const part = Number(url.searchParams.get("part") ?? 1) || 1;
  const kinds = Map.groupBy(files, (file) => changeOf(file).kind);
  const counts = (["added", "changed", "renamed", "deleted"] as const).flatMap((kind) => {
    const found = kinds.get(kind)?.length ?? 0;
    return found === 0 ? [] : [`${found.toLocaleString("en")} ${kind}`];
  });
  let room = bytesMax;
  const shown: Html[] = [];
  for (const compared of diffs) {
    const { html: box, bytes } = await fileBox(edges, url, compared, { view, room, part: only === null ? 1 : part });
    room -= bytes;
    shown.push(box);
  }
  return html`<div class="diff-head">
  <p>${count(files.length, "file")}: ${counts.join(", ")}</p>
  <nav class="choices-inline" aria-label="Layout">${diffLayouts.map((one) => {
    const text = `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
    const href = withParts(url, { view: one === "unified" ? null : one });
    return one === view ? html`<a href="${href}" aria-current="true">${text}</a>` : html`<a href="${href}">${text}</a>`;
  })}</nav>
</div>
${
  only === null
    ? nameList(url, files)
    : html`<p><a href="${withParts(url, { path: null, part: null })}">All ${count(files.length, "file")}</a></p>`
}
${shown}
${only === null && pagerFor(url, asked, files.length)}`;
}

function nameList(url: URL, files: Difference["files"]): Html {
  return html`<details class="paths" ${files.length <= 20 ? "open" : ""}><summary>Files</summary>
<ul class="plain-list">${files.slice(0, namesMax).map((file) => {
    const { kind, from, to } = changeOf(file);
    const path = to ?? from ?? "";
    return html`<li><span class="change ${kind}">${kind}</span> <a class="path" href="${withParts(url, { path, page: null })}">${
      kind === "renamed" ? `${from} → ${to}` : path
    }</a></li>`;
  })}${files.length > namesMax && html`<li class="muted">and ${(files.length - namesMax).toLocaleString("en")} more</li>`}</ul></details>`;
}

interface BoxOptions {
  readonly view: "unified" | "split";
  /** How many bytes of rows there is room for. */
  readonly room: number;
  readonly part: number;
}

/** The differences of one file, as far as there is room, and how many bytes they took. */
async function fileBox(
  { highlighter }: Pick<PageEdges, "highlighter">,
  url: URL,
  { diff, before, after }: ComparedFile,
  { view, room, part }: BoxOptions,
): Promise<{ readonly html: Html; readonly bytes: number }> {
  const path = diff.to ?? diff.from ?? "";
  const name = diff.kind === "renamed" ? `${diff.from} → ${diff.to}` : path;
  const whole = withParts(url, { path, page: null });
  const head = html`<div class="box-row code-head"><h3 class="path">${name}</h3><p>${diffStat(diff)}</p></div>`;
  if (diff.hunks.length === 0) {
    return {
      bytes: 0,
      html: html`<section class="box code-frame">${head}<p class="box-row muted">Only its name changed.</p></section>`,
    };
  }
  if (room < fewBytes) {
    return {
      bytes: 0,
      html: html`<section class="box code-frame">${head}<p class="box-row"><a href="${whole}">Show the differences</a></p></section>`,
    };
  }
  const lines = async (side: ComparedFile["before"]) =>
    side === undefined ? [] : highlighter.lines(side.path, side.hash, side.content);
  const { html: table, portion } = diffView(diff, {
    view,
    label: `Differences of ${path}`,
    highlight: { before: await lines(before), after: await lines(after) },
    portion: part,
    bytesMax: room,
  });
  const isOnly = url.searchParams.get("path") !== null;
  const rest = isOnly
    ? pager(portion.number, portion.count, (to) => withParts(url, { part: to === 1 ? null : `${to}` }))
    : portion.count > 1 && html`<p class="box-row"><a href="${whole}">Show all of it</a></p>`;
  return {
    bytes: portion.rows.reduce((sum, row) => sum + Buffer.byteLength(row), 0),
    html: html`<section class="box code-frame">${head}${table}${rest}</section>`,
  };
}
