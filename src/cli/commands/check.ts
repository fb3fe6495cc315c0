// `bifrost check`: links and runs every workflow of a checked-out repository, as a pull request's check would.
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import {
  type CheckReport,
  checkWorkflows,
  countModules,
  type WorkflowReport,
  workflowsOf,
} from "../../run/check-workflows.ts";
import { createKeptRuns, type KeptRuns } from "../../run/kept-runs.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../../workspace/diagnostic.ts";
import { examplePathOf } from "../../workspace/file.ts";
import { isPython, pythonWords } from "../../workspace/python-words.ts";
import { diagnosticsText, explainHint } from "../diagnostic-text.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, isTerminal, printJson, type Style, styleFor } from "../io.ts";
import { type LocalWorkspace, openWorkspace } from "../local-workspace.ts";
import { addFolderOptions, addLimitOptions, type FolderOptions, type LimitOptions, limitsOf } from "../options.ts";
import { printable } from "../printable.ts";
import { createProgress, type Progress } from "../progress.ts";
import { type Tools, withTools } from "../tools.ts";
import { watchFolders } from "../watch.ts";

type Options = FolderOptions & LimitOptions & { readonly json?: boolean; readonly watch?: boolean };

export function checkCommand(io: CliIo, edges: CliEdges): Command {
  const command = new Command("check")
    .summary("link and run all workflows of a checked-out repository")
    .description(
      "Links every workflow and module of a checked-out repository and runs its workflows, over the global modules of " +
        "another folder. A workflow is called with the input in <workflow>.example.json, where there is one, and evaluated " +
        "otherwise. Needs no server, database or Redis.",
    )
    .argument("[dir]", "folder of the repository", ".")
    .option("--watch", "check again whenever a file changes, until Ctrl+C")
    .option("--json", "print the report as one JSON document");
  addLimitOptions(addFolderOptions(command)).addHelpText(
    "after",
    "\nExample:\n  $ bifrost check examples/acme --global examples/global\n\nExit code: 0 all passed, 1 something is wrong, 2 wrong use.\n" +
      "With --watch 130, as of everything that Ctrl+C ends.",
  );
  return command.action(async (directory: string, options: Options) => {
    if (options.watch && options.json) {
      throw new Fault("wrong-use", "--watch prints for people, and --json one document", {
        remedy: "Leave one of them out",
      });
    }
    if (options.watch) return watchAndCheck(io, edges, directory, options);
    const workspace = await openChecked(directory, options);
    // What is wrong with the manifest needs no tools to be told.
    const report = hasErrors(workspace.diagnostics)
      ? uncheckedReport(workspace)
      : await withTools(edges, (tools) => check(workspace, tools, options, createProgress(io)));
    if (!report.ok) io.exitCode = 1;
    if (options.json) printJson(io, documentOf(report));
    else io.stdout.write(reportText(report, workspace, styleFor(io.stdout)));
  });
}

