// Runs of earlier checks whose outcome still stands: the workflow's graph, its example and what linking says of it are what they
// were. For whoever checks again and again, such as a command that watches a folder.
import type { LinkResult } from "../link/linker.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkflowReport } from "./check-workflows.ts";
import { exampleOf } from "./example.ts";
import { diagnosticKey, sameGraph } from "./reach.ts";

export interface KeptRuns {
  /** The report of a workflow that passed, unless anything that it is made of has changed since. */
  recall(run: RunToKeep): WorkflowReport | undefined;
  /** Keeps the report of a run. One that failed is not kept: whoever looks again wants to see it run again. */
  keep(run: RunToKeep, report: WorkflowReport): void;
}

export interface RunToKeep {
  readonly workflow: LayeredFile;
  readonly link: LinkResult;
  readonly layers: readonly Layer[];
}

interface Kept {
  readonly files: readonly LayeredFile[];
  /** Of the example and of what linking says. */
  readonly rest: string;
  readonly report: WorkflowReport;
}

/** Makes an empty memory, which holds one run for each workflow. */
export function createKeptRuns(): KeptRuns {
  const kept = new Map<string, Kept>();
  return {
    recall: (run) => {
      const found = kept.get(run.workflow.path);
      const isSame = found && sameGraph(found.files, run.link.files) && found.rest === restOf(run);
      return isSame ? found.report : undefined;
    },
    keep: (run, report) => {
      const { files, dynamicImports, hasComputedImport } = run.link;
      // What an import() comes to, only a run tells.
      const isClosed = dynamicImports.length === 0 && !hasComputedImport;
      if (isClosed && report.status === "passed") kept.set(report.path, { files, rest: restOf(run), report });
      else kept.delete(report.path);
    },
  };
}

function restOf({ workflow, link, layers }: RunToKeep): string {
  return JSON.stringify([exampleOf(layers, workflow)?.hash, link.diagnostics.map(diagnosticKey)]);
}
