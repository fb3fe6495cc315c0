// `import()` in a running workflow: the same cascade and the same linker, asked while the run is under way.
import type { Linker } from "../link/linker.ts";
import { resolveModule, triedPaths } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { type DynamicImport, type ModuleUrl, pathOfUrl, sdkUrl } from "../workspace/program.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";

/** Gives the function that answers a run's `import()` from the layers that the run began with. */
export function createDynamicImport(linker: Linker, source: LayerSource): DynamicImport {
  return async (specifier, importer) => {
    const path = pathOfUrl(importer);
    const resolution = resolveModule(source.layers, specifier, path);
    switch (resolution.kind) {
      case "sdk":
        return { program: { entry: sdkUrl, modules: [] } };
      case "module": {
        await loadGraph(linker, source, [resolution.file]);
        const { program, diagnostics } = linker.link(resolution.file);
        if (program) return { program };
        const [first] = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
        return { diagnostic: first ?? notFound(source, specifier, importer) };
      }
      default:
        return { diagnostic: notFound(source, specifier, importer) };
    }
  };
}

function notFound(source: LayerSource, specifier: string, importer: ModuleUrl): Diagnostic {
  const path = pathOfUrl(importer);
  return {
    code: "module-not-found",
    severity: "error",
    message: `Cannot find module ${JSON.stringify(specifier)} imported by ${importer}`,
    scope: new URL(importer).hostname,
    path: path ?? null,
    line: null,
    column: null,
    specifier,
    tried: triedPaths(source.layers, specifier, path),
  };
}
