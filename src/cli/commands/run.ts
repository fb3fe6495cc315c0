// `bifrost run`: runs one workflow of a checked-out repository and prints what it returned.
import { relative, resolve, sep } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { readExample } from "../../run/example.ts";
import { findWorkflow, runWorkflow, type WorkflowOutcome } from "../../run/run-workflow.ts";
import type { Diagnostic } from "../../workspace/diagnostic.ts";
import { examplePathOf } from "../../workspace/file.ts";
import type { LayeredFile } from "../../workspace/layer.ts";
import { type LogLevel, type LogLine, logLevels } from "../../workspace/run.ts";
import { diagnosticsText, explainHint } from "../diagnostic-text.ts";
import { diagnostic, integer, text } from "../document-shapes.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, jsonText, printJson, type Style, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { type LocalWorkspace, openWorkspace } from "../local-workspace.ts";
import { addFolderOptions, addLimitOptions, type FolderOptions, type LimitOptions, limitsOf } from "../options.ts";
import { printable } from "../printable.ts";
import { isFileRedirected, readInput } from "../read-input.ts";
import { refuseJson, reportOnChange } from "../report-on-change.ts";
import { explainSkipped } from "../skipped-words.ts";
import { type Tools, withTools } from "../tools.ts";

type Options = FolderOptions &
  LimitOptions & {
    readonly dir: string;
    /** `false`: none is wanted, not even the example. */
    readonly input?: string | false;
    readonly json?: boolean;
    readonly watch?: boolean;
  };

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.boolean(),
    result: z.unknown(),
    logs: z.array(z.strictObject({ level: z.enum(logLevels), message: text })),
    durationMs: integer,
    diagnostics: z.array(diagnostic),
    modules: z.array(z.strictObject({ scope: text, path: text, hash: text, revision: integer })),
    example: text.nullable().meta({ description: "the path of the input" }),
  });

export function runCommand(io: CliIo, edges: CliEdges): Command {
  const command = new Command("run")
    .summary("run one workflow and print its result")
    .description(
      "Runs one workflow of a checked-out repository, or of the global one, and prints what it returns as JSON. Without " +
        "--input it is called with <workflow>.example.json, where there is one. What it logs goes to standard error.",
    )
    .argument("<workflow>", "such as workflows/escalate.ts, workflows/escalate or escalate")
    .option("--dir <dir>", "folder of the repository", ".")
    .option("--input <json>", "first argument of the workflow: JSON, @FILE, or - for standard input")
    .option("--no-input", "call it without an input, also where there is an example")
    .option("--watch", "run again whenever a file changes, until Ctrl+C; all that is said goes to standard output")
    .addOption(jsonOption(document, "print result, logs, diagnostics and the modules used as one JSON document"));
  addLimitOptions(addFolderOptions(command)).addHelpText(
    "after",
    "\nExample:\n" +
      "  $ bifrost run escalate --dir examples/acme --global examples/global\n" +
      "  $ bifrost run escalate --input @ticket.json\n\n" +
      "Exit code: 0 the workflow returned, 1 it failed, 2 wrong use, such as a\nworkflow that does not exist. With --watch 130, as of everything that Ctrl+C ends.",
  );
  return command.action(async (workflow: string, options: Options) => {
    refuseJson(options);
    const given = await givenInput(io, options);
    if (options.watch) return watchAndRun(io, edges, workflow, options, given);
    const workspace = open(options);
    const style = styleFor(io.stderr);
    const say = (text: string) => options.json || io.stderr.write(`${style("dim", printable(text))}\n`);
    if (given === undefined && isFileRedirected(io)) say("Standard input is not read: --input - reads it");
    const use: UseTools = (work) => withTools(edges, work);
    const outcome = await run(workspace, use, nameIn(workspace, workflow), options, given, say);
    if (!outcome.ok) io.exitCode = outcome.isWrongUse ? 2 : 1;
    if (options.json) return printJson(io, documentOf(outcome));
    io.stderr.write(saidText(outcome, workspace, style));
    if (outcome.ok) printJson(io, outcome.result ?? null);
  });
}

type UseTools = <T>(work: (tools: Tools) => Promise<T>) => Promise<T>;
type Given = { readonly input: unknown } | undefined;

