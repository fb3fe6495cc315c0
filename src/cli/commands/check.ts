// `bifrost check`: links and runs every workflow of a checked-out repository, as a pull request's check would.
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import { type CheckReport, checkWorkflows, countModules, type WorkflowReport } from "../../run/check-workflows.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../../workspace/diagnostic.ts";
import { examplePathOf } from "../../workspace/file.ts";
import { diagnosticsText } from "../diagnostic-text.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, printJson, type Style, styleFor } from "../io.ts";
import { type LocalWorkspace, openWorkspace } from "../local-workspace.ts";
import { addFolderOptions, addLimitOptions, type FolderOptions, type LimitOptions, limitsOf } from "../options.ts";
import { printable } from "../printable.ts";
import { withTools } from "../tools.ts";

type Options = FolderOptions & LimitOptions & { readonly json?: boolean };

export function checkCommand(io: CliIo, edges: CliEdges): Command {
  const command = new Command("check")
    .summary("link and run all workflows of a checked-out repository")
    .description(
      "Links every workflow and module of a checked-out repository and runs its workflows, over the global modules of\n" +
        "another folder. A workflow is called with the input in <workflow>.example.json, where there is one, and evaluated\n" +
        "otherwise. Needs no server, database or Redis.",
    )
    .argument("[dir]", "folder of the repository", ".")
    .option("--json", "print the report as one JSON document");
  addLimitOptions(addFolderOptions(command)).addHelpText(
    "after",
    "\nExample:\n  $ bifrost check examples/acme --global examples/global\n\nExit code: 0 all passed, 1 something is wrong, 2 wrong use.",
  );
  return command.action(async (directory: string, options: Options) => {
    const workspace = await openWorkspace({ directory, globalDirectory: options.global, scope: options.scope });
    requireFiles(workspace, directory);
    const report = await check(workspace, edges, options);
    if (!report.ok) io.exitCode = 1;
    if (options.json) printJson(io, documentOf(report));
    else io.stdout.write(reportText(report, workspace, styleFor(io.stdout)));
  });
}

/** A check of nothing would pass, and a job that was started in the wrong folder with it, for ever. */
function requireFiles({ source, diagnostics, hasManifest }: LocalWorkspace, directory: string): void {
  const [own] = source.layers;
  if (hasManifest || hasErrors(diagnostics) || (own?.files.size ?? 0) > 0) return;
  throw new Fault("wrong-use", `There is nothing to check in "${directory}"`, {
    remedy: "Name the folder that holds workflows/ and the modules",
  });
}

async function check(workspace: LocalWorkspace, edges: CliEdges, options: Options): Promise<CheckReport> {
  const { source, organization, diagnostics } = workspace;
  if (hasErrors(diagnostics)) {
    const modules = countModules(source.layers);
    return { ok: false, workflows: [], diagnostics: inOrder(diagnostics), modules };
  }
  return withTools(edges, async ({ sandbox, records }) => {
    const report = await checkWorkflows({ sandbox }, { source, organization, limits: limitsOf(options), records });
    return { ...report, diagnostics: inOrder([...diagnostics, ...report.diagnostics]) };
  });
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
  const workflows = report.workflows.map((workflow) => workflowLine(workflow, style)).join("");
  const diagnostics = diagnosticsText(report.diagnostics, workspace.find, style);
  return [workflows, diagnostics, summaryText(report, workspace, style)].filter(Boolean).join("\n");
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
    nothing: "skipped: Python is for other executors and not run here",
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
  const counts = [
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
  if (workspace.isScopeGuessed && !hasErrors(diagnostics) && slug !== undefined) {
    lines.push(style("dim", `No .github/bifrost.yml here: checked as "${slug}"; --scope names another organisation`));
  }
  if (!workspace.hasGlobal && diagnostics.some(({ code }) => code === "module-not-found")) {
    lines.push("The global layer is empty: give a checkout of the global modules with --global DIR");
  }
  return `${lines.join("\n")}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
