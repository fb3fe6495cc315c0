// One linked program in the sandbox, with its `import()` answered from the layers that it was linked from. What ends a run
// through no doing of its code is not its outcome: a run that was lost is run again.
import { Fault } from "../errors.ts";
import type { Linker } from "../link/linker.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { RunOutcome, RunRequest } from "../workspace/run.ts";
import { createDynamicImports } from "./dynamic-import.ts";
import type { LayerSource } from "./layer-source.ts";

export interface ProgramRun extends Omit<RunRequest, "dynamicImport"> {
  readonly linker: Linker;
  readonly source: Pick<LayerSource, "read">;
  /** What linking already said about the program. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ProgramOutcome extends RunOutcome {
  /** The files that the run took in by `import()`, some perhaps more than once or part of the program already. */
  readonly importedFiles: readonly LayeredFile[];
}

// A process is lost to the machine's shortage of memory or to a defect below us. Twice in a row is bad luck, more is a
// machine that has to recover first.
const triesMax = 3;

/** Runs a program. Throws `Fault` `sandbox-unavailable` where every process that it was given was lost. */
export async function runProgram(
  { sandbox }: { readonly sandbox: Pick<Sandbox, "run"> },
  { linker, source, diagnostics, ...request }: ProgramRun,
): Promise<ProgramOutcome> {
  for (let tries = 1; ; tries += 1) {
    const dynamicImports = createDynamicImports(linker, source);
    const outcome = await sandbox.run({ ...request, dynamicImport: dynamicImports.answer });
    const lost = outcome.diagnostics.find(({ code }) => code === "sandbox-lost");
    if (lost === undefined) {
      return {
        ...outcome,
        diagnostics: [...diagnostics, ...dynamicImports.findings, ...outcome.diagnostics],
        importedFiles: dynamicImports.files,
      };
    }
    if (tries === triesMax) throw new Fault("sandbox-unavailable", `${lost.message}, ${triesMax} times in a row`);
  }
}
