// Which workflows a pull request can have changed: those whose graph is not, file for file, the graph they have now.
import { createLinker } from "../link/linker.ts";
import { sameGraph } from "../run/check-workflows.ts";
import { loadGraph } from "../run/load.ts";
import { examplePathOf, isRunnableWorkflow } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { CheckEdges } from "./edges.ts";
import type { Overlay } from "./overlay.ts";

/**
 * Gives the question "is this workflow affected?". Comparing graphs, rather than looking for changed files in the new
 * one, also finds the workflow that falls through to global because an override was deleted.
 */
export async function affectedBy(
  { records }: Pick<CheckEdges, "records">,
  { before, source }: Overlay,
): Promise<(workflow: LayeredFile, graph: readonly LayeredFile[]) => boolean> {
  const linker = createLinker(before.layers, records);
  const [now] = before.layers;
  const [merged] = source.layers;
  const workflows: LayeredFile[] = [];
  for (const [path, hash] of now?.files ?? []) {
    if (!now || !isRunnableWorkflow(path) || merged?.files.get(path) !== hash) continue;
    if (exampleOf(now, path) === exampleOf(merged, path)) workflows.push({ scope: now.scope, path, hash });
  }
  await loadGraph(linker, before, workflows);
  const graphs = new Map(workflows.map((workflow) => [workflow.path, linker.link(workflow)]));
  return (workflow, graph) => {
    const link = graphs.get(workflow.path);
    return link?.program === undefined || !sameGraph(link.files, graph);
  };
}

/** The hash of the input that a workflow is called with: another input is another run. */
function exampleOf(layer: Layer, workflow: string): string | undefined {
  return layer.files.get(examplePathOf(workflow) as WorkspacePath);
}
