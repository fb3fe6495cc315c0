// What changed between two revisions: the files by name, and the differences of as many as a page holds.
import type { FileDiff } from "../../history/file-diff.ts";
import { count } from "../../workspace/markdown.ts";
import { changeOf, type Difference } from "../compare-revisions.ts";
import type { AskedPage } from "../paging.ts";
import { type Html, html } from "./html.ts";
import { pageLinks } from "./page-links.ts";

// A page stays within 150 KB: a line of a difference is some 150 bytes of HTML.
const linesMax = 600;
const namesMax = 300;

/** The list and the differences. `url` is the page's, by which others of its files are asked for. */
export function changedFilesView(url: URL, { files, diffs }: Difference, asked: AskedPage): Html {
  const only = url.searchParams.get("path");
  const kinds = Map.groupBy(files, (file) => changeOf(file).kind);
  const counts = (["added", "changed", "renamed", "deleted"] as const).flatMap((kind) => {
    const found = kinds.get(kind)?.length ?? 0;
    return found === 0 ? [] : [`${found.toLocaleString("en")} ${kind}`];
  });
  if (files.length === 0) return html`<div class="blank"><p>No file differs.</p></div>`;
  let room = linesMax;
  const shown = diffs.map((diff) => {
    const lines = diff.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    // One that was asked for by name is shown, whatever its size.
    const fits = only !== null || lines <= room;
    if (fits) room -= lines;
    return fits ? diffBox(diff) : tooLong(url, diff.to ?? diff.from ?? "", lines);
  });
  return html`<p>${count(files.length, "file")}: ${counts.join(", ")}</p>
${
  only === null
    ? html`<details class="paths" ${files.length <= 20 ? "open" : ""}><summary>Files</summary>
<ul class="plain-list">${files.slice(0, namesMax).map((file) => {
        const { kind, from, to } = changeOf(file);
        const path = to ?? from ?? "";
        return html`<li><span class="change ${kind}">${kind}</span> <a class="path" href="${withQuery(url, { path })}">${
          kind === "renamed" ? `${from} → ${to}` : path
        }</a></li>`;
      })}${files.length > namesMax && html`<li class="muted">and ${(files.length - namesMax).toLocaleString("en")} more</li>`}</ul></details>`
    : html`<p><a href="${withQuery(url, { path: null })}">All ${count(files.length, "file")}</a></p>`
}
${shown}
${only === null && pageLinks(url, { ...asked, total: files.length })}`;
}

function diffBox({ from, to, added, removed, hunks }: FileDiff): Html {
  return html`<section class="box"><h3 class="box-row path">${from !== null && to !== null && from !== to ? `${from} → ${to}` : (to ?? from)}
  <span class="muted">+${added} −${removed}</span></h3>
<pre class="box-row">${hunks.flatMap(({ lines }) => lines).join("\n")}</pre></section>`;
}

function tooLong(url: URL, path: string, lines: number): Html {
  return html`<div class="box"><div class="box-row"><span class="path">${path}</span>
  <p class="muted">${count(lines, "line")} of differences. <a href="${withQuery(url, { path })}">Show this file</a></p></div></div>`;
}

/** The page's address with these parts of the query in place of what they were; null takes one out. */
function withQuery(url: URL, parts: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(parts)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `${url.pathname}${query.size === 0 ? "" : `?${query}`}`;
}
