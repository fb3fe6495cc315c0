// `bifrost check`: links and runs every workflow of a checked-out repository, as a pull request's check would.
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import { type CheckReport, checkWorkflows, countModules, workflowsOf } from "../../run/check-workflows.ts";
import { createKeptRuns, type KeptRuns } from "../../run/kept-runs.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../../workspace/diagnostic.ts";
import { count } from "../../workspace/markdown.ts";
import { reportText } from "../check-text.ts";
import { diagnostic, integer, text } from "../document-shapes.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { type LocalWorkspace, openWorkspace } from "../local-workspace.ts";
import { addFolderOptions, addLimitOptions, type FolderOptions, type LimitOptions, limitsOf } from "../options.ts";
import { createProgress, type Progress } from "../progress.ts";
import { refuseJson, reportOnChange } from "../report-on-change.ts";
import { explainSkipped } from "../skipped-words.ts";
import { type Tools, withTools } from "../tools.ts";

type Options = FolderOptions &
  LimitOptions & { readonly all?: boolean; readonly json?: boolean; readonly watch?: boolean };

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.boolean(),
    workflows: z.array(
      z.strictObject({
        path: text,
        status: z.enum(["passed", "failed", "skipped"]),
        durationMs: integer,
        diagnostics: z.array(diagnostic),
      }),
    ),
    diagnostics: z.array(diagnostic),
    modules: z.strictObject({ org: integer, global: integer, overridden: integer }),
  });

export function checkCommand(io: CliIo, edges: CliEdges): Command {
  const command = new Command("check")
    .summary("link and run all workflows of a checked-out repository")
    .description(
      "Links every workflow and module of a checked-out repository and runs its workflows, over the global modules of " +
        "another folder. A workflow is called with the input in <workflow>.example.json, where there is one, and evaluated " +
        "otherwise. Needs no server, database or Redis.",
    )
    .argument("[dir]", "folder of the repository", ".")
    .option("--all", "print every finding in full, also where many say the same")
    .option("--watch", "check again whenever a file changes, until Ctrl+C")
    .addOption(jsonOption(document, "print the report as one JSON document"));
  addLimitOptions(addFolderOptions(command)).addHelpText(
    "after",
    "\nExample:\n  $ bifrost check examples/acme --global examples/global\n\nExit code: 0 all passed, 1 something is wrong, 2 wrong use.\n" +
      "With --watch 130, as of everything that Ctrl+C ends.",
  );
  return command.action(async (directory: string, options: Options) => {
    refuseJson(options);
    if (options.watch) return watchAndCheck(io, edges, directory, options);
    const workspace = await openChecked(directory, options);
    // What is wrong with the manifest needs no tools to be told.
    const report = hasErrors(workspace.diagnostics)
      ? uncheckedReport(workspace)
      : await withTools(edges, (tools) => check(workspace, tools, options, createProgress(io)));
    if (!report.ok) io.exitCode = 1;
    if (options.json) printJson(io, documentOf(report));
    else io.stdout.write(reportText(report, workspace, styleFor(io.stdout), options.all));
  });
}

/** Checks again and again; only a signal ends it. */
async function watchAndCheck(io: CliIo, edges: CliEdges, directory: string, options: Options): Promise<void> {
  // A folder that is not there is wrong use; one that goes away later may come back.
  await openChecked(directory, options);
  const kept = createKeptRuns();
  await withTools(edges, (tools) =>
    reportOnChange(io, [directory, options.global], async () => {
      const workspace = await openChecked(directory, options);
      const report = await check(workspace, { ...tools, kept }, options, createProgress(io));
      return reportText(report, workspace, styleFor(io.stdout), options.all);
    }),
  );
}

async function openChecked(directory: string, options: Options): Promise<LocalWorkspace> {
  const workspace = openWorkspace({ directory, globalDirectory: options.global, scope: options.scope });
  requireFiles(workspace, directory);
  return workspace;
}

/** A check of nothing would pass, and a job that was started in the wrong folder with it, for ever. */
function requireFiles({ source, diagnostics, hasManifest }: LocalWorkspace, directory: string): void {
  const [own] = source.layers;
  if (hasManifest || hasErrors(diagnostics) || (own?.files.size ?? 0) > 0) return;
  throw new Fault("wrong-use", `There is nothing to check in "${directory}"`, {
    remedy: "Name the folder that holds workflows/ and the modules",
  });
}

/** Where linking would mislead, because of what is wrong with the folders. */
function uncheckedReport({ source, diagnostics }: LocalWorkspace): CheckReport {
  return { ok: false, workflows: [], diagnostics: inOrder(diagnostics), modules: countModules(source.layers) };
}

async function check(
  workspace: LocalWorkspace,
  { sandbox, records, kept }: Tools & { readonly kept?: KeptRuns },
  options: Options,
  progress: Progress,
): Promise<CheckReport> {
  const { source, organization, diagnostics } = workspace;
  const [own] = source.layers;
  if (hasErrors(diagnostics) || own === undefined) return uncheckedReport(workspace);
  const total = workflowsOf(own).length;
  let done = 0;
  progress.show(`Linking ${count(total, "workflow")} …`);
  const onWorkflow = () => {
    done += 1;
    progress.show(`Running ${count(total, "workflow")}: ${done} done`);
  };
  try {
    const request = { source, organization, limits: limitsOf(options), records, onWorkflow, ...(kept && { kept }) };
    const report = await checkWorkflows({ sandbox }, request);
    const explain = (found: readonly Diagnostic[]) => explainSkipped(found, workspace.allSkipped);
    return {
      ...report,
      workflows: report.workflows.map((workflow) => ({ ...workflow, diagnostics: explain(workflow.diagnostics) })),
      diagnostics: inOrder([...diagnostics, ...explain(report.diagnostics)]),
    };
  } finally {
    progress.clear();
  }
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return sortDiagnostics(uniqueDiagnostics(diagnostics));
}

/** The report as other programs read it: these keys and no others. */
function documentOf({ ok, workflows, diagnostics, modules }: CheckReport) {
  return {
    ok,
    workflows: workflows.map(({ path, status, durationMs, diagnostics: own }) => {
      return { path, status, durationMs: Math.round(durationMs), diagnostics: own };
    }),
    diagnostics,
    modules: { org: modules.org, global: modules.global, overridden: modules.overridden },
  };
}
