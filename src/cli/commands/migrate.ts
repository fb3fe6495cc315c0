// `bifrost migrate`: brings database and Redis up to date, once, however many start it together.
import { Command } from "commander";
import { z } from "zod";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";

/** Applies what is missing and gives the names of what was applied. */
export type Migrate = () => Promise<{ readonly applied: readonly string[] }>;

/** What is printed with `--json`. */
const document = () => z.strictObject({ ok: z.literal(true), applied: z.array(text) });

export function migrateCommand(io: CliIo, migrate: Migrate): Command {
  return new Command("migrate")
    .description("bring database and Redis up to date")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ BIFROST_DATABASE_URL=postgres://localhost/bifrost bifrost migrate")
    .action(async (options: { readonly json?: boolean }) => {
      const { applied } = await migrate();
      if (options.json) printJson(io, { ok: true, applied });
      else if (applied.length === 0) io.stdout.write("Everything was up to date\n");
      else io.stdout.write(`Applied ${applied.join(", ")}\n`);
    });
}
