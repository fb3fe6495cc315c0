// The index of the diagnostics' pages, from the catalogue of codes and what `bifrost explain` says of each.
import { readFile } from "node:fs/promises";
import { diagnosticCodes } from "../../src/workspace/diagnostic.ts";
import { page, table } from "./markdown.ts";

const folder = new URL("../../docs/diagnostics/", import.meta.url);

export async function diagnosticsPage(): Promise<string> {
  const rows = await Promise.all(diagnosticCodes.map(async (name) => [`[${name}](${name}.md)`, await summaryOf(name)]));
  return page(
    "Diagnostics",
    "What a check run, `bifrost check` and `bifrost run` can find, by code. `bifrost explain CODE` prints a page; the [shape of a " +
      "diagnostic](../reference/commands.md#diagnostic) is the same everywhere.",
    table(["code", "says"], rows),
  );
}

/** The first sentence of a code's page. */
async function summaryOf(name: string): Promise<string> {
  const text = await readFile(new URL(`${name}.md`, folder), "utf8");
  const [, paragraph = ""] = /^# .+\n\n(.+)$/m.exec(text) ?? [];
  return (/^.+?\.(?= |$)/.exec(paragraph)?.[0] ?? paragraph).replace(/\.$/, "");
}
