// Where the imports of a module lead, in this organisation's cascade: also those of a global module.
import { moduleImports } from "../../catalog/module-imports.ts";
import type { TracedImport } from "../../link/trace-imports.ts";
import type { Diagnostic, TriedPath } from "../../workspace/diagnostic.ts";
import type { LayeredFile } from "../../workspace/layer.ts";
import { modulePath } from "../addresses.ts";
import { type Html, html } from "../parts/html.ts";
import { label, overrideLabel } from "../parts/label.ts";
import type { ModuleContext } from "./module-context.ts";

// A file of 1 MiB may import ten thousand times; a page has 150 KB.
const shownMax = 250;

/** The tab "Imports". */
export async function importsTab(context: ModuleContext): Promise<Html> {
  const { edges, found } = context;
  const { entry, taken, path } = found;
  const trace = entry && (await moduleImports(edges, taken, entry));
  if (trace === undefined) {
    return html`<div class="blank"><h2>Nothing is linked here</h2>
  <p>${path} is stored and served as it is, and imports nothing.</p></div>`;
  }
  const { imports, hasComputedImport, diagnostics } = trace;
  return html`${diagnostics.map((diagnostic) => html`<div class="warning">${findingText(diagnostic, context)}</div>`)}
${
  imports.length === 0
    ? html`<div class="blank"><h2>It imports nothing</h2><p>Imports of types alone are erased and lead nowhere.</p></div>`
    : html`<table class="list imports stack">
<thead><tr><th scope="col" class="at">Line</th><th scope="col">Import</th><th scope="col">Leads to</th></tr></thead>
<tbody>${imports.slice(0, shownMax).map((one) => row(one, context))}</tbody></table>`
}
${imports.length > shownMax ? html`<p class="muted">And ${imports.length - shownMax} more.</p>` : ""}
${hasComputedImport ? html`<p class="muted">It also calls <code>import()</code> with a specifier that only the run can tell.</p>` : ""}`;
}

function row(one: TracedImport, context: ModuleContext): Html {
  const { specifier, place, isDynamic, leadsTo, files, diagnostics } = one;
  const line = context.hrefTo({ view: undefined });
  return html`<tr><td class="at"><a href="${line}#L${place.line}">${place.line}</a></td>
<th scope="row"><code>${specifier}</code> ${isDynamic ? label("import()", "", "Resolved when the run comes to it") : ""}</th>
<td>${leadsTo === "sdk" ? html`the built-in SDK` : ""}${leadsTo === "nowhere" ? label("nowhere", "danger") : ""}
${files.map((file) => html`<div>${target(file, context)}</div>`)}
${diagnostics.map((diagnostic) => html`<div class="finding">${findingText(diagnostic, context)}</div>`)}</td></tr>
`;
}

function target({ scope, path }: LayeredFile, { slug, found }: ModuleContext): Html {
  const isGlobal = scope.kind === "global";
  const title = isGlobal ? "global" : slug;
  const entry = found.catalog.entries.find((one) => one.path === path && one.scope.kind === scope.kind);
  const state = entry?.override ?? (entry?.overrides ? "current" : undefined);
  return html`${label(title, isGlobal ? "" : "success")} <a class="path" href="${modulePath(slug, path)}">${path}</a> ${state ? overrideLabel(state) : ""}`;
}

function findingText({ message, remedy, code, tried, line }: Diagnostic, { hrefTo }: ModuleContext): Html {
  return html`<p>${line === null ? "" : html`<a href="${hrefTo({ view: undefined })}#L${line}">Line ${line}</a>: `}${message}. <code class="muted">${code}</code></p>
${remedy === undefined ? "" : html`<p>${remedy}.</p>`}${tried === undefined || tried.length === 0 ? "" : triedList(tried)}`;
}

function triedList(tried: readonly TriedPath[]): Html {
  return html`<details><summary>${tried.length} paths were tried</summary><ol class="tried">${tried.map(
    ({ scope, path }) => html`<li><span class="muted">${scope}</span> <span class="path">${path}</span></li>`,
  )}</ol></details>`;
}
