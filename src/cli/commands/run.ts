// `bifrost run`: runs one workflow of a checked-out repository and prints what it returned.
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import { runWorkflow, type WorkflowOutcome } from "../../run/run-workflow.ts";
import { hasErrors } from "../../workspace/diagnostic.ts";
import type { LogLevel, LogLine } from "../../workspace/run.ts";
import { diagnosticsText, explainHint } from "../diagnostic-text.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, printJson, type Style, styleFor } from "../io.ts";
import { type LocalWorkspace, openWorkspace } from "../local-workspace.ts";
import { addFolderOptions, addLimitOptions, type FolderOptions, type LimitOptions, limitsOf } from "../options.ts";
import { printable } from "../printable.ts";
import { withTools } from "../tools.ts";

type Options = FolderOptions &
  LimitOptions & { readonly dir: string; readonly input?: string; readonly json?: boolean };

export function runCommand(io: CliIo, edges: CliEdges): Command {
  const command = new Command("run")
    .summary("run one workflow and print its result")
    .description(
      "Runs one workflow of a checked-out repository, or of the global one, and prints what it returns as JSON. What it " +
        "logs goes to standard error.",
    )
    .argument("<workflow>", "such as workflows/escalate.ts, workflows/escalate or escalate")
    .option("--dir <dir>", "folder of the repository", ".")
    .option("--input <json>", "first argument of the workflow, as JSON")
    .option("--json", "print result, logs, diagnostics and the modules used as one JSON document");
  addLimitOptions(addFolderOptions(command)).addHelpText(
    "after",
    "\nExample:\n" +
      '  $ bifrost run ticket_digest --dir examples/global --input \'{"now": "2026-03-02T12:00:00Z", "tickets": []}\'\n\n' +
      "Exit code: 0 the workflow returned, 1 it failed, 2 wrong use.",
  );
  return command.action(async (workflow: string, options: Options) => {
    const input = readInput(options.input);
    const workspace = openWorkspace({
      directory: options.dir,
      globalDirectory: options.global,
      scope: options.scope,
    });
    const outcome = await run(workspace, edges, workflow, input, options);
    if (!outcome.ok) io.exitCode = 1;
    if (options.json) return printJson(io, documentOf(outcome));
    const style = styleFor(io.stderr);
    for (const line of outcome.logs) io.stderr.write(logText(line, style));
    io.stderr.write(diagnosticsText(outcome.diagnostics, workspace.find, style));
    io.stderr.write(explainHint(outcome.diagnostics, style));
    if (outcome.ok) printJson(io, outcome.result ?? null);
  });
}

async function run(
  workspace: LocalWorkspace,
  edges: CliEdges,
  workflow: string,
  input: unknown,
  options: Options,
): Promise<WorkflowOutcome> {
  const { source, organization } = workspace;
  const errors = workspace.diagnostics.filter(({ severity }) => severity === "error");
  if (hasErrors(errors)) return { ok: false, result: null, logs: [], durationMs: 0, diagnostics: errors, modules: [] };
  const outcome = await withTools(edges, ({ sandbox, records }) =>
    runWorkflow({ sandbox }, { source, organization, workflow, input, limits: limitsOf(options), records }),
  );
  const ofPin = workspace.diagnostics.filter(({ code }) => code === "pin-ignored");
  return { ...outcome, diagnostics: [...outcome.diagnostics, ...ofPin] };
}

/** Gives the value that `--input` spells. Throws `Fault` `wrong-use` where it is not JSON. */
function readInput(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Fault("wrong-use", `The value of --input is not JSON: ${problem}`, {
      remedy: "Put the whole value in single quotes and every name in double quotes: --input '{\"ticketId\": 7}'",
      cause: error,
    });
  }
}

/** The outcome as other programs read it: these keys and no others. */
function documentOf({ ok, result, logs, durationMs, diagnostics, modules }: WorkflowOutcome) {
  return { ok, result: result ?? null, logs, durationMs: Math.round(durationMs), diagnostics, modules };
}

const logColors = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const satisfies Record<
  LogLevel,
  string
>;

function logText({ level, message }: LogLine, style: Style): string {
  return `${style(logColors[level], level.padEnd(5))} ${printable(message)}\n`;
}
