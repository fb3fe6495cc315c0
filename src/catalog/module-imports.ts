// Where the imports of one file lead, by the layers that were taken: the very resolution that a run would make.
import { createLinker } from "../link/linker.ts";
import { languageOf } from "../link/parse.ts";
import type { ImportTrace } from "../link/trace-imports.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { sameScope } from "../workspace/scope.ts";
import type { ImportEdges } from "./edges.ts";
import type { TakenLayers } from "./layers.ts";
import { readTexts } from "./module-text.ts";

/** Traces the imports of a file of these layers; undefined for one that is not linked, such as a form or Python. */
export async function moduleImports(
  edges: ImportEdges,
  { layers }: TakenLayers,
  file: LayeredFile,
): Promise<ImportTrace | undefined> {
  if (languageOf(file.path) === undefined) return undefined;
  const linker = createLinker(
    layers.map(({ layer }) => layer),
    edges.records,
  );
  for (let missing = linker.missingAround(file); missing.length > 0; missing = linker.missingAround(file)) {
    const wanted = missing.flatMap(({ scope, path, hash }) =>
      layers
        .filter(({ layer }) => sameScope(layer.scope, scope))
        .map(({ granted, revision }) => ({ granted, path, hash, revision })),
    );
    const texts = await readTexts(edges, wanted);
    await linker.addAll(new Map(missing.map((needed, index) => [needed, texts[index] ?? ""])));
  }
  return linker.traceImports(file);
}
