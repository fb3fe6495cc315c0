// `bifrost explain`: the page of a diagnostic code, for whoever has its name from a check run or a terminal.
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import { diagnosticCodes } from "../../workspace/diagnostic.ts";
import type { CliIo } from "../io.ts";

const pages = new URL("../../../docs/diagnostics/", import.meta.url);

export function explainCommand(io: CliIo): Command {
  return new Command("explain")
    .description("print what a diagnostic code means, with an example and what to do about it")
    .argument("<code>", "such as export-not-found")
    .addHelpText("after", "\nExample:\n  $ bifrost explain export-not-found")
    .action(async (text: string) => {
      const code = diagnosticCodes.find((known) => known === text);
      if (code === undefined) {
        const remedy = `Name one of: ${diagnosticCodes.join(", ")}`;
        throw new Fault("wrong-use", `${JSON.stringify(text)} is not a diagnostic code`, { remedy });
      }
      io.stdout.write(await readFile(new URL(`${code}.md`, pages), "utf8"));
    });
}
