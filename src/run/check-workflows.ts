// The check of one layer over those below it: link every workflow and every module in it, run the workflows. The same
// for a pull request and for a folder on somebody's disk.
import { Fault } from "../errors.ts";
import { createLinker, type Linker, type LinkResult } from "../link/linker.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { overridesOf } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../workspace/diagnostic.ts";
import { entityTypeOf, isRunnableWorkflow } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { count } from "../workspace/markdown.ts";
import { moduleExtension, type WorkspacePath } from "../workspace/path.ts";
import { moduleUrl } from "../workspace/program.ts";
import type { RunContext, RunLimits } from "../workspace/run.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { createBreath } from "./breath.ts";
import { checkForms } from "./check-forms.ts";
import { readExample } from "./example.ts";
import type { KeptRuns } from "./kept-runs.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";
import { mapAtOnce } from "./map-at-once.ts";
import { runProgram } from "./run-program.ts";

// Some thousands of workflows that do little, or thirty for each process that use all of their time.
const defaultRunBudgetMs = 5 * 60_000;

export interface CheckWorkflowsRequest {
  readonly source: LayerSource;
  /** The workflows to check, of whichever layer, those to run first first. Default: those of the highest layer. */
  readonly workflows?: readonly LayeredFile[];
  /** A linker over these layers that may know their files already. */
  readonly linker?: Linker;
  readonly organization: RunContext["organization"];
  /** Which of its linked workflows to run, by the files of their graphs; all of them where this is left out. */
  readonly isAffected?: (workflow: LayeredFile, graph: readonly LayeredFile[]) => boolean;
  /** Runs of earlier checks by the same limits. A workflow whose run still stands is not run again. */
  readonly kept?: KeptRuns;
  readonly limits?: Partial<RunLimits>;
  /** Whose check it is: see `RunRequest`. A check without one runs as much at once as there are processes. */
  readonly fairnessKey?: string;
  /** For how long runs are begun, from the first one on; the rest is linked only. Default: five minutes. */
  readonly runBudgetMs?: number;
  readonly signal?: AbortSignal;
  readonly records?: RecordCache;
  /** Called as each workflow is done, in no particular order. */
  readonly onWorkflow?: (report: WorkflowReport) => void;
}

export interface WorkflowReport {
  readonly path: string;
  /** `skipped`: nothing of it can be linked or run here, such as Python, or the check's time was up before its run. */
  readonly status: "passed" | "failed" | "skipped";
  /** `called` with its example, `evaluated` without one, `linked` only, or nothing at all. */
  readonly ran: "called" | "evaluated" | "linked" | "nothing";
  readonly durationMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface CheckReport {
  readonly ok: boolean;
  /** In order of path. */
  readonly workflows: readonly WorkflowReport[];
  /** Every finding once, those of workflows among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Counts of modules: in the checked layer of an organisation, in global, and names of global that are overridden. */
  readonly modules: { readonly org: number; readonly global: number; readonly overridden: number };
}

/**
 * Checks the highest layer of a source: every module of it, and its workflows or those asked for. Everything wrong with
 * it is in the report; only our own failures throw.
 */
export async function checkWorkflows(
  { sandbox }: { readonly sandbox: Pick<Sandbox, "run" | "runsAtOnce"> },
  request: CheckWorkflowsRequest,
): Promise<CheckReport> {
  const { source } = request;
  const [own] = source.layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");

  const checkedWorkflows = request.workflows ?? workflowsOf(own);
  const modules = linkable(own);
  const ownPaths = new Set(modules.map(({ path }) => path));
  const others = checkedWorkflows.filter(({ path }) => isRunnableWorkflow(path) && !ownPaths.has(path));
  const entries = [...modules, ...others];
  const linker = request.linker ?? createLinker(source.layers, request.records);
  await loadGraph(linker, source, entries);
  const links = new Map<string, LinkResult>();
  const breath = createBreath();
  for (const entry of entries) {
    await breath();
    links.set(entry.path, linker.link(entry));
  }

  const runBudgetMs = request.runBudgetMs ?? defaultRunBudgetMs;
  let firstRunAt: number | undefined;
  const notRun: LayeredFile[] = [];
  // Where one run cannot be done the whole check throws, and nobody waits for the others.
  const givenUp = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, givenUp.signal]) : givenUp.signal;

  const forms = await checkForms(source, own);
  const isPart = partsOf(links.values());
  const check = async (workflow: LayeredFile): Promise<WorkflowReport> => {
    const link = links.get(workflow.path);
    if (link === undefined)
      return { path: workflow.path, status: "skipped", ran: "nothing", durationMs: 0, diagnostics: [] };
    const ran = await runLinked(workflow, link);
    const isCallable = ran.status === "failed" || linker.exportsOf(workflow).has("default") || isPart(workflow);
    const report = isCallable ? ran : { ...ran, diagnostics: [...ran.diagnostics, notCallable(workflow)] };
    request.onWorkflow?.(report);
    return report;
  };

  const runLinked = async (workflow: LayeredFile, link: LinkResult): Promise<WorkflowReport> => {
    const { program, diagnostics, files } = link;
    const path = workflow.path;
    if (!program) return { path, status: "failed", ran: "linked", durationMs: 0, diagnostics };
    if (request.isAffected?.(workflow, files) === false) {
      return { path, status: "passed", ran: "linked", durationMs: 0, diagnostics };
    }
    const run = { workflow, link, layers: source.layers };
    const kept = request.kept?.recall(run);
    if (kept) return kept;
    const example = await readExample(source, workflow);
    if (example?.kind === "invalid") {
      return {
        path,
        status: "failed",
        ran: "linked",
        durationMs: 0,
        diagnostics: [...diagnostics, example.diagnostic],
      };
    }
    firstRunAt ??= performance.now();
    if (performance.now() - firstRunAt >= runBudgetMs) {
      notRun.push(workflow);
      return { path, status: "skipped", ran: "linked", durationMs: 0, diagnostics };
    }
    const outcome = await runProgram(
      { sandbox },
      {
        linker,
        source,
        diagnostics,
        program,
        context: { organization: request.organization, workflow: path, revision: source.revision },
        mode: example ? "call" : "evaluate",
        signal,
        ...(example && { input: example.input }),
        ...(request.limits && { limits: request.limits }),
        ...(request.fairnessKey !== undefined && { fairnessKey: request.fairnessKey }),
      },
    );
    if (signal.aborted) throw new Fault("interrupted", "The check was interrupted");
    const report: WorkflowReport = {
      path,
      status: outcome.ok ? "passed" : "failed",
      ran: example ? "called" : "evaluated",
      durationMs: outcome.durationMs,
      diagnostics: outcome.diagnostics,
    };
    request.kept?.keep(run, report);
    return report;
  };

  const workflows = await mapAtOnce(checkedWorkflows, sandbox.runsAtOnce(request.fairnessKey), check).catch(
    (error: unknown) => {
      givenUp.abort();
      throw error;
    },
  );
  const diagnostics = sortDiagnostics(
    uniqueDiagnostics([
      ...[...links.values()].flatMap((link) => link.diagnostics),
      ...forms,
      ...workflows.flatMap((workflow) => workflow.diagnostics),
      ...(notRun.length > 0 ? [budgetDiagnostic(notRun, workflows, runBudgetMs)] : []),
    ]),
  );
  return {
    ok: !hasErrors(diagnostics) && workflows.every((workflow) => workflow.status !== "failed"),
    workflows: workflows.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    diagnostics,
    modules: countModules(source.layers),
  };
}

