// `/docs/diagnostics`: what each diagnostic code means, for whoever comes from a check run. The pages are those of
// docs/diagnostics/, which the command line prints as well, and they are for everybody: nothing in them is anybody's.
import { readFile } from "node:fs/promises";
import { diagnosticCodes } from "../../workspace/diagnostic.ts";
import type { DashboardEdges } from "../edges.ts";
import { html } from "../parts/html.ts";
import { markdownBlocks } from "../parts/markdown.ts";
import type { Page, PublicRequest } from "../route.ts";

const folder = new URL("../../../docs/diagnostics/", import.meta.url);

/** `/docs/diagnostics`. */
export async function diagnosticsPage(): Promise<Page> {
  const text = await readFile(new URL("README.md", folder), "utf8");
  // There its links lead to files beside it.
  const linked = text.replaceAll(/\]\(([a-z-]+)\.md\)/g, (_, name: string) => `](/docs/diagnostics/${name})`);
  return { title: "Diagnostics", body: html`<article class="prose">${markdownBlocks(linked)}</article>` };
}

/** `/docs/diagnostics/:code`. */
export async function diagnosticPage(_: DashboardEdges, { params }: PublicRequest): Promise<Page | undefined> {
  const code = diagnosticCodes.find((known) => known === params.code);
  if (code === undefined) return undefined;
  const text = await readFile(new URL(`${code}.md`, folder), "utf8");
  return {
    title: code,
    body: html`<nav class="muted" aria-label="All pages"><a href="/docs/diagnostics">All diagnostics</a></nav>
<article class="prose">${markdownBlocks(text)}</article>`,
  };
}
