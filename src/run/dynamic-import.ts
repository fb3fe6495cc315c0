// `import()` in a running workflow: the same linker over the same layers, asked while the run is under way.
import type { Linker } from "../link/linker.ts";
import { hasErrors } from "../workspace/diagnostic.ts";
import type { DynamicImport } from "../workspace/program.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";

/** Gives the function that answers a run's `import()` from the layers that the run began with. */
export function createDynamicImport(linker: Linker, source: Pick<LayerSource, "read">): DynamicImport {
  return async (specifier, importer) => {
    const target = linker.resolveImport(specifier, importer);
    if (target.kind !== "file") return target;
    await loadGraph(linker, source, [target.file]);
    const { program, diagnostics } = linker.link(target.file);
    if (program) return { program };
    const [first] = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
    if (first === undefined) throw new TypeError(`${target.file.path} neither links nor says why`);
    return { diagnostic: first };
  };
}
