// What is wrong with files, as a list: where, what, and what to do.
import type { Diagnostic } from "../../workspace/diagnostic.ts";
import { framesOf } from "../../workspace/frames.ts";
import type { Mark } from "../../workspace/full-report.ts";
import { type Html, html } from "./html.ts";

export interface ShownFinding {
  readonly diagnostic: Diagnostic;
  /** Where it is marked in a file of the repository. */
  readonly mark: Mark | null;
}

const kinds = { error: "danger", warning: "attention", notice: "accent" } as const;

/** The findings, each with a link to its line where `addressOf` gives one. */
export function findingList(findings: readonly ShownFinding[], addressOf: (mark: Mark) => string | undefined): Html {
  return html`<ul class="findings">${findings.map((finding) => findingItem(finding, addressOf))}</ul>`;
}

function findingItem({ diagnostic, mark }: ShownFinding, addressOf: (mark: Mark) => string | undefined): Html {
  const { severity, code, message, remedy, tried } = diagnostic;
  const frames = framesOf(diagnostic);
  return html`<li class="${severity}">
  <p class="finding-head"><span class="label ${kinds[severity]}">${severity}</span>
    <code class="muted">${code}</code> ${placeOf(diagnostic, mark, addressOf)}</p>
  <p class="finding-text">${message}</p>
  ${remedy && html`<p class="finding-text"><strong>What to do:</strong> ${remedy}</p>`}
  ${
    tried &&
    tried.length > 0 &&
    html`<details><summary>Looked for ${tried.length} paths</summary>
    <pre>${tried.map(({ scope, path }) => `${scope}: ${path}`).join("\n")}</pre></details>`
  }
  ${frames.length > 0 && html`<details><summary>Stack</summary><pre>${frames.join("\n")}</pre></details>`}
</li>`;
}

/** The place in its own layer, and where that is another, the place where it is marked here. */
function placeOf(
  { scope, path, line, column }: Diagnostic,
  mark: Mark | null,
  addressOf: (mark: Mark) => string | undefined,
): Html | "" {
  const own = path === null ? "" : `${path}${line === null ? "" : `:${line}:${column ?? 1}`}`;
  const layer = scope === null || own === "" ? "" : html` <span class="muted">in ${scope}</span>`;
  const address = mark === null ? undefined : addressOf(mark);
  if (mark === null || address === undefined) return own === "" ? "" : html`<span class="path">${own}</span>${layer}`;
  const isSame = path !== null && mark.line === line && (mark.path === path || mark.path.endsWith(`/${path}`));
  const marked = `${mark.path}:${mark.line}${mark.column === null ? "" : `:${mark.column}`}`;
  if (isSame) return html`<a class="path" href="${address}">${own}</a>${layer}`;
  return html`<a class="path" href="${address}">${marked}</a>${own && html`, from <span class="path">${own}</span>${layer}`}`;
}
