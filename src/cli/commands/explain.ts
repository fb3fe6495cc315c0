// `bifrost explain`: the page of a diagnostic code, for whoever has its name from a check run or a terminal.
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import { nearestNameOf } from "../../link/nearest-name.ts";
import { type DiagnosticCode, diagnosticCodes } from "../../workspace/diagnostic.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { table } from "../table.ts";

const pages = new URL("../../../docs/diagnostics/", import.meta.url);

/** What is printed with `--json`. */
const document = () =>
  z.union([
    z.strictObject({
      code: z.enum(diagnosticCodes),
      summary: text,
      text: text.meta({ description: "the page, in Markdown" }),
    }),
    z.strictObject({ codes: z.array(z.strictObject({ code: z.enum(diagnosticCodes), summary: text })) }),
  ]);

export function explainCommand(io: CliIo): Command {
  return new Command("explain")
    .summary("print what a diagnostic code means, with an example and what to do about it")
    .description(
      "Prints what a diagnostic code means, with an example and what to do about it. Without a code, lists all of them.",
    )
    .argument("[code]", "such as export-not-found")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost explain export-not-found")
    .action(async (text: string | undefined, options: { readonly json?: boolean }) => {
      if (text !== undefined) {
        const page = await readPage(readCode(text));
        if (options.json) printJson(io, page);
        else io.stdout.write(page.text);
        return;
      }
      const codes = await Promise.all(diagnosticCodes.map(readPage));
      if (options.json) printJson(io, { codes: codes.map(({ code, summary }) => ({ code, summary })) });
      else {
        io.stdout.write(
          table(
            ["code", "says"],
            codes.map(({ code, summary }) => [code, summary]),
          ),
        );
      }
    });
}

interface Page {
  readonly code: DiagnosticCode;
  /** What it says, in a sentence. */
  readonly summary: string;
  /** The whole page, in Markdown. */
  readonly text: string;
}

async function readPage(code: DiagnosticCode): Promise<Page> {
  const text = await readFile(new URL(`${code}.md`, pages), "utf8");
  const [, paragraph = ""] = /^# .+\n\n(.+)$/m.exec(text) ?? [];
  return { code, summary: /^.+?\.(?= |$)/.exec(paragraph)?.[0] ?? paragraph, text };
}

/** Takes a code in any case. Throws `Fault` `wrong-use` with the nearest one where there is none of that name. */
function readCode(text: string): DiagnosticCode {
  const wanted = text.toLowerCase();
  const code = diagnosticCodes.find((known) => known === wanted);
  if (code !== undefined) return code;
  const nearest = nearestNameOf(wanted, diagnosticCodes);
  throw new Fault("wrong-use", `${JSON.stringify(text)} is not a diagnostic code`, {
    remedy:
      nearest === undefined
        ? 'List the codes with "bifrost explain"'
        : `Write "${nearest}" if that is what you mean; "bifrost explain" lists all codes`,
  });
}
