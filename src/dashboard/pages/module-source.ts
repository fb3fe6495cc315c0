// A module's source with line numbers.
import { readText } from "../../catalog/module-text.ts";
import { lineEndsOf } from "../highlight/code-line.ts";
import { languageName } from "../highlight/language.ts";
import { hasBidiControl } from "../parts/code.ts";
import { type Html, html } from "../parts/html.ts";
import { pager } from "../parts/pager.ts";
import { sizeText } from "../parts/size.ts";
import { sourceView } from "../parts/source-view.ts";
import type { ModuleContext } from "./module-context.ts";

/** The tab "Code". */
export async function sourceTab({ edges, found, query, hrefTo }: ModuleContext): Promise<Html> {
  const { version, path, granted } = found;
  const text = await readText(edges, { granted, path, hash: version.hash, revision: version.made.number });
  const lines = await edges.highlighter.lines(path, version.hash, text);
  const ends = lineEndsOf(text);
  const { html: source, portion } = sourceView({
    lines,
    label: `Code of ${path}`,
    portion: query.part,
    isOpen: text !== "" && !/[\r\n]$/.test(text),
  });
  const facts = [
    `${lines.length.toLocaleString("en-GB")} line${lines.length === 1 ? "" : "s"}`,
    sizeText(version.sizeBytes),
    languageName(path),
    ...(ends === "LF" || ends === "none" ? [] : [ends === "mixed" ? "mixed line ends" : `line ends ${ends}`]),
    ...(portion.count > 1 ? [`part ${portion.number} of ${portion.count}`] : []),
  ];
  return html`${hasBidiControl(text) ? bidiWarning : ""}
<div class="box code-frame">
<p class="box-row code-head">${facts.join(" · ")}</p>
${text === "" ? html`<p class="box-row muted">The file is empty.</p>` : source}
</div>
${pager(portion.number, portion.count, (part) => hrefTo({ part: part === 1 ? undefined : part }))}`;
}

/** Said of a file whose text is shown in another order than it runs in. */
export const bidiWarning = html`<p class="warning">This file has characters that change the order in which text is shown, so
that code may look other than it runs. They are shown here by their numbers, such as <span class="unseen bidi">U+202E</span>.</p>`;