/** Gives whether a file is a part of others: it is in the graph of another entry. */
function partsOf(links: Iterable<LinkResult>): (file: LayeredFile) => boolean {
  let parts: Set<string> | undefined;
  const urlOf = ({ scope, path }: LayeredFile) => moduleUrl(scope, path);
  return (file) => {
    if (parts === undefined) {
      parts = new Set();
      for (const { entry, files } of links) for (const one of files) if (one.path !== entry.path) parts.add(urlOf(one));
    }
    return parts.has(urlOf(file));
  };
}

function notCallable({ scope, path }: LayeredFile): Diagnostic {
  return {
    code: "workflow-without-default",
    severity: "warning",
    message: `${path} has no default export, so it cannot be called as a workflow`,
    scope: scopeSlug(scope),
    path,
    line: 1,
    column: 1,
    remedy:
      "Write: export default async function (input, context) { … }; or keep what workflows share below another folder, such as shared/",
  };
}

/** The check's time was up before every workflow had run. What was not run is not known to work, so this is an error. */
function budgetDiagnostic(
  notRun: readonly LayeredFile[],
  workflows: readonly WorkflowReport[],
  runBudgetMs: number,
): Diagnostic {
  const slowest = workflows.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, slowestShown);
  const named = slowest.map(({ path, durationMs }) => `${path} (${Math.round(durationMs)} ms)`).join(", ");
  const waiting = notRun.slice(0, notRunShown).map(({ path }) => path);
  const more = notRun.length > notRunShown ? ` and ${count(notRun.length - notRunShown, "more", "more")}` : "";
  return {
    code: "timeout",
    severity: "error",
    message:
      `The runs of this check took all of the ${Math.round(runBudgetMs / 1000)} s that they share, so ` +
      `${count(notRun.length, "workflow")} of those that it affects ${notRun.length === 1 ? "was" : "were"} linked and ` +
      `not run: ${waiting.join(", ")}${more}`,
    scope: null,
    path: null,
    line: null,
    column: null,
    remedy: `Mend or speed up the workflows that take longest: ${named}; or change less at once`,
  };
}

const slowestShown = 3;
const notRunShown = 10;

/** Counts modules by layer, and the names of global that the organisation overrides. */
export function countModules(layers: readonly Layer[]): CheckReport["modules"] {
  const modulesOf = (layer: Layer | undefined) =>
    layer === undefined ? 0 : [...layer.files.keys()].filter((path) => entityTypeOf(path) === "module").length;
  const isModule = ({ file }: { readonly file: LayeredFile }) => entityTypeOf(file.path) === "module";
  return {
    org: modulesOf(layers.find((layer) => layer.scope.kind === "organization")),
    global: modulesOf(layers.find((layer) => layer.scope.kind === "global")),
    overridden: overridesOf(layers).filter(isModule).length,
  };
}

/** Workflows of a layer in order of path: runnable code and what is written for other executors, but no inputs or types. */
export function workflowsOf(layer: Layer): LayeredFile[] {
  return filesOf(layer, (path) => path.startsWith("workflows/") && (isRunnableWorkflow(path) || path.endsWith(".py")));
}

/** What the linker is asked to link: runnable workflows, and every module, so that an unused one cannot land broken. */
export function linkable(layer: Layer): LayeredFile[] {
  return filesOf(
    layer,
    (path) => isRunnableWorkflow(path) || (entityTypeOf(path) === "module" && moduleExtension(path) !== undefined),
  );
}

function filesOf({ scope, files }: Layer, accepts: (path: WorkspacePath) => boolean): LayeredFile[] {
  const found: LayeredFile[] = [];
  for (const [path, hash] of files) if (accepts(path)) found.push({ scope, path, hash });
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}
