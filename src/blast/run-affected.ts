// The affected workflows of one organisation that link, run as they would be: what fails with the change and not without
// it breaks by it. What their code says goes nowhere.

import { readExample } from "../run/example.ts";
import { runProgram } from "../run/run-program.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { Program } from "../workspace/program.ts";
import type { RunContext } from "../workspace/run.ts";
import type { AffectedWorkflow, OrganizationView, Side } from "./organization-view.ts";

export interface RunVerdict {
  readonly workflow: AffectedWorkflow;
  /** `passes` with the change; `was-broken` without it as well; `breaks` by it. */
  readonly verdict: "passes" | "was-broken" | "breaks";
  /** What the run with the change found. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunOptions {
  readonly organization: NonNullable<RunContext["organization"]>;
  readonly fairnessKey: string;
  /** Whether there is time for another run. */
  readonly mayGoOn: () => boolean;
  readonly signal?: AbortSignal;
}

/** Runs workflows one after the other while there is time. Those that are left out have no verdict. */
export async function runAffected(
  edges: { readonly sandbox: Pick<Sandbox, "run"> },
  view: OrganizationView,
  { organization, fairnessKey, mayGoOn, signal }: RunOptions,
): Promise<RunVerdict[]> {
  const verdicts: RunVerdict[] = [];
  for (const one of view.affected) {
    const { workflow, after, before } = one;
    if (after.link.program === undefined) continue;
    if (!mayGoOn()) break;
    const example = await readExample(view.after.source, workflow);
    // An input that is no JSON keeps the workflow from being called, with the change and without.
    if (example?.kind === "invalid") continue;
    const run = async (side: Side, program: Program) => {
      const outcome = await runProgram(edges, {
        linker: side.linker,
        source: side.source,
        diagnostics: [],
        program,
        context: { organization, workflow: workflow.path, revision: side.source.revision },
        mode: example ? "call" : "evaluate",
        fairnessKey,
        ...(example && { input: example.input }),
        ...(signal && { signal }),
      });
      signal?.throwIfAborted();
      return outcome;
    };
    const outcome = await run(view.after, after.link.program);
    const { diagnostics } = outcome;
    if (outcome.ok) verdicts.push({ workflow: one, verdict: "passes", diagnostics });
    else {
      const program = before?.link.program;
      const isBrokenNow = program === undefined ? before !== undefined : !(await run(view.before, program)).ok;
      verdicts.push({ workflow: one, verdict: isBrokenNow ? "was-broken" : "breaks", diagnostics });
    }
  }
  return verdicts;
}
