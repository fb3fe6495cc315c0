// `bifrost doctor`: says what is wrong with a deployment, why it matters and what to do. It mends nothing. The webhook that it
// has sent again is by default, as nothing else proves that one arrives, and taking a delivery in twice changes nothing.
import { Command } from "commander";
import { z } from "zod";
import type { Examination } from "../../doctor/examination.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson, type Style, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";

/** Examines the deployment that the environment names; `redeliver`: GitHub is asked to send a webhook again. */
export type Examine = (options: { readonly redeliver: boolean }) => Promise<readonly Examination[]>;

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.boolean(),
    checks: z.array(
      z.strictObject({
        check: text,
        state: z.enum(["ok", "wrong", "skipped"]),
        summary: text,
        findings: z.array(z.strictObject({ what: text, why: text, remedy: text })),
      }),
    ),
  });

export function doctorCommand(io: CliIo, examine: Examine): Command {
  return new Command("doctor")
    .description("say what is wrong with settings, database, Redis and the GitHub App, and whether webhooks arrive")
    .option("--no-redeliver", "do not have GitHub send its newest webhook again to see it arrive")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExit code 1 means that something is wrong.\n\nExample:\n  $ bifrost doctor")
    .action(async (options: { readonly json?: boolean; readonly redeliver: boolean }) => {
      const examinations = await examine({ redeliver: options.redeliver });
      const wrong = examinations.filter(({ state }) => state === "wrong").length;
      if (wrong > 0) io.exitCode = 1;
      if (options.json) return printJson(io, { ok: wrong === 0, checks: examinations });
      const style = styleFor(io.stdout);
      const width = Math.max(...examinations.map(({ check }) => check.length));
      for (const examination of examinations) io.stdout.write(lines(examination, width, style));
      io.stdout.write(
        wrong === 0 ? "\nAll is well\n" : `\n${wrong} of ${examinations.length} checks found something\n`,
      );
    });
}

const marks = { ok: ["green", "\u2713"], wrong: ["red", "\u2717"], skipped: ["dim", "-"] } as const;

function lines({ check, state, summary, findings }: Examination, width: number, style: Style): string {
  const [colour, mark] = marks[state];
  const details = findings.flatMap(({ what, why, remedy }) => [
    `    ${oneLine(what)}`,
    ...(why === "" ? [] : [`      ${style("dim", "why:")}   ${oneLine(why)}`]),
    `      ${style("dim", "to do:")} ${oneLine(remedy)}`,
  ]);
  return `${[`${style(colour, mark)} ${check.padEnd(width)}  ${oneLine(summary)}`, ...details].join("\n")}\n`;
}

function oneLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}
