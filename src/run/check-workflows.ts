// The check of one layer over those below it: link every workflow and every module in it, run the workflows. The same
// for a pull request and for a folder on somebody's disk.
import { createLinker, type LinkResult } from "../link/linker.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { overridesOf, resolveFile } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../workspace/diagnostic.ts";
import { entityTypeOf, examplePathOf, isRunnableWorkflow } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { moduleExtension, type WorkspacePath } from "../workspace/path.ts";
import type { RunContext, RunLimits } from "../workspace/run.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { createDynamicImport } from "./dynamic-import.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";

export interface CheckWorkflowsRequest {
  readonly source: LayerSource;
  readonly organization: RunContext["organization"];
  /** Which of its linked workflows to run, by the files of their graphs; all of them where this is left out. */
  readonly isAffected?: (workflow: LayeredFile, graph: readonly LayeredFile[]) => boolean;
  readonly limits?: Partial<RunLimits>;
  readonly signal?: AbortSignal;
  readonly records?: RecordCache;
  /** Called as each workflow is done, in no particular order. */
  readonly onWorkflow?: (report: WorkflowReport) => void;
}

export interface WorkflowReport {
  readonly path: string;
  /** `skipped`: nothing of it can be linked or run here, such as Python. */
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

/** Checks the highest layer of a source. Everything wrong with it is in the report; only our own failures throw. */
export async function checkWorkflows(
  { sandbox }: { readonly sandbox: Sandbox },
  request: CheckWorkflowsRequest,
): Promise<CheckReport> {
  const { source } = request;
  const [own] = source.layers;
  if (own === undefined) throw new TypeError("A check needs at least one layer");

  const entries = linkable(own);
  const linker = createLinker(source.layers, request.records);
  await loadGraph(linker, source, entries);
  const links = new Map(entries.map((entry) => [entry.path, linker.link(entry)]));
  const dynamicImport = createDynamicImport(linker, source);

  const check = async (workflow: LayeredFile): Promise<WorkflowReport> => {
    const link = links.get(workflow.path);
    if (link === undefined)
      return { path: workflow.path, status: "skipped", ran: "nothing", durationMs: 0, diagnostics: [] };
    const report = await runLinked(workflow, link);
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
    const outcome = await sandbox.run({
      program,
      context: { organization: request.organization, workflow: path, revision: source.revision },
      mode: example ? "call" : "evaluate",
      dynamicImport,
      ...(example && { input: example.input }),
      ...(request.limits && { limits: request.limits }),
      ...(request.signal && { signal: request.signal }),
    });
    return {
      path,
      status: outcome.ok ? "passed" : "failed",
      ran: example ? "called" : "evaluated",
      durationMs: outcome.durationMs,
      diagnostics: [...diagnostics, ...outcome.diagnostics],
    };
  };

  const workflows = await Promise.all(workflowsOf(own).map(check));
  const diagnostics = sortDiagnostics(
    uniqueDiagnostics([
      ...[...links.values()].flatMap((link) => link.diagnostics),
      ...workflows.flatMap((workflow) => workflow.diagnostics),
    ]),
  );
  return {
    ok: !hasErrors(diagnostics) && workflows.every((workflow) => workflow.status !== "failed"),
    workflows,
    diagnostics,
    modules: countModules(source.layers),
  };
}

/** Counts modules by layer, and the names of global that the organisation overrides. */
export function countModules(layers: readonly Layer[]): CheckReport["modules"] {
  const count = (layer: Layer | undefined) =>
    layer === undefined ? 0 : [...layer.files.keys()].filter((path) => entityTypeOf(path) === "module").length;
  const isModule = ({ file }: { readonly file: LayeredFile }) => entityTypeOf(file.path) === "module";
  return {
    org: count(layers.find((layer) => layer.scope.kind === "organization")),
    global: count(layers.find((layer) => layer.scope.kind === "global")),
    overridden: overridesOf(layers).filter(isModule).length,
  };
}

/** Whether two graphs are the same files with the same contents from the same layers. */
export function sameGraph(one: readonly LayeredFile[], other: readonly LayeredFile[]): boolean {
  const key = (file: LayeredFile) => `${scopeSlug(file.scope)}/${file.path}@${file.hash}`;
  const keys = new Set(one.map(key));
  return one.length === other.length && other.every((file) => keys.has(key(file)));
}

/** Workflows of a layer in order of path: runnable code and what is written for other executors, but no inputs or types. */
function workflowsOf(layer: Layer): LayeredFile[] {
  return filesOf(layer, (path) => path.startsWith("workflows/") && (isRunnableWorkflow(path) || path.endsWith(".py")));
}

/** What the linker is asked to link: runnable workflows, and every module, so that an unused one cannot land broken. */
function linkable(layer: Layer): LayeredFile[] {
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

type Example =
  | { readonly kind: "input"; readonly input: unknown }
  | { readonly kind: "invalid"; readonly diagnostic: Diagnostic };

async function readExample(source: LayerSource, workflow: LayeredFile): Promise<Example | undefined> {
  const file = resolveFile(source.layers.slice(0, 1), examplePathOf(workflow.path) as WorkspacePath);
  if (file === undefined) return undefined;
  const content = (await source.read([file])).get(file) ?? "";
  try {
    return { kind: "input", input: JSON.parse(content) };
  } catch (error) {
    const diagnostic: Diagnostic = {
      code: "syntax-error",
      severity: "error",
      message: `The example input is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      scope: scopeSlug(file.scope),
      path: file.path,
      line: 1,
      column: 1,
      remedy: `Write the input that ${workflow.path} is called with in checks as JSON`,
    };
    return { kind: "invalid", diagnostic };
  }
}
