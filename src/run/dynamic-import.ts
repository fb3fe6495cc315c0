// `import()` in a running workflow: the same linker over the same layers, asked while the run is under way.
import type { Linker } from "../link/linker.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { DynamicImport } from "../workspace/program.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";

export interface DynamicImports {
  /** Answers a run's `import()` from the layers that the run began with. */
  readonly answer: DynamicImport;
  /**
   * What is wrong with the modules that the run asked for, as warnings: the code may have caught the rejection, and where
   * it did not, the run's own error says that it failed.
   */
  readonly findings: readonly Diagnostic[];
  /** The files of every graph that was handed to the run, in the order in which it asked; some more than once. */
  readonly files: readonly LayeredFile[];
}

/** Makes the answers for one run. */
export function createDynamicImports(linker: Linker, source: Pick<LayerSource, "read">): DynamicImports {
  const findings: Diagnostic[] = [];
  const handedOut: LayeredFile[] = [];
  return {
    findings,
    files: handedOut,
    async answer(specifier, importer) {
      const target = linker.resolveImport(specifier, importer);
      if (target.kind === "diagnostic") return { diagnostic: inOneSentence(target.diagnostic) };
      if (target.kind !== "file") return target;
      await loadGraph(linker, source, [target.file]);
      const { program, files, diagnostics } = linker.link(target.file);
      if (program) {
        handedOut.push(...files);
        return { program };
      }
      const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
      const [first] = errors;
      if (first === undefined) throw new TypeError(`${target.file.path} neither links nor says why`);
      findings.push(...errors.map((error) => ({ ...error, severity: "warning" as const })));
      return { diagnostic: { ...first, message: `${first.message} (${placeOf(first)})` } };
    },
  };
}

/** What running code is told is one sentence: the guess and the layers that were looked through have to stand in it. */
function inOneSentence(diagnostic: Diagnostic): Diagnostic {
  const { message, nearest, tried = [] } = diagnostic;
  const layers = [...new Set(tried.map(({ scope }) => scope))].join(" and in ");
  if (nearest !== undefined) return { ...diagnostic, message: `${message} (did you mean ${JSON.stringify(nearest)}?)` };
  return layers === "" ? diagnostic : { ...diagnostic, message: `${message} (looked for in ${layers})` };
}

function placeOf({ scope, path, line, column }: Diagnostic): string {
  return `${path}${line === null ? "" : `:${line}:${column ?? 1}`} of ${scope}`;
}