/** Checks again and again; only a signal ends it. */
async function watchAndCheck(io: CliIo, edges: CliEdges, directory: string, options: Options): Promise<void> {
  // A folder that is not there is wrong use; one that goes away later may come back.
  await openChecked(directory, options);
  const watcher = watchFolders([directory, ...(options.global === undefined ? [] : [options.global])]);
  const style = styleFor(io.stdout);
  const kept = createKeptRuns();
  await withTools(edges, async (tools) => {
    for (;;) {
      const text = await openChecked(directory, options)
        .then(async (workspace) => {
          return reportText(await check(workspace, { ...tools, kept }, options, createProgress(io)), workspace, style);
        })
        .catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error;
          return `${style(["red", "bold"], "error")}: ${printable(error.message)}\n`;
        });
      // Cleared only now, so that the last report can be read until there is a new one.
      if (isTerminal(io.stdout)) io.stdout.write("\u001b[2J\u001b[3J\u001b[H");
      io.stdout.write(`${text}${style("dim", "Waiting for changes. Ctrl+C ends.")}\n`);
      await watcher.changed();
    }
  });
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
  progress.show(`Linking ${counted(total, "workflow")} …`);
  const onWorkflow = () => {
    done += 1;
    progress.show(`Running ${counted(total, "workflow")}: ${done} done`);
  };
  try {
    const request = { source, organization, limits: limitsOf(options), records, onWorkflow, ...(kept && { kept }) };
    const report = await checkWorkflows({ sandbox }, request);
    return { ...report, diagnostics: inOrder([...diagnostics, ...report.diagnostics]) };
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

function reportText(report: CheckReport, workspace: LocalWorkspace, style: Style): string {
  const workflows = workflowLines(report.workflows, style);
  const diagnostics = diagnosticsText(report.diagnostics, workspace.find, style);
  return [workflows, diagnostics, summaryText(report, workspace, style)].filter(Boolean).join("\n");
}

// Up to this many, every workflow has its line; of more, those that passed are only counted.
const listedMax = 40;

function workflowLines(workflows: readonly WorkflowReport[], style: Style): string {
  if (workflows.length <= listedMax) return workflows.map((workflow) => workflowLine(workflow, style)).join("");
  const [passed, others] = [true, false].map((has) => workflows.filter(({ status }) => (status === "passed") === has));
  const count = passed?.length ?? 0;
  const first = count === 0 ? "" : `${style("green", "✓")} ${counted(count, "workflow")}\n`;
  return first + (others ?? []).map((workflow) => workflowLine(workflow, style)).join("");
}

const marks = {
  passed: ["green", "✓"],
  failed: ["red", "✗"],
  skipped: ["dim", "-"],
} as const satisfies Record<WorkflowReport["status"], readonly [string, string]>;

function workflowLine({ path, status, ran, durationMs }: WorkflowReport, style: Style): string {
  const [color, mark] = marks[status];
  const duration = `${Math.round(durationMs)} ms`;
  const notes: Record<WorkflowReport["ran"], string> = {
    called: duration,
    evaluated: `${duration}, evaluated only: there is no ${examplePathOf(path)}`,
    linked: status === "failed" ? "not run" : "linked only",
    nothing: "skipped",
  };
  return `${style(color, mark)} ${printable(path)}  ${style("dim", notes[ran])}\n`;
}

function summaryText(report: CheckReport, workspace: LocalWorkspace, style: Style): string {
  const { workflows, diagnostics, modules } = report;
  const statuses = (["passed", "failed", "skipped"] as const).flatMap((status) => {
    const count = workflows.filter((workflow) => workflow.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  const overridden = modules.overridden === 0 ? "" : `, ${modules.overridden} overridden`;
  const slug = workspace.organization?.slug;
  const findings = (["error", "warning"] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  const counts = [
    ...(findings.length === 0 ? [] : [findings.join(", ")]),
    [counted(workflows.length, "workflow"), statuses.join(", ")].filter(Boolean).join(": "),
    slug === undefined
      ? `${counted(modules.global, "module")} of global`
      : `${counted(modules.org, "module")} of ${slug} over ${modules.global} of global${overridden}`,
  ];
  const lines = [
    `${report.ok ? style(["green", "bold"], "passed") : style(["red", "bold"], "failed")}  ${counts.join(" · ")}`,
  ];
  if (workspace.skipped.length > 0) {
    const names = workspace.skipped.slice(0, 3).map(({ path }) => path);
    const more = workspace.skipped.length > names.length ? ", …" : "";
    lines.push(
      style("dim", `${counted(workspace.skipped.length, "file")} skipped: ${printable(names.join(", "))}${more}`),
    );
  }
  const python = [...(workspace.source.layers[0]?.files.keys() ?? [])].filter(isPython).length;
  if (python > 0) lines.push(style("dim", pythonWords(python)));
  if (workspace.isScopeGuessed && !hasErrors(diagnostics) && slug !== undefined) {
    lines.push(style("dim", `No .github/bifrost.yml here: checked as "${slug}"; --scope names another organisation`));
  }
  if (!workspace.hasGlobal && diagnostics.some(({ code }) => code === "module-not-found")) {
    lines.push("The global layer is empty: give a checkout of the global modules with --global DIR");
  }
  return `${lines.join("\n")}\n${explainHint(diagnostics, style)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