/** Runs again and again; only a signal ends it. */
async function watchAndRun(
  io: CliIo,
  edges: CliEdges,
  workflow: string,
  options: Options,
  first: Given,
): Promise<void> {
  // A folder that is not there is wrong use; one that goes away later may come back.
  open(options);
  const style = styleFor(io.stdout);
  await withTools(edges, (tools) =>
    reportOnChange(io, [options.dir, options.global], async () => {
      // Standard input is read once; a file may be one of those that changed.
      const given = options.input === "-" ? first : await givenInput(io, options);
      const workspace = open(options);
      let notes = "";
      const say = (text: string): void => {
        notes += `${style("dim", printable(text))}\n`;
      };
      const outcome = await run(workspace, (work) => work(tools), nameIn(workspace, workflow), options, given, say);
      const result = outcome.ok ? `${jsonText(outcome.result ?? null, 2)}\n` : "";
      return notes + saidText(outcome, workspace, style) + result;
    }),
  );
}

function open({ dir: directory, global: globalDirectory, scope }: Options): LocalWorkspace {
  return openWorkspace({ directory, globalDirectory, scope });
}

async function givenInput(io: CliIo, { input }: Options): Promise<Given> {
  return typeof input === "string" ? { input: await readInput(io, input) } : undefined;
}

interface Outcome extends WorkflowOutcome {
  /** The path of the example that was the input; null where none was. */
  readonly example: string | null;
  /** There is no workflow of that name. */
  readonly isWrongUse: boolean;
}

async function run(
  workspace: LocalWorkspace,
  use: UseTools,
  name: string,
  options: Options,
  given: Given,
  say: (text: string) => void,
): Promise<Outcome> {
  const { source, organization } = workspace;
  const errors = workspace.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return failed(errors);
  const found = findWorkflow(source.layers, name);
  if ("diagnostic" in found) {
    return { ...failed(explainSkipped([found.diagnostic], workspace.allSkipped)), isWrongUse: true };
  }
  const example =
    given === undefined && options.input !== false ? await exampleInput(workspace, found.workflow) : undefined;
  if (example !== undefined && "diagnostic" in example) return failed([example.diagnostic]);
  if (example !== undefined) say(`Called with ${example.path}`);
  const input = (given ?? example)?.input;
  const request = { source, organization, workflow: found.workflow.path, input, limits: limitsOf(options) };
  const outcome = await use(({ sandbox, records }) => runWorkflow({ sandbox }, { ...request, records }));
  const ofPin = workspace.diagnostics.filter(({ code }) => code === "pin-ignored");
  const diagnostics = [...explainSkipped(outcome.diagnostics, workspace.allSkipped), ...ofPin];
  return { ...outcome, diagnostics, example: example?.path ?? null, isWrongUse: false };
}

function failed(diagnostics: readonly Diagnostic[]): Outcome {
  const nothing = { result: null, logs: [], durationMs: 0, modules: [], example: null, isWrongUse: false };
  return { ok: false, ...nothing, diagnostics };
}

async function exampleInput({ source }: LocalWorkspace, workflow: LayeredFile) {
  const example = await readExample(source, workflow);
  if (example?.kind === "invalid") return { diagnostic: example.diagnostic };
  return example && { input: example.input, path: examplePathOf(workflow.path) };
}

/** What a shell completes is a path on disk: one in a layer's folder is taken as the path in the layer. */
function nameIn({ roots }: LocalWorkspace, asked: string): string {
  for (const root of roots) {
    const path = relative(resolve(root), resolve(asked)).split(sep).join("/");
    if (path.startsWith("workflows/")) return path;
  }
  return asked;
}

/** The outcome as other programs read it: these keys and no others. */
function documentOf({ ok, result, logs, durationMs, diagnostics, modules, example }: Outcome) {
  return { ok, result: result ?? null, logs, durationMs: Math.round(durationMs), diagnostics, modules, example };
}

const logColors = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const satisfies Record<
  LogLevel,
  string
>;

/** What the run logged, and what is wrong with it. */
function saidText({ logs, diagnostics }: Outcome, { find }: LocalWorkspace, style: Style): string {
  return [
    ...logs.map((line) => logText(line, style)),
    diagnosticsText(diagnostics, find, style),
    explainHint(diagnostics, style),
  ].join("");
}

function logText({ level, message }: LogLine, style: Style): string {
  return `${style(logColors[level], level.padEnd(5))} ${printable(message)}\n`;
}
