// One run, as an executor makes it: find the workflow through the cascade, link it, run it.
import { createLinker } from "../link/linker.ts";
import type { RecordCache } from "../link/record-cache.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { nearestName, resolveFile, resolveModule, triedPaths, visibleFiles } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import { isRunnableWorkflow } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { count } from "../workspace/markdown.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";
import { moduleUrl } from "../workspace/program.ts";
import type { RunContext, RunLimits, RunOutcome, UsedModule } from "../workspace/run.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";
import type { RunMemory } from "./run-memory.ts";
import { runProgram } from "./run-program.ts";

export interface RunWorkflowRequest {
  readonly source: LayerSource;
  readonly organization: RunContext["organization"];
  /** `workflows/escalate.ts`, `workflows/escalate` or `escalate`. */
  readonly workflow: string;
  readonly input?: unknown;
  readonly limits?: Partial<RunLimits>;
  readonly signal?: AbortSignal;
  /** Parsed sources kept from other runs. */
  readonly records?: RecordCache;
  /** What was linked over these layers in earlier runs; the source has to come from the same memory. */
  readonly memory?: Pick<RunMemory, "linkerOver">;
}

/** The outcome of a run, and what it was made of. */
export interface WorkflowOutcome extends RunOutcome {
  /**
   * The workflow and every module that it was linked from, and those that it took in by `import()` after them. What a run
   * that does not link was made of is as much as could be resolved.
   */
  readonly modules: readonly UsedModule[];
}

/**
 * Runs a workflow. A workflow that does not exist, does not link or throws is an outcome that is not `ok`; so is one that
 * the caller's own signal ended.
 */
export async function runWorkflow(
  { sandbox }: { readonly sandbox: Pick<Sandbox, "run"> },
  request: RunWorkflowRequest,
): Promise<WorkflowOutcome> {
  const { source } = request;
  const startedAt = performance.now();
  const failed = (diagnostics: RunOutcome["diagnostics"], files: readonly LayeredFile[] = []): WorkflowOutcome => ({
    ok: false,
    result: null,
    logs: [],
    durationMs: performance.now() - startedAt,
    diagnostics,
    modules: usedModules(files, source),
  });

  const found = findWorkflow(source.layers, request.workflow);
  if ("diagnostic" in found) return failed([found.diagnostic]);
  const { workflow } = found;
  const linker = request.memory?.linkerOver(source.layers) ?? createLinker(source.layers, request.records);
  await loadGraph(linker, source, [workflow]);
  const { program, files, diagnostics } = linker.link(workflow);
  if (!program || hasErrors(diagnostics)) return failed(diagnostics, files);

  const run = {
    linker,
    source,
    diagnostics,
    program,
    context: { organization: request.organization, workflow: workflow.path, revision: source.revision },
    mode: "call",
    ...(request.input !== undefined && { input: request.input }),
    ...(request.limits && { limits: request.limits }),
    fairnessKey: request.organization?.id ?? "global",
    ...(request.signal && { signal: request.signal }),
  } as const;
  const { importedFiles, ...outcome } = await runProgram({ sandbox }, run);
  const used = importedFiles.length === 0 ? files : [...files, ...importedFiles];
  return { ...outcome, modules: usedModules(used, source) };
}

export type FoundWorkflow = { readonly workflow: LayeredFile } | { readonly diagnostic: Diagnostic };

/** Finds a workflow by its path, with or without its extension or the folder, or says why there is none to run. */
export function findWorkflow(layers: readonly Layer[], asked: string): FoundWorkflow {
  const name = asked.startsWith("workflows/") ? asked : `workflows/${asked}`;
  const resolution = resolveModule(layers, name);
  if (resolution.kind === "module" && isRunnableWorkflow(resolution.file.path)) return { workflow: resolution.file };
  const elsewhere = [name, `${name}.py`].find((path) => resolveFile(layers, path as WorkspacePath) !== undefined);
  const near = nearestName(layers, name);
  const nearest = near?.startsWith("workflows/") ? near : undefined;
  const about = { scope: null, path: null, line: null, column: null, specifier: name } as const;
  if (elsewhere !== undefined) {
    const message = `Cannot run ${JSON.stringify(elsewhere)}: only TypeScript and JavaScript are run here`;
    const remedy = "Run it with an executor of its language";
    return { diagnostic: { code: "module-not-found", severity: "error", message, ...about, remedy } };
  }
  const diagnostic: Diagnostic = {
    code: "module-not-found",
    severity: "error",
    message: `Cannot find the workflow ${JSON.stringify(name)}`,
    ...about,
    tried: triedPaths(layers, name),
    ...(nearest !== undefined && { nearest }),
    remedy: nearest === undefined ? othersOf(layers) : `Run "${nearest}" if that is what you mean`,
  };
  return { diagnostic };
}

const workflowsNamedMax = 5;

function othersOf(layers: readonly Layer[]): string {
  const paths = visibleFiles(layers).map(({ path }) => path);
  const names = paths.filter(isRunnableWorkflow).map((path) => moduleName(path).slice("workflows/".length));
  if (names.length === 0) return "Name a file below workflows/";
  const some = [...new Set(names)].sort().slice(0, workflowsNamedMax).join(", ");
  return `Name one of ${names.length > workflowsNamedMax ? `${count(names.length, "workflow")}, such as ` : ""}${some}`;
}

// A graph that many runs share is listed once for each set of revisions.
const listed = new WeakMap<readonly LayeredFile[], { readonly revision: string; readonly used: UsedModule[] }>();

function usedModules(files: readonly LayeredFile[], { revision }: LayerSource): UsedModule[] {
  const revisions = JSON.stringify(revision);
  const known = listed.get(files);
  if (known?.revision === revisions) return known.used;
  const used = new Map<string, UsedModule>();
  for (const { scope, path, hash } of files) {
    const slug = scopeSlug(scope);
    const url = moduleUrl(scope, path);
    if (!used.has(url)) used.set(url, { scope: slug, path, hash, revision: revision[slug] ?? 0 });
  }
  const list = [...used.values()];
  listed.set(files, { revision: revisions, used: list });
  return list;
}
